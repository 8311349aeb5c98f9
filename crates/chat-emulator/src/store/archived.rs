//! The state as an archive has it: users and threads that tell all that any of them could read.

use std::collections::HashMap;
use std::sync::Arc;

use uuid::Uuid;

use crate::store::identifier::{IdentifierKind, RawId};
use crate::store::timestamp::Timestamp;

use super::ids::ThreadId;
use super::machine::{OVERHEAD, Totals, size_of};
use super::message::Message;
use super::metadata;
use super::participant::{FormerMember, Member, Participant, ReadReceipt};
use super::snapshot::StoreState;
use super::thread::{Thread, ThreadProperties};
use super::thread_activity::Activity;
use super::user::User;

/// A user of the resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ArchivedUser {
    pub(crate) id: RawId,
    pub(crate) name: Option<String>,
    pub(crate) deleted: bool,
}

/// A thread with everything in it.
#[derive(Clone, Debug)]
pub(crate) struct ArchivedThread {
    pub(crate) properties: ThreadProperties,
    pub(crate) last_message_received_on: Timestamp,
    /// Where it stands in lists; nothing if that follows from the last message alone.
    pub(crate) activity: Option<Activity>,
    /// Sequence ids, and ids and versions, go on after these.
    pub(crate) last_sequence: u64,
    pub(crate) last_version: i64,
    /// In the order of their list, then those who were removed.
    pub(crate) participants: Vec<ArchivedParticipant>,
    /// Oldest sequence id first.
    pub(crate) messages: Vec<Arc<Message>>,
}

/// Someone who takes part, or did so until the removal.
#[derive(Clone, Debug)]
pub(crate) struct ArchivedParticipant {
    pub(crate) participant: Participant,
    pub(crate) added_on: Timestamp,
    pub(crate) removal: Option<Removal>,
    pub(crate) receipt: Option<ReadReceipt>,
}

/// The end of a membership.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Removal {
    pub(crate) on: Timestamp,
    /// The last message to see.
    pub(crate) last_sequence: u64,
    /// Where the thread stays in the list; nothing if that follows from the time alone.
    pub(crate) activity: Option<Activity>,
}

/// Two threads stand in the same place of lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SamePlace(pub(crate) ThreadId);

impl StoreState {
    /// All users, in the order of their ids.
    pub(crate) fn archived_users(&self) -> Vec<ArchivedUser> {
        let users = self.users.iter().map(|(id, user)| ArchivedUser {
            id: id.clone(),
            name: user.name.as_deref().map(str::to_owned),
            deleted: user.deleted,
        });
        let mut users: Vec<_> = users.collect();
        users.sort_by(|one, other| one.id.cmp(&other.id));
        users
    }

    /// All threads, in the order of their ids.
    pub(crate) fn archived_threads(&self) -> impl Iterator<Item = ArchivedThread> {
        let mut threads: Vec<_> = self.threads.values().collect();
        threads.sort_by_key(|thread| thread.properties.id.as_str());
        threads.into_iter().map(archived)
    }

    /// The GUID of the communication resource.
    pub(crate) fn resource(&self) -> Uuid {
        self.resource
    }

    /// The state of an archive. Users of the resource that only a thread names are users, too.
    pub(crate) fn from_archive(
        resource: Uuid,
        users: Vec<ArchivedUser>,
        mut threads: Vec<ArchivedThread>,
    ) -> Result<Self, SamePlace> {
        place(&mut threads);
        let mut state = Self::empty(resource);
        for ArchivedUser { id, name, deleted } in users {
            state.totals.bytes += OVERHEAD + name.as_ref().map_or(0, String::len);
            let user = User {
                name: name.map(Into::into),
                deleted,
                ..User::default()
            };
            state.users.insert(id, user);
        }
        let mut places = HashMap::new();
        for archived in threads {
            let thread = state.thread_of(archived);
            let id = &thread.properties.id;
            let former = thread.former.values().map(|former| former.activity);
            for activity in former.chain([thread.progress.activity]) {
                let last = &mut state.totals.last_activity;
                last.at = last.at.max(activity.at);
                last.ordinal = last.ordinal.max(activity.ordinal);
                if places
                    .insert(activity, id.clone())
                    .is_some_and(|other| other != *id)
                {
                    return Err(SamePlace(id.clone()));
                }
            }
            state.threads.insert(id.clone(), thread);
        }
        state.list_threads();
        Ok(state)
    }

