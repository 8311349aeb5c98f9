//! What people who look at the emulator see, whoever takes part in what.

use std::cmp::Reverse;
use std::sync::Arc;

use crate::store::identifier::RawId;
use crate::store::timestamp::Timestamp;

use super::access::{Caller, Scope};
use super::ids::{MessageId, ThreadId};
use super::machine::Store;
use super::message::{ContentType, Message, UserMessage};
use super::metadata::Metadata;
use super::participant::Participant;
use super::refusal::Refusal;
use super::thread::{Thread, ThreadProperties};

/// A thread as a whole, or its newest messages at least.
#[derive(Clone, Debug)]
pub(crate) struct ThreadOverview {
    pub(crate) properties: ThreadProperties,
    pub(crate) last_message_received_on: Timestamp,
    pub(crate) participants: Vec<Participant>,
    pub(crate) message_count: usize,
    /// Oldest sequence id first.
    pub(crate) messages: Vec<Arc<Message>>,
}

impl Store {
    /// The threads in which something happened last, newest first, without their messages; and how many
    /// there are in all.
    pub(crate) fn overview(&self, most: usize) -> (Vec<ThreadOverview>, usize) {
        let mut threads: Vec<_> = self.threads.values().collect();
        let newest_first = |thread: &&Thread| Reverse(thread.progress.activity);
        if threads.len() > most {
            threads.select_nth_unstable_by_key(most, newest_first);
            threads.truncate(most);
        }
        threads.sort_unstable_by_key(newest_first);
        let threads = threads.into_iter().map(|thread| self.look_at(thread, 0));
        (threads.collect(), self.threads.len())
    }

    /// A thread with its newest messages.
    pub(crate) fn thread_overview(
        &self,
        id: &ThreadId,
        messages: usize,
    ) -> Result<ThreadOverview, Refusal> {
        let thread = self.threads.get(id).ok_or(Refusal::ThreadNotFound)?;
        Ok(self.look_at(thread, messages))
    }

    /// What people call the user.
    pub(crate) fn user_name(&self, id: &RawId) -> Option<&str> {
        self.users.get(id)?.name.as_deref()
    }

    /// Sends a message as `user` would with a token of the scope `chat`.
    pub(crate) fn send_as(
        &mut self,
        user: &RawId,
        thread: &ThreadId,
        content: String,
    ) -> Result<MessageId, Refusal> {
        let known = self.users.get(user).filter(|user| !user.is_deleted());
        known.ok_or(Refusal::UserNotFound)?;
        let caller = Caller::with_scopes(user.clone(), vec![Scope::Chat]);
        let display_name = self
            .threads
            .get(thread)
            .and_then(|thread| thread.members.get(user)?.participant.display_name.clone());
        let message = UserMessage {
            sender: user.clone(),
            sender_display_name: display_name.unwrap_or_default(),
            content_type: ContentType::Text,
            content,
            metadata: Metadata::new(),
        };
        self.send_message(&caller, thread, message)
    }

    fn look_at(&self, thread: &Thread, messages: usize) -> ThreadOverview {
        let mut properties = thread.properties.clone();
        properties.deleted_on = thread.deleted_on(self.now());
        let members = thread.members.values();
        let mut newest: Vec<_> = thread.messages().rev().take(messages).cloned().collect();
        newest.reverse();
        ThreadOverview {
            properties,
            last_message_received_on: thread.progress.last_message_received_on,
            participants: members.map(|member| member.participant.clone()).collect(),
            message_count: thread.message_count(),
            messages: newest,
        }
    }
}
