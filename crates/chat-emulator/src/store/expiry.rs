//! Threads that delete themselves when their retention is over, as those who take part come to know of it.
//!
//! A thread is deleted from that moment on, whoever looks. Only events need somebody to notice: they are made when
//! the store is looked at for the first time after that moment.

use crate::store::timestamp::Timestamp;

use super::event::{Events, ThreadEventKind};
use super::ids::ThreadId;
use super::machine::Store;
use super::thread::Thread;

impl Store {
    /// As it is when somebody begins to listen: what has expired before is not told.
    pub(super) fn no_events_yet(&self) -> Events {
        let now = self.now();
        Events {
            kept: Vec::new(),
            expired_until: now,
            next_expiry: self.first_expiry_after(now),
        }
    }

    /// When a thread deletes itself next, or earlier. Nothing while nobody listens.
    pub(crate) fn next_expiry(&self) -> Option<Timestamp> {
        self.events.as_ref()?.next_expiry
    }

    /// Tells of the threads that have deleted themselves since this was called last.
    pub(crate) fn expire_threads(&mut self) {
        let now = self.now();
        let Some(events) = &mut self.events else {
            return;
        };
        let since = std::mem::replace(&mut events.expired_until, now);
        let clock_was_set_back = now < since;
        if !clock_was_set_back && events.next_expiry.is_none_or(|next| next > now) {
            return;
        }
        let threads = self.threads.iter();
        let mut expired: Vec<_> = threads
            .filter_map(|(id, thread)| Some((expiry(thread)?, id.clone())))
            .filter(|(at, _)| since < *at && *at <= now)
            .collect();
        expired.sort_by(|(at, id), (other, with)| (at, id.as_str()).cmp(&(other, with.as_str())));
        for (at, id) in expired {
            self.tell_of_expiry(at, &id);
        }
        let next = self.first_expiry_after(now);
        if let Some(events) = &mut self.events {
            events.next_expiry = next;
        }
    }

    /// Notes that a thread has another retention than before. It may be over already.
    pub(super) fn retention_has_changed(&mut self, id: &ThreadId) {
        let now = self.now();
        let at = self.threads.get(id).and_then(expiry);
        let (Some(at), Some(events)) = (at, &mut self.events) else {
            return;
        };
        if at <= events.expired_until {
            self.tell_of_expiry(now, id);
        } else {
            let next = events.next_expiry.unwrap_or(at);
            events.next_expiry = Some(next.min(at));
        }
    }

    fn tell_of_expiry(&mut self, at: Timestamp, id: &ThreadId) {
        if let Some(thread) = self.threads.get(id) {
            let creator = thread.properties.created_by.clone();
            self.emit_at(at, id, &creator, |_| ThreadEventKind::ThreadExpired);
        }
    }

    fn first_expiry_after(&self, now: Timestamp) -> Option<Timestamp> {
        let expiries = self.threads.values().filter_map(expiry);
        expiries.filter(|at| *at > now).min()
    }
}

/// When a thread deletes itself, unless somebody has deleted it.
fn expiry(thread: &Thread) -> Option<Timestamp> {
    let is_deleted = thread.properties.deleted_on.is_some();
    thread.expires_on().filter(|_| !is_deleted)
}
