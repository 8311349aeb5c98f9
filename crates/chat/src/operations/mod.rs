//! The operations of the service: a builder for each.
//!
//! A method of a client makes a builder. `.await` on it sends the request; `.send()` gives the same
//! as a future, for `tokio::spawn` and `join_all`. The builders of the `list_*` methods are not
//! awaited: their `into_stream()` and `into_pages()` give streams, which send nothing until they
//! are polled.

mod add_participants;
mod builder;
mod create_thread;
mod delete_thread;
mod download_attachment;
mod exactly_once;
#[cfg(feature = "identity")]
mod identity;
mod list;
mod list_messages;
mod list_participants;
mod list_read_receipts;
mod list_threads;
mod messages;
mod properties;
mod remove_participant;
mod send_message;
mod send_messages;
mod send_read_receipt;
mod typing;

pub use add_participants::AddParticipants;
pub use create_thread::CreateChatThread;
pub use delete_thread::DeleteChatThread;
pub use download_attachment::{AttachmentDownload, DownloadAttachment};
pub use exactly_once::{FindMessages, NewSendKey, SendExactlyOnce};
#[cfg(feature = "identity")]
pub use identity::{
    CreateUser, CreateUserAndToken, DeleteUser, ExchangeTeamsUserToken, IssueToken, RevokeTokens,
};
pub use list_messages::ListMessages;
pub use list_participants::ListParticipants;
pub use list_read_receipts::ListReadReceipts;
pub use list_threads::ListChatThreads;
pub use messages::{DeleteMessage, GetMessage, UpdateMessage};
pub use properties::{GetProperties, UpdateProperties};
pub use remove_participant::RemoveParticipant;
pub use send_message::SendMessage;
pub use send_messages::{SendMessages, SendStream};
pub use send_read_receipt::SendReadReceipt;
pub use typing::SendTypingNotification;

pub(crate) use builder::{
    call_setters, done_if_not_found, metadata_setter, operation, operation_builder,
    retention_policy_setter,
};
