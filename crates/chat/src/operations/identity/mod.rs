//! The operations of the identity service.

mod tokens;
mod users;

pub use tokens::{ExchangeTeamsUserToken, IssueToken, RevokeTokens};
pub use users::{CreateUser, CreateUserAndToken, DeleteUser};
