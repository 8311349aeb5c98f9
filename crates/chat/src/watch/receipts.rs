//! Makes events of the list of read receipts.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use tokio::time::Instant;

use crate::models::{ChatMessageReadReceipt, fingerprint};

/// The service documents five listings in ten seconds, for a user in a thread.
const APART: Duration = Duration::from_millis(2500);

/// How many participants are known at most, a multiple of those that a thread with receipts has.
const MAX_KNOWN: usize = 250;

/// Follows up to where each participant has read.
#[derive(Debug)]
pub(super) struct Receipts {
    /// Up to which message each participant has read; nothing until the first list has said it.
    known: Option<BTreeMap<u64, u64>>,
    held: VecDeque<ChatMessageReadReceipt>,
    listed: Option<Instant>,
}

impl Receipts {
    /// Nothing for what is known begins with what comes after the first list.
    pub(super) fn new(known: Option<&[(u64, u64)]>) -> Self {
        Self {
            known: known.map(|known| known.iter().copied().collect()),
            held: VecDeque::new(),
            listed: None,
        }
    }

    /// Whether the list may be read now.
    pub(super) fn are_due(&self, now: Instant) -> bool {
        self.held.is_empty()
            && self
                .listed
                .is_none_or(|listed| now.saturating_duration_since(listed) >= APART)
    }

    pub(super) fn begin(&mut self, now: Instant) {
        self.listed = Some(now);
    }

    /// Takes the list.
    pub(super) fn take(&mut self, mut list: Vec<ChatMessageReadReceipt>) {
        list.sort_by_key(|receipt| (receipt.read_on(), message(receipt)));
        match &self.known {
            Some(_) => self.held = list.into(),
            None => {
                self.known = Some(BTreeMap::new());
                for receipt in &list {
                    self.note(receipt);
                }
            }
        }
    }

    /// Whether something was found that may not have been given yet.
    pub(super) fn has_events(&self) -> bool {
        !self.held.is_empty()
    }

    /// The next receipt that was not given, oldest first.
    pub(super) fn next(&mut self) -> Option<ChatMessageReadReceipt> {
        loop {
            let receipt = self.held.pop_front()?;
            if self.note(&receipt) {
                return Some(receipt);
            }
        }
    }

    /// As it is stored.
    pub(super) fn known(&self) -> Option<Vec<(u64, u64)>> {
        let known = self.known.as_ref()?;
        Some(
            known
                .iter()
                .map(|(user, message)| (*user, *message))
                .collect(),
        )
    }

    /// Takes note of a receipt, and gives whether it says something new.
    fn note(&mut self, receipt: &ChatMessageReadReceipt) -> bool {
        let (Some(sender), Some(message)) = (receipt.sender(), message(receipt)) else {
            return false;
        };
        let known = self.known.get_or_insert_default();
        let user = fingerprint(sender.raw_id());
        if known.len() >= MAX_KNOWN && !known.contains_key(&user) {
            return false;
        }
        let before = known.entry(user).or_default();
        let is_new = message > *before;
        *before = message.max(*before);
        is_new
    }
}

/// The id of a message is its time of creation.
fn message(receipt: &ChatMessageReadReceipt) -> Option<u64> {
    receipt.chat_message_id().as_str().parse().ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn receipt(user: &str, message: u64) -> ChatMessageReadReceipt {
        let user = format!("8:acs:{user}");
        serde_json::from_value(json!({
            "senderCommunicationIdentifier": { "rawId": user, "communicationUser": { "id": user } },
            "chatMessageId": message.to_string(),
            "readOn": "2021-09-07T19:57:38Z",
        }))
        .unwrap()
    }

    fn given(receipts: &mut Receipts) -> Vec<u64> {
        std::iter::from_fn(|| receipts.next())
            .filter_map(|receipt| message(&receipt))
            .collect()
    }

    #[test]
    fn each_step_of_a_participant_comes_once_also_after_a_restart() {
        let mut receipts = Receipts::new(Some(&[]));
        receipts.take(vec![receipt("b", 7), receipt("a", 5), receipt("a", 3)]);
        assert_eq!(given(&mut receipts), [3, 5, 7]);
        receipts.take(vec![receipt("b", 7), receipt("a", 9)]);
        assert_eq!(given(&mut receipts), [9]);
        let stored = receipts.known().unwrap();
        let mut receipts = Receipts::new(Some(&stored));
        receipts.take(vec![receipt("b", 8), receipt("a", 9)]);
        assert_eq!(given(&mut receipts), [8]);
    }

    #[test]
    fn from_now_on_what_was_read_before_does_not_come() {
        let mut receipts = Receipts::new(None);
        receipts.take(vec![receipt("a", 5)]);
        assert_eq!(given(&mut receipts), [0; 0]);
        receipts.take(vec![receipt("a", 5), receipt("b", 4)]);
        assert_eq!(given(&mut receipts), [4]);
    }

    #[test]
    fn the_list_is_read_no_more_often_than_the_service_documents() {
        let mut receipts = Receipts::new(None);
        let start = Instant::now();
        assert!(receipts.are_due(start));
        receipts.begin(start);
        assert!(!receipts.are_due(start + Duration::from_secs(2)));
        assert!(receipts.are_due(start + Duration::from_millis(2500)));
    }
}
