//! The operations of the service: a builder for each, in one file for each area.

mod add_participants;
mod builder;
mod create_thread;
mod exactly_once;
#[cfg(feature = "identity")]
mod identity;
mod list;
mod messages;
mod participants;
mod properties;
mod read_receipts;
mod send_message;
mod send_messages;
mod threads;
mod typing;

pub use add_participants::AddParticipants;
pub use create_thread::CreateChatThread;
pub use exactly_once::{FindMessages, NewSendKey, SendExactlyOnce};
#[cfg(feature = "identity")]
pub use identity::{
    CreateUser, CreateUserAndToken, DeleteUser, ExchangeTeamsUserToken, IssueToken, RevokeTokens,
};
pub use messages::{DeleteMessage, GetMessage, ListMessages, UpdateMessage};
pub use participants::{ListParticipants, RemoveParticipant};
pub use properties::{GetProperties, UpdateProperties};
pub use read_receipts::{ListReadReceipts, SendReadReceipt};
pub use send_message::SendMessage;
pub use send_messages::{SendMessages, SendStream};
pub use threads::{DeleteChatThread, ListChatThreads};
pub use typing::SendTypingNotification;

pub(crate) use builder::operation_builder;
