//! Recognizing what is delivered twice.

use std::collections::hash_map::RandomState;
use std::collections::{HashSet, VecDeque};

use super::notification::Notification;
use super::payload::fingerprint;

/// How many notifications are remembered: of some minutes, in a busy conversation.
const REMEMBERED: usize = 1024;

/// Remembers the last notifications.
#[derive(Debug, Default)]
pub(super) struct Dedupe {
    state: RandomState,
    known: HashSet<u64>,
    order: VecDeque<u64>,
}

impl Dedupe {
    /// Whether it was not there before, as far as is remembered.
    pub(super) fn is_new(&mut self, notification: &Notification) -> bool {
        let fingerprint = fingerprint(notification, &self.state);
        if !self.known.insert(fingerprint) {
            return false;
        }
        self.order.push_back(fingerprint);
        if self.order.len() > REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.known.remove(&oldest);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::payload::read;
    use super::*;

    fn is_new(dedupe: &mut Dedupe, payload: Value) -> bool {
        dedupe.is_new(&read(payload).unwrap())
    }

    #[test]
    fn the_same_event_of_the_same_version_is_given_once() {
        let mut dedupe = Dedupe::default();
        let event = |id: u64, version: u64, transaction: &str| {
            json!({"eventId": id, "groupId": "19:a", "messageId": "1", "version": version.to_string(),
                   "transactionId": transaction})
        };
        assert!(is_new(&mut dedupe, event(200, 1, "x")));
        assert!(!is_new(&mut dedupe, event(200, 1, "y")));
        assert!(is_new(&mut dedupe, event(247, 1, "x")));
        assert!(is_new(&mut dedupe, event(247, 2, "x")));
        assert!(!is_new(&mut dedupe, event(247, 2, "z")));
    }

    #[test]
    fn receipts_of_two_readers_are_two() {
        let mut dedupe = Dedupe::default();
        let receipt = |user: &str| json!({"eventId": 246, "groupId": "19:a", "messageId": "1", "version": "1", "senderId": user});
        assert!(is_new(&mut dedupe, receipt("8:acs:a")));
        assert!(is_new(&mut dedupe, receipt("8:acs:b")));
        assert!(!is_new(&mut dedupe, receipt("8:acs:b")));
    }

    #[test]
    fn no_more_is_remembered_than_the_bound() {
        let mut dedupe = Dedupe::default();
        let event = |id: usize| json!({"eventId": 200, "groupId": "19:a", "messageId": id});
        for id in 0..3 * REMEMBERED {
            assert!(is_new(&mut dedupe, event(id)));
        }
        assert_eq!(
            (dedupe.known.len(), dedupe.order.len()),
            (REMEMBERED, REMEMBERED)
        );
        assert!(!is_new(&mut dedupe, event(3 * REMEMBERED - 1)));
        assert!(is_new(&mut dedupe, event(0)));
    }
}
