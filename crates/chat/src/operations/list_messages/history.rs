//! Which messages of a list are given: those that were asked for, each once.

use std::hash::{BuildHasher, RandomState};

use time::OffsetDateTime;

use crate::error::Error;
use crate::models::{ChatMessage, ChatMessageType, SequenceId};
use crate::paging::Verdict;

/// How many changed messages are remembered, as hashes of their ids.
const REMEMBERED: usize = 1000;

/// The largest page the service gives.
const LARGEST_PAGE: i32 = 200;

/// What is asked for.
#[derive(Clone, Debug, Default)]
pub(super) struct Window {
    pub(super) latest: Option<usize>,
    pub(super) below: Option<SequenceId>,
    pub(super) above: Option<SequenceId>,
    /// From when, and before when.
    pub(super) sent: Option<(OffsetDateTime, OffsetDateTime)>,
    pub(super) types: Option<Vec<ChatMessageType>>,
}

impl Window {
    pub(super) fn check(&self) -> Result<(), Error> {
        let places = [&self.below, &self.above].into_iter().flatten();
        match places.into_iter().find(|place| place.as_u64().is_none()) {
            Some(_) => Err(Error::invalid_argument("the sequence id is not a number")),
            None => Ok(()),
        }
    }

    /// As few requests as may be, and no larger a page than what is asked for.
    pub(super) fn page_size(&self) -> Option<i32> {
        let is_whole = self.below.is_none() && self.sent.is_none() && self.types.is_none();
        match self.latest {
            Some(count) if is_whole => {
                let count = i32::try_from(count).unwrap_or(LARGEST_PAGE);
                Some(count.clamp(1, LARGEST_PAGE))
            }
            None if is_whole && self.above.is_none() => None,
            _ => Some(LARGEST_PAGE),
        }
    }

    fn wants(&self, message: &ChatMessage) -> bool {
        let types = self.types.as_ref();
        let sent = message.created_on();
        types.is_none_or(|types| types.contains(message.message_type()))
            && self
                .sent
                .is_none_or(|(start, end)| start <= sent && sent < end)
    }
}

/// A list of messages as it is gone through, newest first.
pub(super) struct History {
    window: Window,
    given: usize,
    /// The place and the message that were reached. When the list moves down, what is above them
    /// comes again at the top of the next page.
    reached: Option<(u64, String)>,
    /// The first messages that had been changed: a page from a part of the service that lags may
    /// show them again, at the place of an earlier version. What changed last is at the top of the
    /// list, so these are the ones that matter.
    changed: Vec<u64>,
    hasher: RandomState,
}

impl History {
    pub(super) fn new(window: Window) -> Self {
        Self {
            window,
            given: 0,
            reached: None,
            changed: Vec::new(),
            hasher: RandomState::new(),
        }
    }

    pub(super) fn judge(&mut self, message: &ChatMessage) -> Verdict {
        if self.window.latest.is_some_and(|count| self.given >= count) {
            return Verdict::End;
        }
        let place = message.sequence_id().as_u64();
        if self.is_repeated(message, place) {
            return Verdict::Leave;
        }
        // What has no number has no place above or below anything.
        if place.is_some() {
            let Window { above, below, .. } = &self.window;
            if above.as_ref().is_some_and(|above| place <= above.as_u64()) {
                return Verdict::End;
            }
            if below.as_ref().is_some_and(|below| place >= below.as_u64()) {
                return Verdict::Leave;
            }
        }
        if !self.window.wants(message) {
            return Verdict::Leave;
        }
        self.given += 1;
        match self.window.latest {
            Some(count) if self.given >= count => Verdict::GiveLast,
            _ => Verdict::Give,
        }
    }

    /// Whether the message was seen before, or is newer than where the list began; remembers it if
    /// not.
    fn is_repeated(&mut self, message: &ChatMessage, place: Option<u64>) -> bool {
        let id = message.id().as_str();
        let hash = || self.hasher.hash_one(id);
        if !self.changed.is_empty() && self.changed.contains(&hash()) {
            return true;
        }
        if let Some(place) = place {
            match &mut self.reached {
                Some((reached, last)) => {
                    if place > *reached || (place == *reached && id == last) {
                        return true;
                    }
                    *reached = place;
                    id.clone_into(last);
                }
                nothing => *nothing = Some((place, id.to_owned())),
            }
        }
        let is_changed = message.version() != id;
        if is_changed && self.changed.len() < REMEMBERED {
            let hash = hash();
            self.changed.push(hash);
        }
        false
    }
}

#[cfg(test)]
mod tests;
