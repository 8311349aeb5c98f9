//! The state of the service and the rules by which it changes: no HTTP, no waiting, and no time or ids
//! but those that are injected.

mod access;
mod archived;
mod attachment;
mod clock;
mod created;
mod emit;
mod event;
mod expiry;
mod html;
pub(crate) mod identifier;
mod ids;
pub(crate) mod limits;
mod machine;
mod marks;
mod message;
mod messages;
mod metadata;
mod overview;
mod participant;
mod participants;
mod refusal;
#[cfg_attr(
    not(feature = "data"),
    allow(dead_code, reason = "rows are written into a data file")
)]
mod rows;
mod seeding;
mod signals;
mod snapshot;
#[cfg(test)]
mod tests;
mod thread;
mod thread_activity;
mod thread_list;
mod threads;
pub(crate) mod timestamp;
mod user;
mod users;

pub(crate) use access::{Caller, Grant, Scope};
pub(crate) use archived::{ArchivedParticipant, ArchivedThread, ArchivedUser, Removal};
pub(crate) use attachment::base64;
pub(crate) use attachment::{Attachment, AttachmentKind, Content, PictureSize};
pub(crate) use clock::{Clock, MovableClock};
pub(crate) use created::CreatedThread;
pub(crate) use event::{ThreadEvent, ThreadEventKind};
pub(crate) use ids::{IdSource, MessageId, RandomIds, ThreadId};
pub(crate) use machine::Store;
pub(crate) use message::{ContentType, ForeignMessage, Message, MessageBody, UserMessage};
pub(crate) use messages::{ListMessages, MessageChange};
pub(crate) use metadata::{Metadata, MetadataPatch};
pub(crate) use overview::{Names, ThreadOverview, UserOverview};
pub(crate) use participant::{Failure, FailureReason, Participant, ReadReceipt};
pub(crate) use refusal::Refusal;
pub(crate) use rows::RowChange;
#[cfg(feature = "data")]
pub(crate) use rows::{Loading, Table};
pub(crate) use seeding::Present;
pub use snapshot::{ForeignSnapshot, Snapshot};
pub(crate) use snapshot::{OtherResource, StoreState};
pub(crate) use thread::{RetentionPolicy, ThreadProperties};
pub(crate) use thread_activity::Activity;
pub(crate) use thread_list::{ListThreads, ListedThreads, ThreadItem};
pub(crate) use threads::{NewThread, ThreadChange};

#[cfg(test)]
pub(crate) use clock::ManualClock;
#[cfg(test)]
pub(crate) use ids::SequentialIds;
