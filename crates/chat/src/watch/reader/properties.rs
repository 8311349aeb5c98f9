//! A reader, held against threads in which anything happens while they are read.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::thread::{Row, TOLD, Thread};
use super::*;
use crate::models::{ChatMessageType, Place};

const LATENESS: Duration = Duration::from_secs(5);

/// What happens, to the thread or to who follows it.
#[derive(Clone, Debug)]
enum Act {
    Write(Write),
    Wait(u64),
    /// A reading, of the thread as it is or as it was some time before. It may fail before this
    /// page, and something may be written after its first page.
    Read {
        lag: u64,
        fails_at: Option<usize>,
        between: Option<Write>,
    },
    /// The follower handles up to this many events, and stores effect and cursor together.
    Handle(usize),
    /// It is killed, and goes on from the cursor that was stored last.
    Kill,
}

/// Something is written, and lists show it after so many milliseconds.
#[derive(Clone, Copy, Debug)]
struct Write {
    what: What,
    late: u64,
}

#[derive(Clone, Copy, Debug)]
enum What {
    Send,
    Edit(usize),
    Delete(usize),
    /// A message of the service: who takes part, or the topic, has changed.
    Tell(usize),
}

fn write(latest: u64) -> impl Strategy<Value = Write> {
    let what = prop_oneof![
        4 => Just(What::Send),
        3 => any::<usize>().prop_map(What::Edit),
        1 => any::<usize>().prop_map(What::Delete),
        1 => (0_usize..3).prop_map(What::Tell),
    ];
    let late = prop_oneof![3 => Just(0), 1 => 0..=latest];
    (what, late).prop_map(|(what, late)| Write { what, late })
}

/// What happens where changes are shown so late, and lists lag by so much.
fn acts_within((latest, longest_lag): (u64, u64)) -> impl Strategy<Value = Vec<Act>> {
    let lag = prop_oneof![2 => Just(0), 1 => 0..=longest_lag];
    let fails_at = prop::option::weighted(0.3, 0_usize..3);
    let between = prop::option::weighted(0.3, write(latest));
    let act = prop_oneof![
        8 => write(latest).prop_map(Act::Write),
        3 => (1_u64..4_000).prop_map(Act::Wait),
        5 => (lag, fails_at, between).prop_map(|(lag, fails_at, between)| Act::Read {
            lag,
            fails_at,
            between,
        }),
        3 => (0_usize..6).prop_map(Act::Handle),
        1 => Just(Act::Kill),
    ];
    prop::collection::vec(act, 0..60)
}

/// Lists may lag by any time, or show changes late, or both within the time that is allowed for.
fn acts() -> impl Strategy<Value = Vec<Act>> {
    prop_oneof![
        acts_within((0, 60_000)),
        acts_within((5_000, 0)),
        acts_within((3_000, 2_000)),
    ]
}

/// The thread, who follows it, and what was stored: effects in turn, and the cursor.
struct World {
    thread: Thread,
    start: Instant,
    now: Duration,
    page_size: usize,
    /// The latest state that a list has shown, and whether one has shown an earlier one after it:
    /// messages that had moved up are back where they were.
    latest: Duration,
    went_back: bool,
    /// Messages that moved up between two pages of a reading, before it came to them perhaps.
    moved: BTreeSet<u64>,
    reader: Reader,
    log: Vec<(ChatEvent, u64)>,
    stored: String,
}

impl World {
    fn new(page_size: usize) -> Self {
        Self {
            thread: Thread::default(),
            start: Instant::now(),
            now: Duration::from_secs(60),
            page_size,
            latest: Duration::ZERO,
            went_back: false,
            moved: BTreeSet::new(),
            reader: Reader::new(Some(Position::default()), LATENESS),
            log: Vec::new(),
            stored: text(&Position::default()),
        }
    }

