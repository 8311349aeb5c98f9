//! Makes events of pages: which pages are needed, what in them is new, and in which order it is
//! given. Sends nothing, waits for nothing.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

use super::event::event_of;
use super::position::{MAX_RECENT, Position};
use crate::models::ChatMessage;
use crate::models::chat_event::ChatEvent;
use crate::paging::Continuation;

/// How many messages are held, at most. Of a longer backlog, the oldest are held and given first.
pub(super) const MAX_HELD: usize = 2000;

/// Of how many pages of a backlog the link of one is kept.
const PAGES_A_LINK: usize = 5;

/// Follows a thread. A reading goes from a page downwards until it meets what was given; what it
/// has found is given oldest first.
#[derive(Debug)]
pub(super) struct Reader {
    /// Nothing until the first page has said where the thread is now.
    position: Option<Position>,
    /// How long after a change those before it may still turn up.
    lateness: Duration,
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
    /// The highest place of the reading.
    highest: u64,
    /// When the reading began.
    started: Option<Instant>,
    /// When the last reading that was complete ended.
    completed: Option<Instant>,
    /// Nothing turns up late up to this place: it is given or held.
    confirmed: u64,
}

impl Reader {
    /// Nothing for a position begins with what comes after the first page.
    pub(super) fn new(position: Option<Position>, lateness: Duration) -> Self {
        Self {
            position,
            lateness,
            held: VecDeque::new(),
            is_complete: false,
            has_dropped: false,
            links: Vec::new(),
            pages_read: 0,
            highest: 0,
            started: None,
            completed: None,
            confirmed: 0,
        }
    }

    pub(super) fn position(&self) -> Option<&Position> {
        self.position.as_ref()
    }

    /// Begins a reading: what an earlier one had found is forgotten. Gives the page to begin with;
    /// nothing for the newest.
    pub(super) fn begin(&mut self, now: Instant) -> Option<Continuation> {
        self.held = VecDeque::new();
        self.has_dropped = false;
        self.is_complete = false;
        self.pages_read = 0;
        self.highest = 0;
        self.started = Some(now);
        let position = self.position.as_mut()?;
        position.see_again(now);
        let reached = position.highest();
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
            return false;
        };
        let first = page.first().and_then(place);
        if let (Some(first), Some(link)) = (first, link) {
            let lowest = self.links.last().map(|(place, _)| *place);
            let is_lower = lowest.is_none_or(|lowest| first < lowest);
            let is_kept = self.pages_read > 0 && self.pages_read.is_multiple_of(PAGES_A_LINK);
            if is_kept && is_lower && first > position.highest() {
                self.links.push((first, link.clone()));
            }
        }
        self.pages_read += 1;
        for message in page {
            let Some(place) = place(&message) else {
                continue;
            };
            self.highest = self.highest.max(place);
            if place <= position.floor() {
                return false;
            }
            let last = self.held.back().and_then(self::place);
            let created = created(&message);
            if position.has(place, created) || last.is_some_and(|last| place >= last) {
                continue;
            }
            if let Some(created) = created
                && is_changed(&message)
                && !position.has_message(created)
            {
                position.expect(created);
            }
            self.held.push_back(message);
            if self.held.len() > MAX_HELD {
                self.held.pop_front();
                self.has_dropped = true;
            }
        }
        true
    }

    /// Ends a reading that has met what was given before, or the end of the list.
    pub(super) fn end(&mut self, now: Instant) {
        // A list without a message: the watch begins before the first.
        let position = self.position.get_or_insert_default();
        position.see_again(now);
        if let Some(started) = self.started
            && let Some(since) = started.checked_sub(self.lateness)
            && !self.has_dropped
        {
            // A list that lags behind what was given says nothing about it.
            let confirmed = position.seen_by(since).unwrap_or(0).min(self.highest);
            self.confirmed = self.confirmed.max(confirmed);
        }
        self.completed = Some(now);
        self.is_complete = true;
        self.settle();
    }

    /// Whether there is more than what is held.
    pub(super) fn is_behind(&self) -> bool {
        let reached = self.position.as_ref().map_or(0, Position::highest);
        let highest = self.links.first();
        self.has_dropped || highest.is_some_and(|(place, _)| *place > reached)
    }

    /// When a reading is due in any case: it finds what has turned up late. Nothing if nothing can,
    /// or that reading was made.
    pub(super) fn settles_at(&self) -> Option<Instant> {
        let last = self.position.as_ref()?.last_seen()?;
        let at = last.checked_add(self.lateness)?;
        let is_due = !self.lateness.is_zero() && self.started.is_none_or(|started| started < at);
        is_due.then_some(at)
    }

    /// Whether something was found that is not given yet.
    pub(super) fn has_events(&self) -> bool {
        self.is_complete && !self.held.is_empty()
    }

    /// The next event: the oldest that was not given. Nothing before a reading is complete.
    pub(super) fn next_event(&mut self) -> Option<ChatEvent> {
        if !self.is_complete {
            return None;
        }
        let message = self.held.pop_back()?;
        let position = self.position.as_mut()?;
        let created = created(&message);
        let was_given = created.is_some_and(|created| position.has_message(created));
        position.give(place(&message)?, created, self.completed);
        self.settle();
        let is_first_seen = !is_changed(&message) || created.is_some() && !was_given;
        Some(event_of(message, is_first_seen))
    }

    /// Moves the floor to where nothing can turn up any more, and not past what is held.
    fn settle(&mut self) {
        if let Some(position) = &mut self.position {
            let held = self.held.back().and_then(place).unwrap_or(u64::MAX);
            position.raise(self.confirmed.min(held - 1).min(position.highest()));
            position.trim(held);
        }
    }
}

/// Where a thread is now. What turns up late among the messages of the page is yet to come.
fn newest(page: &[ChatMessage]) -> Position {
    let mut known: Vec<_> = page
        .iter()
        .filter_map(|message| Some((place(message)?, message)))
        .collect();
    known.sort_by_key(|(place, _)| std::cmp::Reverse(*place));
    known.truncate(MAX_RECENT);
    let Some((lowest, message)) = known.pop() else {
        return Position::default();
    };
    // Whatever was created later than this change has a higher place.
    let changed = message.version().parse().unwrap_or(0);
    let mut position = Position::at(lowest, changed);
    for (place, message) in known {
        position.give(place, created(message), None);
    }
    position
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
#[cfg(test)]
pub(super) mod thread;
