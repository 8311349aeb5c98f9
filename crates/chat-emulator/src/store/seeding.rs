//! What a seed adds: users, threads and messages whose ids are known before. What is there stays.

use std::sync::Arc;

use crate::store::identifier::RawId;
use crate::store::timestamp::Timestamp;

use super::access::Caller;
use super::created::CreatedThread;
use super::ids::{MessageId, ThreadId};
use super::machine::Store;
use super::message::UserMessage;
use super::refusal::Refusal;
use super::threads::NewThread;
use super::user::User;

/// What there is where a seed wants to have something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Present<T> {
    Absent,
    Live(T),
    Deleted,
}

impl Store {
    /// The user of that name, or else of that id.
    pub(crate) fn seeded_user(&self, name: &str, id: &RawId) -> Present<RawId> {
        let named = |user: &User| user.name.as_deref() == Some(name);
        let mut users = self.users.iter();
        let named = users.find(|(_, user)| named(user) && !user.is_deleted());
        match named.or_else(|| self.users.get_key_value(id)) {
            None => Present::Absent,
            Some((_, user)) if user.is_deleted() => Present::Deleted,
            Some((id, _)) => Present::Live(id.clone()),
        }
    }

    /// Makes a user with an id that follows from its name.
    pub(crate) fn seed_user(&mut self, id: RawId, name: &str) -> Result<(), Refusal> {
        self.add_user(id, Some(name))
    }

    /// When a thread was created.
    pub(crate) fn thread_created(&self, id: &ThreadId) -> Present<Timestamp> {
        match self.threads.get(id) {
            None => Present::Absent,
            Some(thread) if thread.deleted_on(self.now()).is_some() => Present::Deleted,
            Some(thread) => Present::Live(thread.properties.created_on),
        }
    }

    /// Creates a thread with an id that no other thread has.
    pub(crate) fn seed_thread(
        &mut self,
        creator: &Caller,
        new: NewThread,
        id: ThreadId,
        created_on: Timestamp,
    ) -> Result<Arc<CreatedThread>, Refusal> {
        self.create_thread_at(creator, new, id, created_on)
    }

    /// Whether a user takes part in a thread or ever did.
    pub(crate) fn has_been_in(&self, id: &ThreadId, user: &RawId) -> bool {
        let thread = self.threads.get(id);
        thread.is_some_and(|thread| thread.listed_for(user).is_some())
    }

    /// Sends a message with an id of its own, unless there is one of that id. If others have been sent
    /// since, it has the sequence id and the version of one that is sent now.
    pub(crate) fn seed_message(
        &mut self,
        sender: &Caller,
        thread: &ThreadId,
        id: MessageId,
        message: UserMessage,
    ) -> Result<(), Refusal> {
        let known = self.threads.get(thread);
        if known.is_some_and(|thread| thread.has_message(id)) {
            return Ok(());
        }
        let at = Timestamp::from_millis(id.0);
        self.send_message_at(sender, thread, at, Some(id), message)
            .map(drop)
    }
}
