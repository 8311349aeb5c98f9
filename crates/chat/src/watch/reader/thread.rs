//! A thread of the tests: what was done to it, and what its list shows.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::json;

use crate::models::ChatMessage;

pub(crate) const TOLD: [&str; 3] = ["participantAdded", "participantRemoved", "topicUpdated"];

/// A message after a change.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Row {
    pub(crate) place: u64,
    pub(crate) id: u64,
    pub(crate) version: u64,
    pub(crate) message_type: &'static str,
    pub(crate) is_deleted: bool,
    /// When lists show it, and whether that is later than when it was made.
    visible: Duration,
    pub(crate) is_late: bool,
}

impl Row {
    pub(crate) fn visible(&self) -> Duration {
        self.visible
    }

    pub(crate) fn message(&self) -> ChatMessage {
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

/// A thread: all changes, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Thread {
    pub(crate) changes: Vec<Row>,
}

impl Thread {
    /// A message is sent, or the service tells something. Lists show it after so long.
    pub(crate) fn add(&mut self, message_type: &'static str, now: Duration, late: Duration) {
        let (place, version) = self.tick();
        self.changes.push(Row {
            place,
            id: version,
            version,
            message_type,
            is_deleted: false,
            visible: now + late,
            is_late: !late.is_zero(),
        });
    }

    /// One of the texts, counted from the first, is edited or deleted, if it is still there.
    pub(crate) fn change(&mut self, index: usize, deletes: bool, now: Duration, late: Duration) {
        let texts: Vec<_> = self
            .list(Duration::MAX)
            .filter(|row| row.message_type == "text")
            .collect();
        let Some(row) = texts
            .get(index % texts.len().max(1))
            .filter(|row| !row.is_deleted)
        else {
            return;
        };
        let row = Row::clone(row);
        let (place, version) = self.tick();
        self.changes.push(Row {
            place,
            version,
            is_deleted: deletes,
            visible: now + late,
            is_late: !late.is_zero(),
            ..row
        });
    }

    fn tick(&self) -> (u64, u64) {
        let place = self.changes.len() as u64 + 1;
        (place, 1_000 + 3 * place)
    }

    /// What the list shows at a time, newest first: of each message the newest version that is
    /// visible.
    pub(crate) fn list(&self, at: Duration) -> impl Iterator<Item = &Row> {
        let mut newest = BTreeMap::new();
        for row in self.changes.iter().filter(|row| row.visible <= at) {
            newest.insert(row.id, row);
        }
        let list: BTreeMap<_, _> = newest.into_values().map(|row| (row.place, row)).collect();
        list.into_values().rev()
    }
}
