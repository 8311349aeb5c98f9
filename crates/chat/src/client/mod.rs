//! The clients of the chat service; one file for each area of operations, with its builders.

mod add_participants;
mod builder;
mod chat_client;
mod create_thread;
mod exactly_once;
mod list;
mod messages;
mod participants;
mod properties;
mod read_receipts;
mod send_message;
mod send_messages;
mod thread_client;
mod threads;
mod typing;

pub use add_participants::AddParticipants;
pub use chat_client::{ChatClient, ChatClientBuilder};
pub use create_thread::CreateChatThread;
pub use exactly_once::{FindMessages, NewSendKey, SendExactlyOnce};
pub use messages::{DeleteMessage, GetMessage, ListMessages, UpdateMessage};
pub use participants::{ListParticipants, RemoveParticipant};
pub use properties::{GetProperties, UpdateProperties};
pub use read_receipts::{ListReadReceipts, SendReadReceipt};
pub use send_message::SendMessage;
pub use send_messages::{SendMessages, SendStream};
pub use thread_client::ChatThreadClient;
pub use threads::{DeleteChatThread, ListChatThreads};
pub use typing::SendTypingNotification;

pub(crate) use builder::operation_builder;
