//! The threads of a user, and how far each was followed.

use std::collections::HashMap;

use time::OffsetDateTime;
use tokio::time::Instant;

use super::super::look::{Interests, Look};
use super::super::pace::Pace;
use super::super::thread_watch::beginning;
use crate::models::chat_event::ChatEvent;
use crate::models::places::Places;
use crate::models::{Access, ChatThreadId, Place, fingerprint};

/// A thread that is followed.
pub(super) struct Slot {
    pub(super) thread: ChatThreadId,
    /// Nothing while the thread is looked at, and when it is gone.
    pub(super) look: Option<Box<Look>>,
    pub(super) pace: Pace,
    pub(super) failures: u32,
    /// Somebody rang while the thread was looked at.
    pub(super) is_rung: bool,
    /// When somebody rang for it, and nothing was found since.
    pub(super) rung_at: Option<Instant>,
    /// What is to be told beside what the look has found.
    pub(super) telling: Option<ChatEvent>,
    /// What the list of threads has shown last.
    received_on: Option<OffsetDateTime>,
    is_deleted: bool,
}

/// All threads. Each has an index, also those that are known from a cursor alone.
pub(super) struct Slots {
    places: Places,
    slots: Vec<Option<Slot>>,
    indices: HashMap<u64, usize>,
}

impl Slots {
    pub(super) fn new(places: Places) -> Self {
        let indices = places.iter().enumerate();
        Self {
            slots: places.iter().map(|_| None).collect(),
            indices: indices.map(|(index, (key, _))| (*key, index)).collect(),
            places,
        }
    }

    pub(super) fn places(&self) -> &Places {
        &self.places
    }

    pub(super) fn get(&mut self, index: usize) -> Option<&mut Slot> {
        self.slots.get_mut(index)?.as_mut()
    }

    pub(super) fn find(&self, thread: &ChatThreadId) -> Option<usize> {
        self.indices.get(&fingerprint(thread.as_str())).copied()
    }

    /// The indices of those that are followed.
    pub(super) fn followed(&self) -> impl Iterator<Item = usize> {
        let slots = self.slots.iter().enumerate();
        slots.filter_map(|(index, slot)| slot.as_ref().map(|_| index))
    }

    pub(super) fn place(&self, index: usize) -> Place {
        self.places.get(index).cloned().unwrap_or_default()
    }

    pub(super) fn set_place(&mut self, index: usize, place: Place) {
        self.places.set(index, place);
    }

    /// Follows a thread from where it was followed to, or else from its beginning, or from now on.
    /// Nothing if it is followed already, or gone.
    pub(super) fn follow(
        &mut self,
        thread: &ChatThreadId,
        from_now: bool,
        interests: Interests,
        pace: Pace,
    ) -> Option<usize> {
        let index = match self.find(thread) {
            Some(index) => index,
            None => {
                let access = Access::Pending;
                let place = match from_now {
                    true => Place {
                        access,
                        ..Place::default()
                    },
                    false => beginning(),
                };
                self.add(thread, place)
            }
        };
        let place = self.place(index);
        let slot = self.slots.get_mut(index)?;
        if slot.is_some() || place.access == Access::Gone {
            return None;
        }
        let look = Look::new(
            thread.clone(),
            Some(&place).filter(|place| place.is_known()),
            interests,
        );
        *slot = Some(Slot {
            thread: thread.clone(),
            look: Some(Box::new(look)),
            pace,
            failures: 0,
            is_rung: false,
            rung_at: None,
            telling: None,
            received_on: None,
            is_deleted: false,
        });
        Some(index)
    }

    fn add(&mut self, thread: &ChatThreadId, place: Place) -> usize {
        let key = fingerprint(thread.as_str());
        let index = self.places.add(key, place);
        self.slots.push(None);
        self.indices.insert(key, index);
        index
    }

    /// Does not follow the thread any more.
    pub(super) fn end(&mut self, index: usize) {
        if let Some(slot) = self.slots.get_mut(index) {
            *slot = None;
        }
        let access = Access::Gone;
        self.set_place(
            index,
            Place {
                access,
                ..Place::default()
            },
        );
    }
}

impl Slot {
    /// Takes what the list of threads shows, and gives whether it is something else than before.
    pub(super) fn note(&mut self, received_on: Option<OffsetDateTime>, is_deleted: bool) -> bool {
        let is_new = self.received_on != received_on || self.is_deleted != is_deleted;
        (self.received_on, self.is_deleted) = (received_on, is_deleted);
        is_new
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// What a thread at rest holds: its slot, what was read, and its place in the cursor. Ids and what
    /// allocations cost come on top.
    #[test]
    fn a_thread_at_rest_holds_less_than_1_5_kb() {
        let interests = Interests {
            lateness: Duration::from_secs(5),
            receipts: false,
        };
        let pace = Pace::new(Duration::from_secs(1), Duration::from_secs(60));
        let mut slots = Slots::new(Places::default());
        let thread = ChatThreadId::from("19:a@thread.v2");
        let index = slots.follow(&thread, false, interests, pace).unwrap();
        let place = slots.place(index);
        let slot = slots.get(index).unwrap();
        let look = slot.look.as_deref().unwrap();
        let scheduled = 64;
        let held = size_of_val(slot) + size_of_val(look) + size_of_val(&place) + scheduled;
        assert!(held < 1536, "{held}");
    }
}
