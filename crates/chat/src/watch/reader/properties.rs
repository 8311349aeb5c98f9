//! A reader, held against threads in which anything happens while they are read.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::json;

use super::*;
use crate::models::ChatMessageType;

/// What happens, to the thread or to who follows it.
#[derive(Clone, Debug)]
enum Act {
    Send,
    Edit(Index),
    Delete(Index),
    /// A message of the service: who takes part, or the topic, has changed.
    Tell(usize),
    /// A reading, of the thread as it is or as it was some acts before. It may fail before this
    /// page.
    Read {
        lag: usize,
        fails_at: Option<usize>,
    },
    /// The follower handles up to this many events, and stores effect and cursor together.
    Handle(usize),
    /// It is killed, and goes on from the cursor that was stored last.
    Kill,
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let read = (0_usize..3, prop::option::weighted(0.3, 0_usize..3));
    let act = prop_oneof![
        4 => Just(Act::Send),
        3 => any::<Index>().prop_map(Act::Edit),
        1 => any::<Index>().prop_map(Act::Delete),
        1 => (0_usize..3).prop_map(Act::Tell),
        3 => read.prop_map(|(lag, fails_at)| Act::Read { lag, fails_at }),
        3 => (0_usize..6).prop_map(Act::Handle),
        1 => Just(Act::Kill),
    ];
    prop::collection::vec(act, 0..60)
}

#[derive(Clone, Debug, PartialEq)]
struct Row {
    place: u64,
    id: u64,
    version: u64,
    message_type: &'static str,
    is_deleted: bool,
}

impl Row {
    fn message(&self) -> ChatMessage {
        let mut message = json!({
            "id": self.id.to_string(), "type": self.message_type,
            "sequenceId": self.place.to_string(), "version": self.version.to_string(),
            "createdOn": "2021-09-07T19:57:38Z", "content": { "message": "hello" },
        });
        if self.is_deleted {
            message["deletedOn"] = "2021-09-07T19:57:39Z".into();
        }
        serde_json::from_value(message).unwrap()
    }
}

const TOLD: [&str; 3] = ["participantAdded", "participantRemoved", "topicUpdated"];

/// A thread, newest first, and what it was after each act.
#[derive(Debug, Default)]
struct Thread {
    rows: Vec<Row>,
    before: Vec<Vec<Row>>,
    places: u64,
    now: u64,
}

impl Thread {
    fn add(&mut self, message_type: &'static str) {
        let (place, now) = self.tick();
        self.rows.insert(
            0,
            Row {
                place,
                id: now,
                version: now,
                message_type,
                is_deleted: false,
            },
        );
    }

    fn change(&mut self, index: &Index, deletes: bool) {
        if self.rows.is_empty() {
            return;
        }
        let mut row = self.rows.remove(index.index(self.rows.len()));
        if row.message_type == "text" && !row.is_deleted {
            (row.place, row.version) = self.tick();
            row.is_deleted = deletes;
            self.rows.insert(0, row);
        } else {
            self.rows.push(row);
            self.rows.sort_by_key(|row| std::cmp::Reverse(row.place));
        }
    }

    fn tick(&mut self) -> (u64, u64) {
        self.places += 1;
        self.now += 3;
        (self.places, self.now)
    }

    /// Never earlier than what was shown before: the list as a whole may lag, not go back.
    fn shown(&self, lag: usize) -> &[Row] {
        let at = self.before.len().checked_sub(lag + 1);
        at.map_or(&self.rows, |at| &self.before[at])
    }
}

/// What was stored: effects in turn, and the cursor.
#[derive(Debug, Default)]
struct Stored {
    log: Vec<(ChatEvent, u64)>,
    position: Position,
}

/// Through text, as a cursor is.
fn restored(position: &Position) -> Position {
    Position {
        place: position.place,
        created: position.created,
        unseen: position.stored_unseen().into_iter().collect(),
    }
}

fn read(reader: &mut Reader, rows: &[Row], page_size: usize, fails_at: Option<usize>) {
    let start = reader.begin();
    let mut at = start.as_ref().map_or(0, index_of);
    for page in 0.. {
        if fails_at == Some(page) {
            return;
        }
        let items: Vec<_> = rows
            .iter()
            .skip(at)
            .take(page_size)
            .map(Row::message)
            .collect();
        if items.is_empty() {
            return reader.end_list();
        }
        let link = (at > 0).then(|| link_to(at));
        if !reader.take_page(items, link.as_ref()) {
            return;
        }
        at += page_size;
    }
}

fn link_to(at: usize) -> Continuation {
    format!("v1 https://contoso.communication.azure.com/list?{at}")
        .parse()
        .unwrap()
}

