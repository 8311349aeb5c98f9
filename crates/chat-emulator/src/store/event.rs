//! What happens in threads, as those who take part in them are told of it.

use std::sync::Arc;

use crate::store::identifier::RawId;
use crate::store::timestamp::Timestamp;

use super::message::Message;
use super::participant::{Participant, ReadReceipt};
use super::thread::ThreadProperties;

/// Something that has happened in a thread.
#[derive(Clone, Debug)]
pub(crate) struct ThreadEvent {
    /// The thread as it is after this.
    pub(crate) thread: ThreadProperties,
    pub(crate) at: Timestamp,
    /// Who has done it, with the name that it has in the thread. Of what nobody has done, who has created it.
    pub(crate) actor: Participant,
    /// Who is to be told: those who take part and see what it is about, and those who were just removed.
    /// The actor is one of them, except for its own read receipts.
    pub(crate) recipients: Vec<RawId>,
    pub(crate) kind: ThreadEventKind,
}

/// What has happened.
#[derive(Clone, Debug)]
pub(crate) enum ThreadEventKind {
    /// A user has sent a message. The service's own messages are no events.
    MessageReceived(Arc<Message>),
    MessageEdited(Arc<Message>),
    /// The message as it is now: without content, metadata and attachments.
    MessageDeleted(Arc<Message>),
    Typing {
        /// As the request says; empty if it does not.
        sender_display_name: String,
    },
    ReadReceipt(ReadReceipt),
    ThreadCreated {
        participants: Vec<Participant>,
    },
    /// Topic, metadata or retention were given, perhaps the same as before.
    ThreadUpdated,
    /// A participant has deleted the thread for all.
    ThreadDeleted,
    /// The thread has deleted itself, as its retention is over.
    ThreadExpired,
    ParticipantsAdded(Vec<Participant>),
    ParticipantsRemoved(Vec<Participant>),
}

/// The events since somebody last asked.
#[derive(Debug)]
pub(super) struct Events {
    pub(super) kept: Vec<ThreadEvent>,
    /// Threads that have deleted themselves up to then have been told of.
    pub(super) expired_until: Timestamp,
    /// When the next thread deletes itself, or earlier.
    pub(super) next_expiry: Option<Timestamp>,
}
