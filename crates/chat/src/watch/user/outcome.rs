//! What comes of a request: what is known of a thread then, and when it is looked at again.

use std::sync::Arc;
use std::time::Duration;

use super::super::follower::{MAX_WITHOUT_TOKEN, is_gone};
use super::super::handle::WatchState;
use super::super::look::{Look, may_pass};
use super::super::pace::backoff;
use super::super::source::Pages;
use super::follower::{Done, RosterPage, UserFollower, next_page};
use crate::error::{Error, ErrorKind};
use crate::models::chat_event::ChatEvent;
use crate::models::{Access, ChatThreadItem, Place};

/// How long between two looks at a thread that the service refuses, in case the user is added again
/// and nothing rings.
const REFUSED: Duration = Duration::from_secs(300);

impl UserFollower {
    pub(super) fn take(&mut self, done: Done) -> Result<(), Error> {
        match done {
            Done::Look(index, look, outcome, is_deep) => {
                self.is_deep &= !is_deep;
                self.take_look(index, look, outcome)?;
            }
            Done::Stranger(look, outcome) => {
                self.strangers.end();
                if outcome.is_ok()
                    && let Some(index) = self.follow_thread(look.thread(), false, false)
                {
                    // It is read again, as a thread that is known.
                    self.schedule.at_once(index);
                }
            }
            Done::Roster(pages, outcome) => self.take_threads(pages, outcome)?,
        }
        self.tell_state();
        Ok(())
    }

    fn take_look(
        &mut self,
        index: usize,
        look: Box<Look>,
        outcome: Result<bool, Error>,
    ) -> Result<(), Error> {
        let before = self.slots.place(index);
        let is_first = !before.is_known();
        let place = look.place();
        let has_events = look.has_events();
        let Some(slot) = self.slots.get(index) else {
            return Ok(());
        };
        let was_tried = slot.failures > 0;
        if is_first && !was_tried && !matches!(outcome, Ok(false)) {
            self.untried = self.untried.saturating_sub(1);
        }
        slot.look = Some(look);
        match outcome {
            Ok(false) => {
                self.deep.push_back(index);
                return Ok(());
            }
            Ok(true) => {
                slot.failures = 0;
                self.failing.remove(&index);
                if let Some(place) = place {
                    self.slots.set_place(index, place);
                }
            }
            Err(error) => {
                let access = before.access;
                self.fail(index, error, &place.unwrap_or(before), access)?;
            }
        }
        let is_telling = self
            .slots
            .get(index)
            .is_some_and(|slot| slot.telling.is_some());
        match has_events || is_telling {
            true => self.ready.push_back(index),
            false => self.reschedule(index),
        }
        Ok(())
    }

    /// Takes note of a failure; an error if it ends the watch.
    fn fail(
        &mut self,
        index: usize,
        error: Error,
        place: &Place,
        access: Access,
    ) -> Result<(), Error> {
        let Some(slot) = self.slots.get(index) else {
            return Ok(());
        };
        slot.failures = slot.failures.saturating_add(1);
        let is_without_token = error.kind() == ErrorKind::Credential;
        let is_refused = error.kind() == ErrorKind::Forbidden;
        if error.kind() == ErrorKind::Unauthorized
            || is_without_token && slot.failures >= MAX_WITHOUT_TOKEN
        {
            return Err(error);
        }
        if is_gone(&error, place) {
            slot.telling = Some(ChatEvent::ThreadDeleted);
        } else if is_refused && place.has_messages() && access != Access::Lost {
            slot.telling = Some(ChatEvent::AccessLost);
        } else {
            let (failures, now) = (slot.failures, self.source.clock().instant());
            match is_refused {
                true => drop(self.failing.remove(&index)),
                false => drop(self.failing.insert(index, (failures, error.kind()))),
            }
            let wait = match may_pass(&error) {
                true => backoff(
                    failures,
                    self.source.clock().fraction(),
                    error.retry_after(),
                ),
                false => REFUSED,
            };
            self.schedule.after(index, wait, None, now);
        }
        Ok(())
    }

    /// When the thread is looked at next.
    pub(super) fn reschedule(&mut self, index: usize) {
        let now = self.source.clock().instant();
        let fraction = self.source.clock().fraction();
        let is_lost = self.slots.place(index).access == Access::Lost;
        let Some(slot) = self.slots.get(index) else {
            return;
        };
        let settles_at = slot
            .look
            .as_ref()
            .and_then(|look| look.reader().settles_at());
        let is_behind = slot
            .look
            .as_ref()
            .is_some_and(|look| look.reader().is_behind());
        if is_lost {
            self.schedule.after(index, REFUSED, None, now);
        } else if slot.failures > 0 {
            // The failure has said when.
        } else if is_behind {
            self.deep.push_back(index);
        } else if std::mem::take(&mut slot.is_rung) {
            self.schedule.at_once(index);
        } else {
            let wait = slot.pace.next_wait(fraction);
            let wait = self.doorbell.wait(wait, slot.rung_at, now, fraction);
            self.schedule.after(index, wait, settles_at, now);
        }
    }

    fn take_threads(
        &mut self,
        pages: Pages<ChatThreadItem>,
        outcome: Result<Option<RosterPage>, Error>,
    ) -> Result<(), Error> {
        let source = Arc::clone(&self.source);
        match outcome {
            Ok(None) => self.roster.end(true, source.clock(), &self.doorbell),
            Ok(Some(page)) => {
                let (mut has_news, mut is_last_new) = (false, false);
                for item in &page.threads {
                    is_last_new = self.take_thread(item);
                    has_news |= is_last_new;
                }
                match self.roster.take(has_news, is_last_new) {
                    true => self.looks.push(next_page(pages)),
                    false => self
                        .roster
                        .end(page.is_last, source.clock(), &self.doorbell),
                }
            }
            Err(error) => {
                self.roster.fail(&error, source.clock());
                let is_without_token = error.kind() == ErrorKind::Credential;
                if !may_pass(&error)
                    || is_without_token && self.roster.failures >= MAX_WITHOUT_TOKEN
                {
                    return Err(error);
                }
                let kind = error.kind();
                self.failing
                    .insert(usize::MAX, (self.roster.failures, kind));
                return Ok(());
            }
        }
        self.failing.remove(&usize::MAX);
        Ok(())
    }

    /// Takes a thread of the list, and gives whether it shows something new.
    fn take_thread(&mut self, item: &ChatThreadItem) -> bool {
        let is_deleted = item.deleted_on().is_some();
        let known = self.slots.find(item.id());
        if is_deleted && known.is_none() {
            return false;
        }
        let from_now = self.settings.from_now && !self.roster.is_known();
        let followed = self.follow_thread(item.id(), from_now, false);
        if let Some(index) = followed {
            self.untried += usize::from(!self.slots.place(index).is_known());
            self.schedule.at_once(index);
        }
        let Some(index) = followed.or(known) else {
            return false;
        };
        let received_on = item.last_message_received_on();
        let slot = self.slots.get(index);
        let is_new = slot.is_some_and(|slot| slot.note(received_on, is_deleted));
        if is_new && followed.is_none() {
            self.ring_slot(index);
        }
        is_new
    }

    fn tell_state(&self) {
        let state = match self.failing.values().next_back() {
            Some((failures, kind)) => WatchState::Retrying {
                failures: *failures,
                kind: *kind,
            },
            None if self.is_begun() => WatchState::Following,
            None => return,
        };
        self.handle.set(state);
    }
}