fn index_of(link: &Continuation) -> usize {
    link.to_string()
        .rsplit_once('?')
        .unwrap()
        .1
        .parse()
        .unwrap()
}

fn handle(reader: &mut Reader, stored: &mut Stored, count: usize) {
    for _ in 0..count {
        let Some(event) = reader.next_event() else {
            return;
        };
        let position = reader.position().unwrap();
        stored.log.push((event, position.place));
        stored.position = restored(position);
    }
}

proptest! {
    #[test]
    fn events_are_the_thread_s_history_in_order_nothing_missed_and_nothing_twice(
        acts in acts(),
        page_size in 1_usize..5,
    ) {
        let mut thread = Thread::default();
        let mut stored = Stored::default();
        let mut reader = Reader::new(Some(stored.position.clone()));
        for act in &acts {
            match act {
                Act::Send => thread.add("text"),
                Act::Edit(index) => thread.change(index, false),
                Act::Delete(index) => thread.change(index, true),
                Act::Tell(what) => thread.add(TOLD[*what]),
                Act::Read { lag, fails_at } => {
                    // A reading begins when everything that was found has been given.
                    handle(&mut reader, &mut stored, usize::MAX);
                    read(&mut reader, thread.shown(*lag), page_size, *fails_at);
                }
                Act::Handle(count) => handle(&mut reader, &mut stored, *count),
                Act::Kill => reader = Reader::new(Some(stored.position.clone())),
            }
            thread.before.push(thread.rows.clone());
        }
        handle(&mut reader, &mut stored, usize::MAX);
        read(&mut reader, &thread.rows, page_size, None);
        handle(&mut reader, &mut stored, usize::MAX);
        check(&stored, &thread.rows)?;
    }
}

fn check(stored: &Stored, rows: &[Row]) -> Result<(), TestCaseError> {
    let places: Vec<_> = stored.log.iter().map(|(_, place)| *place).collect();
    prop_assert!(places.is_sorted_by(|one, next| one < next), "{:?}", places);
    let mut last = BTreeMap::new();
    for (event, _) in &stored.log {
        let message = event.message().unwrap();
        let before = last.insert(message.id().clone(), event);
        match event {
            ChatEvent::MessageEdited(_) => {
                prop_assert!(before.is_some(), "not received: {event:?}")
            }
            ChatEvent::MessageDeleted(_) => {}
            _ => prop_assert!(before.is_none(), "received twice: {event:?}"),
        }
    }
    prop_assert_eq!(last.len(), rows.len());
    for row in rows {
        let message = row.message();
        let event = last.get(message.id());
        prop_assert_eq!(event.and_then(|event| event.message()), Some(&message));
        let told = message.message_type() == &ChatMessageType::TopicUpdated;
        prop_assert_eq!(matches!(event, Some(ChatEvent::TopicUpdated(_))), told);
    }
    Ok(())
}

#[test]
fn a_backlog_that_is_too_long_to_hold_is_given_in_parts_each_page_read_about_once() {
    let mut thread = Thread::default();
    (0..25_000).for_each(|_| thread.add("text"));
    let mut reader = Reader::new(Some(Position::default()));
    let mut stored = Stored::default();
    let (mut readings, mut most) = (0, 0);
    while readings == 0 || reader.is_behind() {
        read(&mut reader, &thread.rows, 200, None);
        readings += 1;
        most = most.max(reader.held.len());
        handle(&mut reader, &mut stored, usize::MAX);
        // The list moves meanwhile.
        (0..10).for_each(|_| thread.add("text"));
    }
    read(&mut reader, &thread.rows, 200, None);
    handle(&mut reader, &mut stored, usize::MAX);
    check(&stored, &thread.rows).unwrap();
    assert_eq!(most, MAX_HELD);
    assert!(readings < 30, "{readings}");
}

#[test]
fn a_watch_from_now_on_begins_after_the_newest_message_and_knows_older_ones_as_edited() {
    let mut thread = Thread::default();
    (0..5).for_each(|_| thread.add("text"));
    let mut reader = Reader::new(None);
    read(&mut reader, &thread.rows, 2, None);
    assert_eq!(reader.next_event(), None);
    let oldest = thread.rows.remove(4);
    let (place, version) = thread.tick();
    thread.rows.insert(
        0,
        Row {
            place,
            version,
            ..oldest
        },
    );
    read(&mut reader, &thread.rows, 2, None);
    let edited = thread.rows[0].message();
    assert_eq!(reader.next_event(), Some(ChatEvent::MessageEdited(edited)));
    assert_eq!(reader.next_event(), None);
}
