//! Looks at the threads of a user in turn, and gives what is found.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use futures_core::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt, StreamExt, TryStreamExt};

use super::super::doorbell::Doorbell;
use super::super::event::WatchedEvent;
use super::super::handle::{Rings, WatchHandle};
use super::super::look::{Interests, Look};
use super::super::pace::Pace;
use super::super::source::{Pages, Source};
use super::roster::Roster;
use super::schedule::Schedule;
use super::slots::Slots;
use super::strangers::Strangers;
use crate::error::{Error, ErrorKind, Recovery};
use crate::models::chat_event::ChatEvent;
use crate::models::places::Places;
use crate::models::{Access, ChatThreadId, ChatThreadItem, Place, UserCursor};

/// How many threads are looked at at once, at most.
pub(super) const MAX_LOOKS: usize = 16;

/// How many threads may have found something that is not given yet, before no more are looked at.
const MAX_READY: usize = 16;

/// What a watch of all threads is set up with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Settings {
    pub(super) pace: (Duration, Duration),
    pub(super) interests: Interests,
    /// Whether threads that are there begin with what comes after their first look.
    pub(super) from_now: bool,
}

/// A page of the list of threads.
pub(super) struct RosterPage {
    pub(super) threads: Vec<ChatThreadItem>,
    pub(super) is_last: bool,
}

/// What has come of a request, or several.
pub(super) enum Done {
    /// Whether a small page was enough, and whether more was read.
    Look(usize, Box<Look>, Result<bool, Error>, bool),
    /// A thread that somebody rang, and that is not known.
    Stranger(Box<Look>, Result<bool, Error>),
    Roster(Pages<ChatThreadItem>, Result<Option<RosterPage>, Error>),
}

/// What a wait has ended with.
pub(super) enum Woken {
    Done(Done),
    /// Nothing rings where it was the timer.
    Rung(Rings),
    /// Something that no list shows.
    Told(Box<(ChatThreadId, ChatEvent)>),
}

/// Follows all threads of a user.
pub(super) struct UserFollower {
    pub(super) source: Arc<dyn Source>,
    pub(super) settings: Settings,
    pub(super) handle: WatchHandle,
    pub(super) doorbell: Doorbell,
    /// The user of the cursor, if it has one; and of the token, once that is known.
    user: Option<String>,
    pub(super) slots: Slots,
    pub(super) schedule: Schedule,
    pub(super) roster: Roster,
    pub(super) looks: FuturesUnordered<BoxFuture<'static, Done>>,
    /// Threads for which a small page was not enough. One is read at a time, as it may hold much.
    pub(super) deep: VecDeque<usize>,
    pub(super) is_deep: bool,
    /// Threads that have found something.
    pub(super) ready: VecDeque<usize>,
    /// Threads that are read for the first time by a watch from now on. Nothing is given before.
    pub(super) untried: usize,
    pub(super) strangers: Strangers,
    pub(super) failing: BTreeMap<usize, (u32, ErrorKind)>,
}

impl UserFollower {
    pub(super) fn new(
        source: Arc<dyn Source>,
        settings: Settings,
        user: Option<String>,
        places: Places,
        handle: WatchHandle,
        doorbell: Doorbell,
    ) -> Self {
        let (fastest, slowest) = settings.pace;
        Self {
            roster: Roster::new(fastest, slowest, source.clock().instant()),
            source,
            settings,
            handle,
            doorbell,
            user,
            slots: Slots::new(places),
            schedule: Schedule::default(),
            looks: FuturesUnordered::new(),
            deep: VecDeque::new(),
            is_deep: false,
            ready: VecDeque::new(),
            untried: 0,
            strangers: Strangers::default(),
            failing: BTreeMap::new(),
        }
    }

    /// The next event; an error ends the watch.
    pub(super) async fn follow(&mut self) -> Result<WatchedEvent<UserCursor>, Error> {
        loop {
            self.check_user()?;
            self.start();
            while let Some(Some(done)) = self.looks.next().now_or_never() {
                self.take(done).map_err(|error| self.with_cursor(error))?;
                self.start();
            }
            if let Some(watched) = self.give() {
                return Ok(watched);
            }
            match self.wait().await {
                Woken::Done(done) => self.take(done).map_err(|error| self.with_cursor(error))?,
                Woken::Rung(rings) => self.ring(rings),
                Woken::Told(told) => {
                    if self.is_begun() || !self.settings.from_now {
                        let (thread, event) = *told;
                        return Ok(self.watched(event, thread));
                    }
                }
            }
        }
    }

    fn cursor(&self) -> UserCursor {
        UserCursor {
            endpoint: self.source.endpoint().to_owned(),
            user: self.user.clone(),
            places: self.slots.places().clone(),
        }
    }

    fn with_cursor(&self, error: Error) -> Error {
        match self.settings.from_now && !self.is_begun() {
            true => error,
            false => error.with_recovery(Recovery::WatchUser(Box::new(self.cursor()))),
        }
    }