    fn thread_of(&mut self, archived: ArchivedThread) -> Thread {
        let Totals { bytes, .. } = &mut self.totals;
        let topic = archived.properties.topic.len();
        *bytes += OVERHEAD + topic + metadata::size(&archived.properties.metadata);
        let activity = archived.activity.unwrap_or_default();
        let mut thread = Thread::new(archived.properties, activity);
        thread.progress.last_message_received_on = archived.last_message_received_on;
        for message in archived.messages {
            *bytes += size_of(&message.body);
            thread.put_back(Arc::unwrap_or_clone(message));
        }
        let (sequence, version) = (archived.last_sequence, archived.last_version);
        thread.progress.go_on_after(sequence, version);
        for archived in archived.participants {
            let ArchivedParticipant {
                participant,
                added_on,
                removal,
                receipt,
            } = archived;
            *bytes += participant.size() + OVERHEAD;
            let id = participant.id.clone();
            if is_user_of(self.resource, &id) && !self.users.contains_key(&id) {
                *bytes += OVERHEAD;
                self.users.insert(id.clone(), User::default());
            }
            if let Some(removal) = removal {
                let former = FormerMember {
                    share_history_time: participant.share_history_time,
                    added_on,
                    last_sequence: removal.last_sequence,
                    activity: removal.activity.unwrap_or_default(),
                };
                thread.former.insert(id, former);
            } else {
                let member = Member {
                    participant,
                    added_on,
                    receipt,
                };
                thread.members.insert(id, member);
            }
        }
        thread
    }
}

fn is_user_of(resource: Uuid, id: &RawId) -> bool {
    id.kind() == Some(IdentifierKind::CommunicationUser { resource })
}

fn archived(thread: &Thread) -> ArchivedThread {
    let current = thread.members.values().map(|member| ArchivedParticipant {
        participant: member.participant.clone(),
        added_on: member.added_on,
        removal: None,
        receipt: member.receipt.clone(),
    });
    let mut former: Vec<_> = thread.former.iter().collect();
    former.sort_by_key(|(id, _)| id.as_str());
    let former = former.into_iter().map(|(id, former)| ArchivedParticipant {
        participant: Participant {
            id: id.clone(),
            display_name: None,
            share_history_time: former.share_history_time,
            metadata: Default::default(),
        },
        added_on: former.added_on,
        removal: Some(Removal {
            on: former.activity.at,
            last_sequence: former.last_sequence,
            activity: Some(former.activity),
        }),
        receipt: None,
    });
    ArchivedThread {
        properties: thread.properties.clone(),
        last_message_received_on: thread.progress.last_message_received_on,
        activity: Some(thread.progress.activity),
        last_sequence: thread.progress.last_sequence(),
        last_version: thread.progress.last_tick(),
        participants: current.chain(former).collect(),
        messages: thread.messages().cloned().collect(),
    }
}

/// Gives a place in lists to what has none, in the order of its time.
fn place(threads: &mut [ArchivedThread]) {
    let mut ordinal = 0;
    let mut without: Vec<(Timestamp, &mut Option<Activity>)> = Vec::new();
    for thread in threads {
        let places = thread.participants.iter_mut().filter_map(|participant| {
            let removal = participant.removal.as_mut()?;
            Some((removal.on, &mut removal.activity))
        });
        let own = (thread.last_message_received_on, &mut thread.activity);
        for (at, place) in places.chain([own]) {
            match place {
                Some(activity) => ordinal = ordinal.max(activity.ordinal),
                None => without.push((at, place)),
            }
        }
    }
    without.sort_by_key(|(at, _)| *at);
    for (at, place) in without {
        ordinal += 1;
        *place = Some(Activity { at, ordinal });
    }
}