    fn act(&mut self, act: &Act) {
        match act {
            Act::Write(write) => self.write(*write),
            Act::Wait(millis) => self.now += Duration::from_millis(*millis),
            Act::Read {
                lag,
                fails_at,
                between,
            } => {
                // A reading begins when everything that was found has been given.
                self.handle(usize::MAX);
                self.read(Duration::from_millis(*lag), *fails_at, *between);
            }
            Act::Handle(count) => self.handle(*count),
            Act::Kill => {
                let place: Place = serde_json::from_str(&self.stored).unwrap();
                self.reader = Reader::new(Some(Position::from(&place)), LATENESS);
            }
        }
    }

    fn write(&mut self, Write { what, late }: Write) {
        let (now, late) = (self.now, Duration::from_millis(late));
        match what {
            What::Send => self.thread.add("text", now, late),
            What::Edit(index) => self.thread.change(index, false, now, late),
            What::Delete(index) => self.thread.change(index, true, now, late),
            What::Tell(what) => self.thread.add(TOLD[what], now, late),
        }
    }

    fn read(&mut self, lag: Duration, fails_at: Option<usize>, between: Option<Write>) {
        let state = self.now.saturating_sub(lag);
        self.went_back |= state < self.latest;
        self.latest = self.latest.max(state);
        let start = self.reader.begin(self.start + self.now);
        let mut at = start.as_ref().map_or(0, index_of);
        for page in 0.. {
            if fails_at == Some(page) {
                return;
            }
            let shown = self.thread.list(state);
            let items: Vec<_> = shown
                .skip(at)
                .take(self.page_size)
                .map(Row::message)
                .collect();
            let link = (at > 0).then(|| link_to(at));
            if items.is_empty() || !self.reader.take_page(items, link.as_ref()) {
                return self.reader.end(self.start + self.now);
            }
            at += self.page_size;
            if let (0, Some(write)) = (page, between) {
                let count = self.thread.changes.len();
                self.write(write);
                self.moved
                    .extend(self.thread.changes[count..].iter().map(|row| row.id));
            }
        }
    }

    fn handle(&mut self, count: usize) {
        for _ in 0..count {
            let before = self.reader.position().map(Position::place);
            let Some(event) = self.reader.next_event() else {
                return;
            };
            let position = self.reader.position().unwrap();
            self.stored = text(position);
            let place = event.message().and_then(place).unwrap();
            assert!(
                position.has(place, None) && !Position::from(&before.unwrap()).has(place, None)
            );
            self.log.push((event, place));
        }
    }

    /// Everything is shown in the end, and found by the readings that a watch makes in any case.
    fn finish(&mut self) {
        for _ in 0..2 {
            self.handle(usize::MAX);
            self.now += Duration::from_secs(60);
            self.read(Duration::ZERO, None, None);
        }
        self.handle(usize::MAX);
    }
}

fn text(position: &Position) -> String {
    serde_json::to_string(&position.place()).unwrap()
}

fn link_to(at: usize) -> Continuation {
    format!("v1 https://contoso.communication.azure.com/list?{at}")
        .parse()
        .unwrap()
}

fn index_of(link: &Continuation) -> usize {
    let link = link.to_string();
    link.rsplit_once('?').unwrap().1.parse().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn events_are_the_thread_s_history_nothing_missed_and_nothing_twice(
        acts in acts(),
        page_size in 1_usize..5,
    ) {
        let mut world = World::new(page_size);
        acts.iter().for_each(|act| world.act(act));
        world.finish();
        check(&world)?;
    }
}

