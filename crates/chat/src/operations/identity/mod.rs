//! The operations of the identity service.

mod lifetime;
mod tokens;
mod users;

use lifetime::Lifetime;
pub use tokens::{ExchangeTeamsUserToken, IssueToken, RevokeTokens};
pub use users::{CreateUser, CreateUserAndToken, DeleteUser};
