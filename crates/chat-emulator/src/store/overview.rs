//! What people who look at the emulator see, whoever takes part in what. Everything is copied out, so that
//! the store is not held while it is written down.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use crate::store::identifier::RawId;
use crate::store::timestamp::Timestamp;

use super::access::{Caller, Scope};
use super::ids::ThreadId;
use super::machine::Store;
use super::message::{Message, MessageBody};
use super::participant::{Participant, ReadReceipt};
use super::refusal::Refusal;
use super::thread::{Thread, ThreadProperties};

/// How long someone counts as typing, unless a message comes first.
const TYPING: Duration = Duration::from_secs(8);

/// The names that people know users by.
pub(crate) type Names = HashMap<RawId, Box<str>>;

/// A thread as a whole, or some of its participants and its newest messages.
#[derive(Clone, Debug)]
pub(crate) struct ThreadOverview {
    pub(crate) properties: ThreadProperties,
    pub(crate) last_message_received_on: Timestamp,
    pub(crate) participants: Vec<Participant>,
    pub(crate) participant_count: usize,
    pub(crate) message_count: usize,
    /// Oldest sequence id first.
    pub(crate) messages: Vec<Arc<Message>>,
    pub(crate) receipts: Vec<ReadReceipt>,
    pub(crate) typing: Vec<RawId>,
}

/// A user that has not been deleted.
#[derive(Clone, Debug)]
pub(crate) struct UserOverview {
    pub(crate) id: RawId,
    pub(crate) name: Option<Box<str>>,
    pub(crate) thread_count: usize,
}

impl Store {
    /// Counts changes: it is the same as long as nothing has changed.
    pub(crate) fn revision(&self) -> u64 {
        self.marks.count()
    }

    /// The threads in which something happened last, newest first, with their first `participants` and
    /// without messages; and how many there are in all.
    pub(crate) fn overview(
        &self,
        most: usize,
        participants: usize,
    ) -> (Vec<ThreadOverview>, Names, usize) {
        let mut threads: Vec<_> = self.threads.values().collect();
        let newest_first = |thread: &&Thread| Reverse(thread.progress.activity);
        if threads.len() > most {
            threads.select_nth_unstable_by_key(most, newest_first);
            threads.truncate(most);
        }
        threads.sort_unstable_by_key(newest_first);
        let mut names = Names::new();
        let threads = threads
            .into_iter()
            .map(|thread| self.look_at(thread, participants, 0, &mut names))
            .collect();
        (threads, names, self.threads.len())
    }

    /// A thread with all its participants and its newest messages.
    pub(crate) fn thread_overview(
        &self,
        id: &ThreadId,
        messages: usize,
    ) -> Result<(ThreadOverview, Names), Refusal> {
        let thread = self.threads.get(id).ok_or(Refusal::ThreadNotFound)?;
        let mut names = Names::new();
        let overview = self.look_at(thread, usize::MAX, messages, &mut names);
        Ok((overview, names))
    }

    /// The users with a name first, by name, then the others; at most so many, and how many there are in all.
    pub(crate) fn users_overview(&self, most: usize) -> (Vec<UserOverview>, usize) {
        let mut users: Vec<_> = self
            .users
            .iter()
            .filter(|(_, user)| !user.is_deleted())
            .map(|(id, user)| (user.name.is_none(), &user.name, id, user.threads.len()))
            .collect();
        let count = users.len();
        users.sort_unstable();
        users.truncate(most);
        let users = users
            .into_iter()
            .map(|(_, name, id, thread_count)| UserOverview {
                id: id.clone(),
                name: name.clone(),
                thread_count,
            });
        (users.collect(), count)
    }

    /// The user as a caller with a token of the scope `chat`.
    pub(crate) fn caller_as(&self, user: &RawId) -> Result<Caller, Refusal> {
        let known = self.users.get(user).filter(|user| !user.is_deleted());
        known.ok_or(Refusal::UserNotFound)?;
        Ok(Caller::with_scopes(user.clone(), vec![Scope::Chat]))
    }

    /// What `user` is called in a thread.
    pub(crate) fn display_name(&self, thread: &ThreadId, user: &RawId) -> Option<String> {
        let member = self.threads.get(thread)?.members.get(user)?;
        member.participant.display_name.clone()
    }

    fn look_at(
        &self,
        thread: &Thread,
        participants: usize,
        messages: usize,
        names: &mut Names,
    ) -> ThreadOverview {
        let now = self.now();
        let mut properties = thread.properties.clone();
        properties.deleted_on = thread.deleted_on(now);
        let members = || thread.members.values().take(participants);
        let mut newest: Vec<_> = thread.messages().rev().take(messages).cloned().collect();
        newest.reverse();
        for id in members().map(|member| &member.participant.id) {
            self.name(id, names);
        }
        for id in newest.iter().flat_map(|message| mentioned(&message.body)) {
            self.name(id, names);
        }
        let types = |(id, since): &(&RawId, &Timestamp)| {
            since.until(now) < TYPING && thread.members.contains_key(*id)
        };
        let typing = thread.typing.iter().filter(types).map(|(id, _)| id.clone());
        ThreadOverview {
            properties,
            last_message_received_on: thread.progress.last_message_received_on,
            participants: members().map(|member| member.participant.clone()).collect(),
            participant_count: thread.members.len(),
            message_count: thread.message_count(),
            messages: newest,
            receipts: members()
                .filter_map(|member| member.receipt.clone())
                .collect(),
            typing: typing.collect(),
        }
    }

    fn name(&self, id: &RawId, names: &mut Names) {
        if let Some(name) = self.users.get(id).and_then(|user| user.name.as_ref())
            && !names.contains_key(id)
        {
            names.insert(id.clone(), name.clone());
        }
    }
}

/// Whom a message speaks of.
fn mentioned(body: &MessageBody) -> Vec<&RawId> {
    match body {
        MessageBody::User(_) | MessageBody::Foreign(_) => body.sender().into_iter().collect(),
        MessageBody::TopicUpdated { initiator, .. } => vec![initiator],
        MessageBody::ParticipantAdded {
            participants,
            initiator,
        }
        | MessageBody::ParticipantRemoved {
            participants,
            initiator,
        } => {
            let participants = participants.iter().map(|participant| &participant.id);
            participants.chain([initiator]).collect()
        }
    }
}
