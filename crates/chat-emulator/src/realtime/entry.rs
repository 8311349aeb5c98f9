//! What became of the last notifications, for tests to assert on.

use std::collections::VecDeque;

use serde_json::{Value, json};
use time::OffsetDateTime;

use crate::store::timestamp::Timestamp;

/// So many notifications are known.
const CAPACITY: usize = 1_000;

/// A notification that was to be delivered to one registered client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotificationEntry {
    number: u64,
    at: Timestamp,
    name: String,
    recipient: String,
    thread_id: Option<String>,
    outcome: NotificationOutcome,
}

/// What became of a notification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotificationOutcome {
    /// It was sent, and the client has not answered so far.
    Sent,
    /// The client has answered.
    Answered {
        /// The status of its answer: 200 if it has taken the notification, 404 if it could not read it, 504 if
        /// it was not ready.
        status: u16,
    },
    /// It was sent, and the connection ended before the client had answered.
    Unanswered,
    /// It was not sent: the client was not connected, or a fault has taken it. The client is told that
    /// something was lost when it is connected.
    Lost,
}

impl NotificationOutcome {
    fn name(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Answered { .. } => "answered",
            Self::Unanswered => "unanswered",
            Self::Lost => "lost",
        }
    }
}

impl NotificationEntry {
    /// Counts notifications, from 1.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// When it was to be sent, by the service's clock.
    pub fn at(&self) -> OffsetDateTime {
        self.at.into()
    }

    /// Such as `chatMessageReceived`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The raw id of the user whose client it was for.
    pub fn recipient(&self) -> &str {
        &self.recipient
    }

    /// The thread that it is about, where that is known.
    pub fn thread_id(&self) -> Option<&str> {
        self.thread_id.as_deref()
    }

    /// What became of it.
    pub fn outcome(&self) -> NotificationOutcome {
        self.outcome
    }

    /// As the control API shows it.
    pub(crate) fn document(&self) -> Value {
        let mut document = json!({
            "number": self.number,
            "at": self.at,
            "name": self.name,
            "recipient": self.recipient,
            "threadId": self.thread_id,
            "outcome": self.outcome.name(),
        });
        if let NotificationOutcome::Answered { status } = self.outcome {
            document["status"] = status.into();
        }
        document
    }
}

/// The last notifications. What no longer fits is forgotten, the oldest first.
#[derive(Debug, Default)]
pub(super) struct Log {
    last: u64,
    entries: VecDeque<NotificationEntry>,
}

impl Log {
    /// Notes a notification, and gives its number.
    pub(super) fn add(
        &mut self,
        at: Timestamp,
        name: &str,
        recipient: &str,
        thread_id: Option<&str>,
        outcome: NotificationOutcome,
    ) -> u64 {
        self.last += 1;
        if self.entries.len() == CAPACITY {
            self.entries.pop_front();
        }
        self.entries.push_back(NotificationEntry {
            number: self.last,
            at,
            name: name.to_owned(),
            recipient: recipient.to_owned(),
            thread_id: thread_id.map(str::to_owned),
            outcome,
        });
        self.last
    }

    /// Notes what became of a notification. It may have been forgotten.
    pub(super) fn became(&mut self, number: u64, outcome: NotificationOutcome) {
        let first = self.entries.front().map_or(0, |entry| entry.number);
        let index = number.checked_sub(first);
        let index = index.and_then(|index| usize::try_from(index).ok());
        if let Some(entry) = index.and_then(|index| self.entries.get_mut(index)) {
            entry.outcome = outcome;
        }
    }

    pub(super) fn read(&self) -> Vec<NotificationEntry> {
        self.entries.iter().cloned().collect()
    }

    /// Forgets all. Numbers go on.
    pub(super) fn clear(&mut self) {
        self.entries.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_is_bounded_and_notes_what_became_of_what_it_still_knows() {
        let mut log = Log::default();
        let sent = NotificationOutcome::Sent;
        for _ in 0..CAPACITY + 5 {
            log.add(
                Timestamp::EPOCH,
                "chatMessageReceived",
                "8:acs:x",
                None,
                sent,
            );
        }
        let answered = NotificationOutcome::Answered { status: 200 };
        log.became(5, answered);
        log.became(6, answered);
        let entries = log.read();
        assert_eq!(entries.len(), CAPACITY);
        assert_eq!((entries[0].number(), entries[0].outcome()), (6, answered));
        assert_eq!((entries[1].number(), entries[1].outcome()), (7, sent));
        log.clear();
        log.became(7, answered);
        assert_eq!(log.read(), []);
        log.add(Timestamp::EPOCH, "participantsAdded", "8:acs:x", None, sent);
        assert_eq!(log.read()[0].number(), CAPACITY as u64 + 6);
    }
}