    /// A cursor is of one user. Who that is may be known with the first token only.
    fn check_user(&mut self) -> Result<(), Error> {
        let Some(user) = self.source.user() else {
            return Ok(());
        };
        match &self.user {
            None => self.user = Some(user),
            Some(own) if *own != user => {
                let text = format!("the cursor is of the user {own}");
                return Err(Error::invalid_argument(text));
            }
            Some(_) => {}
        }
        Ok(())
    }

    /// Whether all threads are known, and a watch from now on knows where each is.
    pub(super) fn is_begun(&self) -> bool {
        self.roster.is_known() && self.untried == 0
    }

    fn pace(&self) -> Pace {
        let (fastest, slowest) = self.settings.pace;
        Pace::new(fastest, slowest)
    }

    /// Begins what is due, as far as there is room.
    fn start(&mut self) {
        let now = self.source.clock().instant();
        if let Some(page_size) = self.roster.begin(now) {
            self.looks.push(next_page(self.source.threads(page_size)));
        }
        if !self.is_deep
            && let Some(index) = self.deep.pop_front()
        {
            self.is_deep = true;
            self.look(index, true);
        }
        let is_begun = self.is_begun() || !self.settings.from_now;
        while self.looks.len() < MAX_LOOKS && (self.ready.len() < MAX_READY || !is_begun) {
            if self.roster.is_known()
                && let Some(thread) = self.strangers.next()
            {
                self.look_at_stranger(&thread);
            } else if let Some(index) = self.schedule.next(now) {
                self.look(index, false);
            } else {
                break;
            }
        }
    }

    fn look(&mut self, index: usize, is_deep: bool) {
        let look = self.slots.get(index).and_then(|slot| slot.look.take());
        let Some(mut look) = look else {
            self.is_deep &= !is_deep;
            return;
        };
        let source = Arc::clone(&self.source);
        self.looks.push(Box::pin(async move {
            let outcome = match is_deep {
                true => look.read(&*source).await.map(|()| true),
                false => look.glance(&*source).await,
            };
            Done::Look(index, look, outcome, is_deep)
        }));
    }

    /// Somebody may have heard of a thread before the list shows it.
    fn look_at_stranger(&mut self, thread: &ChatThreadId) {
        if let Some(index) = self.follow_thread(thread, false, true) {
            return self.schedule.at_once(index);
        }
        if self.slots.find(thread).is_some() {
            return;
        }
        let beginning = super::super::thread_watch::beginning();
        let look = Look::new(thread.clone(), Some(&beginning), self.settings.interests);
        let (source, mut look) = (Arc::clone(&self.source), Box::new(look));
        self.strangers.begin();
        self.looks.push(Box::pin(async move {
            let outcome = look.glance(&*source).await;
            Done::Stranger(look, outcome)
        }));
    }

    /// Follows a thread, or only one that the cursor knows.
    pub(super) fn follow_thread(
        &mut self,
        thread: &ChatThreadId,
        from_now: bool,
        is_known: bool,
    ) -> Option<usize> {
        if is_known && self.slots.find(thread).is_none() {
            return None;
        }
        let (interests, pace) = (self.settings.interests, self.pace());
        self.slots.follow(thread, from_now, interests, pace)
    }

    /// The next event, of the threads that have found something in turn.
    fn give(&mut self) -> Option<WatchedEvent<UserCursor>> {
        if self.settings.from_now && !self.is_begun() {
            return None;
        }
        while let Some(index) = self.ready.pop_front() {
            let Some(slot) = self.slots.get(index) else {
                continue;
            };
            let thread = slot.thread.clone();
            let found = slot
                .look
                .as_mut()
                .and_then(|look| Some((look.next_event()?, look.place()?)));
            if let Some((event, place)) = found {
                slot.pace.quicken();
                // Receipts are not listed as often.
                slot.rung_at = slot.rung_at.filter(|_| self.settings.interests.receipts);
                let is_more = slot.telling.is_some()
                    || slot.look.as_ref().is_some_and(|look| look.has_events());
                self.slots.set_place(index, place);
                match is_more {
                    true => self.ready.push_back(index),
                    false => self.reschedule(index),
                }
                return Some(self.watched(event, thread));
            }
            if let Some(event) = slot.telling.take() {
                if event == ChatEvent::ThreadDeleted {
                    self.end_thread(index);
                } else {
                    let access = Access::Lost;
                    let place = self.slots.place(index);
                    self.slots.set_place(index, Place { access, ..place });
                    self.reschedule(index);
                }
                return Some(self.watched(event, thread));
            }
            self.reschedule(index);
        }
        None
    }

    fn watched(&self, event: ChatEvent, thread: ChatThreadId) -> WatchedEvent<UserCursor> {
        let cursor = self.cursor();
        WatchedEvent {
            event,
            thread,
            cursor,
        }
    }

    pub(super) fn end_thread(&mut self, index: usize) {
        self.slots.end(index);
        self.schedule.drop_thread(index);
        self.failing.remove(&index);
    }
}

pub(super) fn next_page(mut pages: Pages<ChatThreadItem>) -> BoxFuture<'static, Done> {
    Box::pin(async move {
        let page = pages.try_next().await.map(|page| {
            page.map(|page| RosterPage {
                is_last: page.continuation().is_none(),
                threads: page.into_items(),
            })
        });
        Done::Roster(pages, page)
    })
}
