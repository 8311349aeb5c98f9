//! Threads: create, list, read, change, delete.

use std::sync::Arc;

use indexmap::IndexMap;

use crate::store::identifier::RawId;
use crate::store::timestamp::Timestamp;

use super::access::{Caller, Permission};
use super::created::CreatedThread;
use super::event::ThreadEventKind;
use super::ids::ThreadId;
use super::machine::{OVERHEAD, Store, at_most, within};
use super::marks::Mark;
use super::message::MessageBody;
use super::metadata::{self, EmptyValue, Metadata, MetadataPatch};
use super::participant::{Member, Participant};
use super::refusal::Refusal;
use super::thread::{RetentionPolicy, Thread, ThreadProperties};

/// What a caller asks for when it creates a thread.
#[derive(Clone, Debug)]
pub(crate) struct NewThread {
    pub(crate) topic: String,
    pub(crate) participants: Vec<Participant>,
    pub(crate) metadata: Metadata,
    pub(crate) retention: Option<RetentionPolicy>,
    pub(crate) repeatability: Option<String>,
}

/// A merge patch of a thread: what is `None` stays.
#[derive(Clone, Debug, Default)]
pub(crate) struct ThreadChange {
    pub(crate) topic: Option<String>,
    /// An empty value stays one.
    pub(crate) metadata: Option<MetadataPatch>,
    pub(crate) retention: Option<Option<RetentionPolicy>>,
}

impl Store {
    /// Creates a thread of the caller and those of the participants who can be added. The same
    /// repeatability id gives the caller the same answer again, whatever else is asked for.
    pub(crate) fn create_thread(
        &mut self,
        caller: &Caller,
        new: NewThread,
    ) -> Result<Arc<CreatedThread>, Refusal> {
        let id = ThreadId::generate(&mut *self.ids);
        self.create_thread_at(caller, new, id, self.now())
    }

    /// As [`Self::create_thread`], at another time and with an id that no other thread has.
    pub(super) fn create_thread_at(
        &mut self,
        caller: &Caller,
        new: NewThread,
        id: ThreadId,
        now: Timestamp,
    ) -> Result<Arc<CreatedThread>, Refusal> {
        caller.require(Permission::Manage)?;
        let repeatability = new.repeatability.map(|id| (caller.user.clone(), id));
        if let Some(created) = repeatability.as_ref().and_then(|key| self.created.get(key)) {
            return Ok(Arc::clone(created));
        }
        self.check_metadata("Bytes of thread metadata", &new.metadata)?;
        self.check_retention(new.retention)?;
        self.check_batch(&new.participants)?;
        let (participants, failures) = self.sort_out(new.participants)?;
        let members = with_creator(&caller.user, participants);
        at_most(
            "Participants of a thread",
            members.len(),
            self.limits.participants,
        )?;
        within("threads", self.threads.len() + 1, self.capacity.threads)?;
        let bytes = new.topic.len() + metadata::size(&new.metadata) + size_of_members(&members);
        self.reserve(bytes)?;

        self.totals.bytes += bytes + OVERHEAD;
        let properties = ThreadProperties {
            id: id.clone(),
            topic: new.topic,
            created_on: now,
            created_by: caller.user.clone(),
            deleted_on: None,
            metadata: new.metadata,
            retention: new.retention,
        };
        let created = Arc::new(CreatedThread {
            properties: properties.clone(),
            failures,
        });
        let activity = self.next_activity(now);
        self.threads
            .insert(id.clone(), Thread::new(properties, activity));
        self.marks.add(|| Mark::Thread(id.clone()));
        self.begin(&id, members)?;
        if let Some(key) = repeatability {
            self.totals.bytes += key.1.len() + OVERHEAD;
            self.marks
                .add(|| Mark::Created(key.0.clone(), key.1.clone()));
            self.created.insert(key, Arc::clone(&created));
        }
        Ok(created)
    }

    /// Puts the members into a new thread and writes its two system messages.
    fn begin(
        &mut self,
        id: &ThreadId,
        members: IndexMap<RawId, Participant>,
    ) -> Result<(), Refusal> {
        let thread = self.threads.get_mut(id).ok_or(Refusal::ThreadNotFound)?;
        let initiator = thread.properties.created_by.clone();
        let topic = thread.properties.topic.clone();
        let participants: Vec<_> = members.values().cloned().collect();
        let added_on = thread.properties.created_on;
        thread.members = members
            .into_iter()
            .map(|(id, participant)| {
                (
                    id,
                    Member {
                        participant,
                        added_on,
                        receipt: None,
                    },
                )
            })
            .collect();
        let added = MessageBody::ParticipantAdded {
            participants,
            initiator: initiator.clone(),
        };
        let creator = initiator.clone();
        let updated = MessageBody::TopicUpdated { topic, initiator };
        self.append_at(id, added_on, None, added)?;
        self.append_at(id, added_on, None, updated)?;
        self.emit(id, &creator, |thread| ThreadEventKind::ThreadCreated {
            participants: thread.participants().cloned().collect(),
        });
        self.retention_has_changed(id);
        Ok(())
    }

