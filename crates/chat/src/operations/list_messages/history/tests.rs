//! Histories, held against threads that change while they are read.

use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::json;
use time::macros::datetime;

use super::*;

/// What happens in a thread between two pages.
#[derive(Clone, Debug)]
enum Change {
    Send,
    Edit(Index),
}

/// A thread as the service keeps it: places and ids, newest first.
#[derive(Clone, Debug, Default)]
struct Thread {
    listed: Vec<(u64, u64, bool)>,
    next: u64,
}

impl Thread {
    fn send(&mut self) {
        self.next += 1;
        self.listed.insert(0, (self.next, self.next, false));
    }

    fn apply(&mut self, change: &Change) {
        match change {
            Change::Send => self.send(),
            Change::Edit(index) if !self.listed.is_empty() => {
                let (_, id, _) = self.listed.remove(index.index(self.listed.len()));
                self.next += 1;
                self.listed.insert(0, (self.next, id, true));
            }
            Change::Edit(_) => {}
        }
    }

    fn message(&self, at: usize) -> Option<ChatMessage> {
        let (place, id, is_edited) = self.listed.get(at)?;
        Some(message(*place, *id, *is_edited))
    }
}

fn message(place: u64, id: u64, is_edited: bool) -> ChatMessage {
    let version = if is_edited { id + 1_000_000 } else { id };
    serde_json::from_value(json!({
        "id": id.to_string(), "type": "text", "sequenceId": place.to_string(),
        "version": version.to_string(), "createdOn": "2021-09-07T19:57:38Z",
        "content": { "message": "hello" },
    }))
    .unwrap()
}

fn changes() -> impl Strategy<Value = Vec<Vec<Change>>> {
    let change = prop_oneof![Just(Change::Send), any::<Index>().prop_map(Change::Edit)];
    prop::collection::vec(prop::collection::vec(change, 0..4), 0..12)
}

proptest! {
    /// Pages are cut from the list as it is at that moment.
    #[test]
    fn a_list_that_moves_gives_each_message_once_in_order_and_misses_only_what_moved_away(
        sent in 0_usize..20,
        page_size in 1_usize..6,
        changes in changes(),
    ) {
        let mut thread = Thread::default();
        (0..sent).for_each(|_| thread.send());
        let before = thread.clone();
        let mut history = History::new(Window::default());
        let (mut given, mut at, mut changes) = (Vec::new(), 0, changes.iter());
        while thread.message(at).is_some() {
            for message in (at..at + page_size).map_while(|at| thread.message(at)) {
                match history.judge(&message) {
                    Verdict::Give => given.push(message),
                    verdict => prop_assert_eq!(verdict, Verdict::Leave),
                }
            }
            at += page_size;
            changes.next().into_iter().flatten().for_each(|change| thread.apply(change));
        }
        let places: Vec<_> = given.iter().map(|message| message.sequence_id().clone()).collect();
        prop_assert!(places.is_sorted_by(|newer, older| newer > older), "{places:?}");
        let mut ids: Vec<_> = given.iter().map(ChatMessage::id).collect();
        ids.sort();
        prop_assert!(ids.is_sorted_by(|one, other| one < other), "one came twice: {ids:?}");
        for (place, id, _) in before.listed {
            let has_moved = thread.listed.iter().any(|row| row.1 == id && row.0 != place);
            let is_given = given.iter().any(|message| message.id().as_str() == id.to_string());
            prop_assert!(is_given || has_moved, "{id} is missing");
        }
    }
}

fn judged(window: Window, messages: &[ChatMessage]) -> Vec<Verdict> {
    let mut history = History::new(window);
    messages
        .iter()
        .map(|message| history.judge(message))
        .collect()
}

#[test]
fn an_earlier_version_of_a_changed_message_is_left_out_wherever_it_comes() {
    let edited = message(9, 3, true);
    let earlier = message(3, 3, false);
    let verdicts = judged(Window::default(), &[edited, message(8, 8, false), earlier]);
    assert_eq!(verdicts, [Verdict::Give, Verdict::Give, Verdict::Leave]);
}

#[test]
fn messages_without_a_numbered_place_are_given() {
    let mut odd = message(1, 1, false);
    odd.sequence_id = "?".into();
    let window = Window {
        above: Some(5.into()),
        below: Some(7.into()),
        ..Window::default()
    };
    let messages = [
        message(7, 7, false),
        odd,
        message(6, 6, false),
        message(5, 5, false),
    ];
    assert_eq!(
        judged(window, &messages),
        [Verdict::Leave, Verdict::Give, Verdict::Give, Verdict::End]
    );
}

#[test]
fn the_latest_are_counted_after_the_other_limits() {
    let window = Window {
        latest: Some(1),
        sent: Some((
            datetime!(2021-09-07 19:57:38 UTC),
            datetime!(2021-09-07 19:57:39 UTC),
        )),
        ..Window::default()
    };
    let mut later = message(9, 9, false);
    later.created_on = datetime!(2021-09-07 19:57:39 UTC);
    assert_eq!(
        judged(window, &[later, message(8, 8, false)]),
        [Verdict::Leave, Verdict::GiveLast]
    );
}

#[test]
fn none_of_the_latest_is_no_message() {
    let window = Window {
        latest: Some(0),
        ..Window::default()
    };
    assert_eq!(judged(window, &[message(1, 1, false)]), [Verdict::End]);
}
