//! The rules of the store, without a socket and without waiting.

mod events;
mod limits;
mod lists;
mod messages;
mod participants;
mod signals;
mod threads;
mod users;

use std::sync::Arc;

use super::identifier::RawId;
use super::limits::{Capacity, Limits};
use super::timestamp::Timestamp;
use super::*;

/// A store with a clock that stands still and ids that count up.
struct World {
    store: Store,
    clock: Arc<ManualClock>,
}

impl World {
    fn new() -> Self {
        Self::with(Limits::default(), Capacity::default())
    }

    fn with(limits: Limits, capacity: Capacity) -> Self {
        let clock = ManualClock::at("2026-01-01T00:00:00.250Z");
        let ids = Box::<SequentialIds>::default();
        let store = Store::new(Arc::clone(&clock) as _, ids, limits, capacity);
        Self { store, clock }
    }

    fn later(&self, seconds: u64) {
        self.clock.advance(std::time::Duration::from_secs(seconds));
    }

    /// A new user with a token of the scope `chat`.
    fn user(&mut self) -> Caller {
        self.user_with(vec![Scope::Chat])
    }

    fn user_with(&mut self, scopes: Vec<Scope>) -> Caller {
        let (_, grant) = self.store.create_user(scopes, 60).unwrap();
        self.store.authorize(&grant.unwrap()).unwrap()
    }

    /// A new thread of the first of the callers, with the others.
    fn thread(&mut self, callers: &[&Caller]) -> ThreadId {
        let new = NewThread {
            participants: callers[1..]
                .iter()
                .map(|caller| participant(&caller.user))
                .collect(),
            ..new_thread()
        };
        self.store
            .create_thread(callers[0], new)
            .unwrap()
            .properties
            .id
            .clone()
    }

    fn send(&mut self, caller: &Caller, thread: &ThreadId, content: &str) -> MessageId {
        self.store
            .send_message(caller, thread, text(caller, content))
            .unwrap()
    }

    /// All that `caller` sees of the thread, newest first.
    fn messages(&self, caller: &Caller, thread: &ThreadId) -> Vec<Arc<Message>> {
        self.store
            .list_messages(caller, thread, &all())
            .unwrap()
            .items
    }

    /// The kinds and contents of all messages, newest first.
    fn contents(&self, caller: &Caller, thread: &ThreadId) -> Vec<String> {
        let contents =
            self.messages(caller, thread)
                .into_iter()
                .map(|message| match &message.body {
                    MessageBody::User(user) => user.content.clone(),
                    MessageBody::Foreign(_) => unreachable!("there is no archive"),
                    MessageBody::TopicUpdated { topic, .. } => format!("topic {topic}"),
                    MessageBody::ParticipantAdded { participants, .. } => {
                        format!("added {}", participants.len())
                    }
                    MessageBody::ParticipantRemoved { participants, .. } => {
                        format!("removed {}", participants.len())
                    }
                });
        contents.collect()
    }
}

fn new_thread() -> NewThread {
    NewThread {
        topic: "Lunch".to_owned(),
        participants: Vec::new(),
        metadata: Metadata::new(),
        retention: None,
        repeatability: None,
    }
}

fn participant(id: &RawId) -> Participant {
    Participant {
        id: id.clone(),
        display_name: None,
        share_history_time: Timestamp::EPOCH,
        metadata: Metadata::new(),
    }
}

fn text(sender: &Caller, content: &str) -> UserMessage {
    UserMessage {
        sender: sender.user.clone(),
        sender_display_name: String::new(),
        content_type: ContentType::Text,
        content: content.to_owned(),
        metadata: Metadata::new(),
        attachments: Vec::new(),
    }
}

fn all() -> ListMessages {
    ListMessages {
        page_size: 10_000,
        start: Timestamp::EPOCH,
        before: u64::MAX,
    }
}

fn all_threads() -> ListThreads {
    ListThreads {
        page_size: 10_000,
        start: Timestamp::EPOCH,
        after: None,
    }
}

fn metadata(pairs: &[(&str, &str)]) -> Metadata {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

fn patch(pairs: &[(&str, Option<&str>)]) -> Option<MetadataPatch> {
    let owned =
        |(name, value): &(&str, Option<&str>)| ((*name).to_owned(), value.map(str::to_owned));
    Some(MetadataPatch::Merge(pairs.iter().map(owned).collect()))
}