fn check(world: &World) -> Result<(), TestCaseError> {
    let World { log, thread, .. } = world;
    let row_of = |place: u64| &thread.changes[usize::try_from(place).unwrap() - 1];
    let mut places = BTreeSet::new();
    for (event, place) in log {
        prop_assert!(places.insert(*place), "twice: {:?}", event);
        let row = row_of(*place);
        let is_in_order = places.last() == Some(place);
        let may_be_late = row.is_late || world.went_back;
        prop_assert!(is_in_order || may_be_late, "{} is out of order", place);
    }
    let mut last = BTreeMap::new();
    for (event, place) in log {
        let id = event.message().unwrap().id().clone();
        let before = last.get(&id).map(|(_, place)| *place);
        match event {
            ChatEvent::MessageEdited(_) => {
                let has_moved = world.moved.contains(&row_of(*place).id);
                prop_assert!(before.is_some() || has_moved, "not received: {event:?}")
            }
            ChatEvent::MessageDeleted(_) => {}
            _ => prop_assert!(before.is_none(), "received twice: {event:?}"),
        }
        last.insert(id, (event, *place));
    }
    let rows: Vec<_> = thread.list(Duration::MAX).collect();
    prop_assert_eq!(last.len(), rows.len());
    for row in rows {
        let message = row.message();
        let event = last.get(message.id()).map(|(event, _)| *event);
        prop_assert_eq!(event.and_then(ChatEvent::message), Some(&message));
        let told = message.message_type() == &ChatMessageType::TopicUpdated;
        prop_assert_eq!(matches!(event, Some(ChatEvent::TopicUpdated(_))), told);
    }
    Ok(())
}

#[test]
fn a_backlog_that_is_too_long_to_hold_is_given_in_parts_each_page_read_about_once() {
    let mut world = World::new(200);
    let send = |world: &mut World, count: usize| {
        let now = world.now;
        (0..count).for_each(|_| world.thread.add("text", now, Duration::ZERO));
    };
    send(&mut world, 9_000);
    let (mut readings, mut most) = (0, 0);
    while readings == 0 || world.reader.is_behind() {
        world.now += Duration::from_millis(100);
        world.read(Duration::ZERO, None, None);
        readings += 1;
        most = most.max(world.reader.held.len());
        world.handle(usize::MAX);
        assert!(world.stored.len() < 2_000, "{}", world.stored);
        // The list moves meanwhile.
        send(&mut world, 10);
    }
    world.finish();
    check(&world).unwrap();
    assert_eq!(most, MAX_HELD);
    assert!(readings < 12, "{readings}");
    assert!(world.reader.settles_at().is_none(), "nothing more turns up");
}

#[test]
fn a_watch_from_now_on_begins_after_the_newest_message_and_knows_older_ones_as_edited() {
    let mut world = World::new(2);
    let now = world.now;
    (0..4).for_each(|_| world.thread.add("text", now, Duration::ZERO));
    world.thread.add("text", now, Duration::from_secs(3));
    world.thread.add("text", now, Duration::ZERO);
    world.reader = Reader::new(None, LATENESS);
    world.read(Duration::ZERO, None, None);
    assert_eq!(world.reader.next_event(), None);
    world.thread.change(0, false, now, Duration::ZERO);
    world.now += Duration::from_secs(3);
    world.read(Duration::ZERO, None, None);
    world.handle(usize::MAX);
    let kinds = world.log.iter().map(|(event, place)| match event {
        ChatEvent::MessageReceived(_) => ("received", *place),
        ChatEvent::MessageEdited(_) => ("edited", *place),
        other => panic!("{other:?}"),
    });
    assert_eq!(kinds.collect::<Vec<_>>(), [("received", 5), ("edited", 7)]);
}

#[test]
fn what_turns_up_later_than_is_allowed_for_is_not_given() {
    let mut world = World::new(4);
    let second = Duration::from_secs(1);
    world.thread.add("text", world.now, 20 * second);
    world.thread.add("text", world.now, Duration::ZERO);
    for _ in 0..3 {
        world.read(Duration::ZERO, None, None);
        world.handle(usize::MAX);
        world.now += 10 * second;
    }
    let given: Vec<_> = world.log.iter().map(|(_, place)| *place).collect();
    assert_eq!(given, [2]);
}
