//! Events that will not be delivered any more.

use std::collections::VecDeque;

use serde_json::{Value, json};

use super::event::{Source, event_time};
use super::pending::Pending;
use super::subscription::EventGridSchema;

/// More are forgotten, the oldest first.
const MOST: usize = 1_000;

/// Why an event was given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reason {
    /// After an answer that no further attempt would change.
    Undeliverable,
    MaxDeliveryAttemptsExceeded,
    TimeToLiveExceeded,
    /// There was no room for it in the queue, which the service has no end of.
    QueueFull,
}

/// An event that was given up.
#[derive(Clone, Debug)]
pub(super) struct DeadLetter {
    pending: Pending,
    reason: Reason,
}

/// The last of them, and how many there were.
#[derive(Debug, Default)]
pub(super) struct DeadLetters {
    last: VecDeque<DeadLetter>,
    pub(super) count: u64,
}

impl DeadLetters {
    pub(super) fn add(&mut self, pending: Pending, reason: Reason) {
        if self.last.len() >= MOST {
            self.last.pop_front();
        }
        self.last.push_back(DeadLetter { pending, reason });
        self.count += 1;
    }

    /// Forgets them, but not how many there were.
    pub(super) fn clear(&mut self) {
        self.last.clear();
    }

    pub(super) fn documents(&self, schema: EventGridSchema, source: &Source) -> Vec<Value> {
        let letters = self.last.iter();
        letters
            .map(|letter| letter.document(schema, source))
            .collect()
    }
}

impl DeadLetter {
    fn reason(&self) -> String {
        let outcome = self.pending.last_attempt.map(|(_, outcome)| outcome.name());
        match self.reason {
            Reason::Undeliverable => {
                format!("UndeliverableDueToHttp{}", outcome.unwrap_or_default())
            }
            Reason::MaxDeliveryAttemptsExceeded => "MaxDeliveryAttemptsExceeded".to_owned(),
            Reason::TimeToLiveExceeded => "TimeToLiveExceeded".to_owned(),
            Reason::QueueFull => "EmulatorQueueFull".to_owned(),
        }
    }

    /// The event as it would have been delivered, with the fields that the service adds to dead letters, which
    /// it spells otherwise in each schema.
    fn document(&self, schema: EventGridSchema, source: &Source) -> Value {
        let Pending {
            event,
            published,
            attempts,
            last_attempt,
            ..
        } = &self.pending;
        let mut document = event.envelope(schema, source);
        let mut add = |name: &str, value: Value| {
            let name = match schema {
                EventGridSchema::EventGrid => name.to_owned(),
                EventGridSchema::CloudEvents => name.to_lowercase(),
            };
            document[name] = value;
        };
        add("deadLetterReason", self.reason().into());
        add("deliveryAttempts", json!(attempts));
        add("publishTime", event_time(*published).into());
        if let Some((at, outcome)) = last_attempt {
            add("lastDeliveryOutcome", outcome.name().into());
            add("lastDeliveryAttemptTime", event_time(*at).into());
            if let Some(status) = outcome.status() {
                add("lastHttpStatusCode", status.into());
            }
        }
        document
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use uuid::Uuid;

    use super::super::event::tests::event;
    use super::super::retry::Outcome;
    use super::*;
    use crate::store::timestamp::Timestamp;

    fn pending(number: u64) -> Pending {
        Pending::new(event(number), number, Timestamp::EPOCH)
    }

    #[test]
    fn a_dead_letter_is_the_event_with_what_became_of_it_in_the_spelling_of_its_schema() {
        let source = Source::new(Uuid::nil());
        let mut letters = DeadLetters::default();
        let mut refused = pending(1);
        refused.attempts = 1;
        let at = Timestamp::EPOCH.plus(Duration::from_secs(1));
        refused.last_attempt = Some((at, Outcome::Answered(400)));
        letters.add(refused, Reason::Undeliverable);
        let [letter] = &letters.documents(EventGridSchema::EventGrid, &source)[..] else {
            panic!("one letter");
        };
        assert_eq!(letter["data"]["messageId"], "1");
        assert_eq!(
            letter["deadLetterReason"],
            "UndeliverableDueToHttpBadRequest"
        );
        assert_eq!(letter["deliveryAttempts"], 1);
        assert_eq!(letter["lastDeliveryOutcome"], "BadRequest");
        assert_eq!(letter["lastHttpStatusCode"], 400);
        assert_eq!(letter["publishTime"], "1970-01-01T00:00:00.0000000Z");
        assert_eq!(
            letter["lastDeliveryAttemptTime"],
            "1970-01-01T00:00:01.0000000Z"
        );
        let cloud = &letters.documents(EventGridSchema::CloudEvents, &source)[0];
        assert_eq!(
            cloud["deadletterreason"],
            "UndeliverableDueToHttpBadRequest"
        );
        assert!(cloud.get("deadLetterReason").is_none());
    }

    #[test]
    fn the_oldest_are_forgotten_and_all_are_counted() {
        let mut letters = DeadLetters::default();
        for number in 0..=MOST as u64 {
            letters.add(pending(number), Reason::QueueFull);
        }
        let source = Source::new(Uuid::nil());
        let documents = letters.documents(EventGridSchema::EventGrid, &source);
        assert_eq!((documents.len(), letters.count), (MOST, MOST as u64 + 1));
        assert_eq!(documents[0]["data"]["messageId"], "1");
        assert_eq!(documents[0]["deadLetterReason"], "EmulatorQueueFull");
        assert!(documents[0].get("lastDeliveryOutcome").is_none());
        letters.clear();
        assert_eq!(
            letters.documents(EventGridSchema::EventGrid, &source),
            [json!(null); 0]
        );
    }
}