    /// The thread itself; also when it has been deleted, which it then says, and for whoever was removed.
    pub(crate) fn thread_properties(
        &self,
        caller: &Caller,
        id: &ThreadId,
    ) -> Result<ThreadProperties, Refusal> {
        caller.require(Permission::TakePart)?;
        let thread = self.threads.get(id).ok_or(Refusal::ThreadNotFound)?;
        thread.view(&caller.user)?;
        let mut properties = thread.properties.clone();
        properties.deleted_on = thread.deleted_on(self.now());
        Ok(properties)
    }

    /// Changes a thread; a topic that is given is announced in the thread.
    pub(crate) fn update_thread(
        &mut self,
        caller: &Caller,
        id: &ThreadId,
        change: ThreadChange,
    ) -> Result<(), Refusal> {
        let thread = self.thread(caller, id, Permission::Manage)?;
        let old = &thread.properties;
        let given =
            change.topic.is_some() || change.metadata.is_some() || change.retention.is_some();
        let metadata = match change.metadata {
            None => old.metadata.clone(),
            Some(patch) => patch.apply(&old.metadata, EmptyValue::Stays),
        };
        let retention = change.retention.unwrap_or(old.retention);
        self.check_metadata("Bytes of thread metadata", &metadata)?;
        self.check_retention(retention)?;
        let topic_len = change.topic.as_ref().map_or(0, String::len);
        // The old texts are not given back: the topic lives on in the system messages.
        let bytes = 2 * topic_len + metadata::size(&metadata);
        self.reserve(bytes)?;
        if change.topic.is_some() {
            within(
                "messages in a thread",
                thread.message_count() + 1,
                self.capacity.messages_per_thread,
            )?;
        }

        self.totals.bytes += bytes;
        let thread = self.thread_mut(caller, id, Permission::Manage)?;
        thread.properties.metadata = metadata;
        thread.properties.retention = retention;
        if let Some(topic) = change.topic {
            thread.properties.topic.clone_from(&topic);
            self.append(
                id,
                MessageBody::TopicUpdated {
                    topic,
                    initiator: caller.user.clone(),
                },
            )?;
        }
        self.marks.add(|| Mark::Thread(id.clone()));
        if given {
            self.emit(id, &caller.user, |_| ThreadEventKind::ThreadUpdated);
        }
        if change.retention.is_some() {
            self.retention_has_changed(id);
        }
        Ok(())
    }

    /// Deletes a thread for all, with its messages; it stays in the lists. Deleting again changes nothing.
    pub(crate) fn delete_thread(&mut self, caller: &Caller, id: &ThreadId) -> Result<(), Refusal> {
        caller.require(Permission::Manage)?;
        let now = self.now();
        let thread = self.threads.get_mut(id).ok_or(Refusal::ThreadNotFound)?;
        thread.member(&caller.user)?;
        if thread.deleted_on(now).is_none() {
            thread.properties.deleted_on = Some(now);
            self.marks.add(|| Mark::Thread(id.clone()));
            self.touch(id, now);
            self.remove_messages(id, |_| true);
            self.emit(id, &caller.user, |_| ThreadEventKind::ThreadDeleted);
        }
        Ok(())
    }
}

/// The creator first, with what the request says of it, then the others once each.
fn with_creator(creator: &RawId, participants: Vec<Participant>) -> IndexMap<RawId, Participant> {
    let mut members = IndexMap::new();
    let plain = Participant {
        id: creator.clone(),
        display_name: None,
        share_history_time: Timestamp::EPOCH,
        metadata: Metadata::new(),
    };
    members.insert(creator.clone(), plain);
    for participant in participants {
        members.insert(participant.id.clone(), participant);
    }
    members
}

/// What the participants of a thread cost when they come.
fn size_of_members(members: &IndexMap<RawId, Participant>) -> usize {
    members
        .values()
        .map(|member| 2 * (member.size() + OVERHEAD))
        .sum()
}
