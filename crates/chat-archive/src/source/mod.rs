//! What a resource has, step by step: users, their tokens, their threads, the records of a thread.

mod messages;
mod record;
mod resource;
mod thread;
mod users;

pub use messages::{MessagePage, MessagePages};
pub use record::{ListedMessage, ListedParticipant, ListedThread, Record};
pub use resource::{Resource, ResourceOptions, UserAccess};
pub use thread::ThreadAccess;
pub(crate) use users::resource_of;
pub use users::{InvalidUsers, read_users};
