//! Makes events of pages: which pages are needed, what in them is new, and in which order it is
//! given. Sends nothing, waits for nothing.

use std::collections::{BTreeSet, VecDeque};

use super::event::event_of;
use crate::models::ChatMessage;
use crate::models::chat_event::ChatEvent;
use crate::paging::Continuation;

/// How many messages are held, at most. Of a longer backlog, the oldest are held and given first.
pub(super) const MAX_HELD: usize = 2000;

/// Of how many pages of a backlog the link of one is kept.
const PAGES_A_LINK: usize = 5;

/// How many exceptions a position names, at most. Messages beyond that come as edited though they
/// were not given before.
const MAX_UNSEEN: usize = 1000;

/// How far a thread was followed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Position {
    /// The sequence id up to which all was given.
    pub(super) place: u64,
    /// Messages that were created up to this time were given, or were there before.
    pub(super) created: u64,
    /// Messages that were changed before they could be given, by their time of creation.
    pub(super) unseen: BTreeSet<u64>,
}

impl Position {
    /// What is needed to go on from here: exceptions that are later than `created` are none.
    pub(super) fn stored_unseen(&self) -> Vec<u64> {
        let unseen = self.unseen.range(..=self.created);
        unseen.take(MAX_UNSEEN).copied().collect()
    }
}

/// Follows a thread. A reading goes from a page downwards until it meets what was given; what it
/// has found is given oldest first.
#[derive(Debug, Default)]
pub(super) struct Reader {
    /// Nothing until the first page has said where the thread is now.
    position: Option<Position>,
    /// What was found, newest first.
    held: VecDeque<ChatMessage>,
    /// Whether the reading has come to what was given before. Until then, older messages may be
    /// missing.
    is_complete: bool,
    /// Whether newer messages were found than those that are held.
    has_dropped: bool,
    /// Pages of a backlog above the messages that are held, newest first: the place of the page's
    /// first message, and its link.
    links: Vec<(u64, Continuation)>,
    pages_read: usize,
}

impl Reader {
    /// Nothing for a position begins with what comes after the first page.
    pub(super) fn new(position: Option<Position>) -> Self {
        Self {
            position,
            ..Self::default()
        }
    }

    pub(super) fn position(&self) -> Option<&Position> {
        self.position.as_ref()
    }

    /// Begins a reading: what an earlier one had found is forgotten. Gives the page to begin with;
    /// nothing for the newest.
    pub(super) fn begin(&mut self) -> Option<Continuation> {
        self.held = VecDeque::new();
        self.has_dropped = false;
        self.is_complete = false;
        self.pages_read = 0;
        let reached = self.position.as_ref().map_or(0, |position| position.place);
        while let Some((place, link)) = self.links.pop() {
            // It is used once: if the list moves, the link above it leads further down, too.
            if place > reached {
                return Some(link);
            }
        }
        None
    }

    /// Forgets the links, which can't be followed. The next reading begins at the newest page.
    pub(super) fn forget_links(&mut self) {
        self.links.clear();
    }

    /// Takes the next page, and gives whether one more is needed.
    pub(super) fn take_page(
        &mut self,
        page: Vec<ChatMessage>,
        link: Option<&Continuation>,
    ) -> bool {
        let Some(position) = &mut self.position else {
            self.position = Some(newest(&page));
            self.is_complete = true;
            return false;
        };
        let first = page.first().and_then(place);
        if let (Some(first), Some(link)) = (first, link) {
            let lowest = self.links.last().map(|(place, _)| *place);
            let is_lower = lowest.is_none_or(|lowest| first < lowest);
            let is_kept = self.pages_read > 0 && self.pages_read.is_multiple_of(PAGES_A_LINK);
            if is_kept && is_lower && first > position.place {
                self.links.push((first, link.clone()));
            }
        }
        self.pages_read += 1;
        for message in page {
            let Some(place) = place(&message) else {
                continue;
            };
            if place <= position.place {
                self.is_complete = true;
                return false;
            }
            if self
                .held
                .back()
                .and_then(self::place)
                .is_some_and(|last| place >= last)
            {
                continue;
            }
            if let Some(created) = created(&message)
                && is_changed(&message)
                && created > position.created
            {
                position.unseen.insert(created);
            }
            self.held.push_back(message);
            if self.held.len() > MAX_HELD {
                self.held.pop_front();
                self.has_dropped = true;
            }
        }
        true
    }

    /// Takes the end of the list.
    pub(super) fn end_list(&mut self) {
        // A list without a message: the watch begins before the first.
        self.position.get_or_insert_default();
        self.is_complete = true;
    }

    /// Whether there is more than what is held.
    pub(super) fn is_behind(&self) -> bool {
        let reached = self.position.as_ref().map_or(0, |position| position.place);
        let highest = self.links.first();
        self.has_dropped || highest.is_some_and(|(place, _)| *place > reached)
    }

    /// The next event: the oldest that was not given. Nothing before a reading is complete.
    pub(super) fn next_event(&mut self) -> Option<ChatEvent> {
        if !self.is_complete {
            return None;
        }
        let message = self.held.pop_back()?;
        let position = self.position.as_mut()?;
        position.place = place(&message)?;
        let is_first_seen = match created(&message) {
            Some(created) => {
                let was_unseen = position.unseen.remove(&created);
                let is_later = created > position.created;
                position.created = position.created.max(created);
                was_unseen || is_later || !is_changed(&message)
            }
            None => !is_changed(&message),
        };
        Some(event_of(message, is_first_seen))
    }
}

/// Where a thread is now.
fn newest(page: &[ChatMessage]) -> Position {
    let versions = page
        .iter()
        .filter_map(|message| message.version().parse().ok());
    Position {
        place: page.iter().filter_map(place).max().unwrap_or(0),
        created: versions.max().unwrap_or(0),
        unseen: BTreeSet::new(),
    }
}

fn place(message: &ChatMessage) -> Option<u64> {
    message.sequence_id().as_u64()
}

/// The id of a message is its time of creation.
fn created(message: &ChatMessage) -> Option<u64> {
    message.id().as_str().parse().ok()
}

/// The version of a message is its id until it is changed.
fn is_changed(message: &ChatMessage) -> bool {
    message.version() != message.id().as_str()
}

#[cfg(test)]
mod properties;
