//! How far a thread was followed: which places were given, and which messages.

use std::collections::{BTreeMap, BTreeSet};

use tokio::time::Instant;

use crate::models::Place;

/// How many of the newest places are known one by one, at most.
pub(super) const MAX_RECENT: usize = 64;

/// How many exceptions are stored, at most. Messages beyond that come as edited though they were not
/// given before.
const MAX_UNSEEN: usize = 1000;

/// How far a thread was followed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Position {
    /// The sequence id up to which all was given.
    floor: u64,
    /// Messages that were created up to this time were given.
    created: u64,
    /// What was given above the floor: places between these may still turn up.
    recent: BTreeMap<u64, Recent>,
    /// Messages that were changed before they could be given, by their time of creation.
    unseen: BTreeSet<u64>,
}

/// What was given at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Recent {
    /// The time of creation of the message.
    created: u64,
    /// When it was seen; nothing if that was before a restart.
    seen: Option<Instant>,
}

impl Position {
    /// Everything up to this place, and the messages created up to this time.
    pub(super) fn at(floor: u64, created: u64) -> Self {
        Self {
            floor,
            created,
            ..Self::default()
        }
    }

    /// The sequence id up to which all was given.
    pub(super) fn floor(&self) -> u64 {
        self.floor
    }

    /// The highest sequence id that was given.
    pub(super) fn highest(&self) -> u64 {
        self.recent
            .keys()
            .next_back()
            .map_or(self.floor, |last| *last)
    }

    /// Whether what is at this place was given, or the message that is there, which was created then,
    /// in a later version: a list that lags shows the earlier one.
    pub(super) fn has(&self, place: u64, created: Option<u64>) -> bool {
        let mut above = self.recent.range(place..);
        place <= self.floor
            || above.any(|(at, recent)| *at == place || Some(recent.created) == created)
    }

    /// Whether a message that was created then was given, in whatever version.
    pub(super) fn has_message(&self, created: u64) -> bool {
        let is_old = created <= self.created;
        let mut recent = self.recent.values();
        (is_old || recent.any(|recent| recent.created == created))
            && !self.unseen.contains(&created)
    }

    /// A message that was created then is to be given, and was changed before.
    pub(super) fn expect(&mut self, created: u64) {
        self.unseen.insert(created);
    }

    /// What was at this place, a message created then, is given.
    pub(super) fn give(&mut self, place: u64, created: Option<u64>, seen: Option<Instant>) {
        let created = created.unwrap_or(0);
        self.unseen.remove(&created);
        self.recent.insert(place, Recent { created, seen });
    }

    /// Those that were seen before a restart count as seen now.
    pub(super) fn see_again(&mut self, now: Instant) {
        for recent in self.recent.values_mut() {
            recent.seen.get_or_insert(now);
        }
    }

    /// The highest place that was seen by then.
    pub(super) fn seen_by(&self, time: Instant) -> Option<u64> {
        let mut recent = self.recent.iter().rev();
        let seen = recent.find(|(_, recent)| recent.seen.is_some_and(|seen| seen <= time));
        seen.map(|(place, _)| *place)
    }

    /// When the last of those above the floor was seen.
    pub(super) fn last_seen(&self) -> Option<Instant> {
        self.recent.values().filter_map(|recent| recent.seen).max()
    }

    /// Everything up to this place was given, and at most so many are known one by one.
    pub(super) fn raise(&mut self, floor: u64) {
        while let Some(lowest) = self.recent.first_entry()
            && *lowest.key() <= floor
        {
            self.created = self.created.max(lowest.get().created);
            lowest.remove();
        }
        self.floor = self.floor.max(floor);
    }

    /// Forgets the lowest of the places that are known one by one, if they are too many and below
    /// this place. What turns up between them later is not given.
    pub(super) fn trim(&mut self, below: u64) {
        while self.recent.len() > MAX_RECENT
            && let Some((lowest, _)) = self.recent.first_key_value()
            && *lowest < below
        {
            self.raise(*lowest);
        }
    }

    /// As it is stored. Exceptions that are later than what was given are none.
    pub(super) fn place(&self) -> Place {
        let unseen = self.unseen.range(..=self.created);
        let recent = self.recent.iter();
        Place {
            place: self.floor,
            created: self.created,
            recent: recent
                .map(|(place, recent)| (*place, recent.created))
                .collect(),
            unseen: unseen.take(MAX_UNSEEN).copied().collect(),
            ..Place::default()
        }
    }
}

impl From<&Place> for Position {
    fn from(place: &Place) -> Self {
        let recent = place.recent.iter().map(|(place, created)| {
            let (created, seen) = (*created, None);
            (*place, Recent { created, seen })
        });
        Self {
            floor: place.place,
            created: place.created,
            recent: recent.collect(),
            unseen: place.unseen.iter().copied().collect(),
        }
    }
}
