//! Looks at a thread when it is time, and gives what is found.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::select;
use tokio::time::Instant;

use super::event::WatchedEvent;
use super::handle::{WatchHandle, WatchState};
use super::look::{Look, may_pass};
use super::pace::{Pace, backoff};
use super::source::Source;
use crate::error::{Error, ErrorKind, Recovery};
use crate::models::chat_event::ChatEvent;
use crate::models::{Access, Cursor, Place};

/// How often in a row there may be no access token.
pub(super) const MAX_WITHOUT_TOKEN: u32 = 10;

/// Follows one thread.
pub(super) struct Follower {
    source: Arc<dyn Source>,
    look: Look,
    pace: Pace,
    handle: WatchHandle,
    /// Whether the first look is due.
    is_new: bool,
    failures: u32,
}

impl Follower {
    pub(super) fn new(
        source: Arc<dyn Source>,
        look: Look,
        pace: Pace,
        handle: WatchHandle,
    ) -> Self {
        Self {
            source,
            look,
            pace,
            handle,
            is_new: true,
            failures: 0,
        }
    }

    /// The next event; an error ends the watch, and so does a thread that is gone.
    pub(super) async fn follow(&mut self) -> Result<WatchedEvent, Error> {
        loop {
            if let Some(event) = self.look.next_event()
                && let Some(place) = self.look.place()
            {
                self.pace.quicken();
                return Ok(self.watched(event, place));
            }
            if !self.is_new && self.failures == 0 && !self.look.reader().is_behind() {
                self.wait().await;
            }
            // The future of a reading is large, and an idle watch should be small.
            match Box::pin(self.read()).await {
                Ok(()) => {
                    (self.is_new, self.failures) = (false, 0);
                    self.handle.set(WatchState::Following);
                }
                Err(error) => match self.look.place().filter(|place| is_gone(&error, place)) {
                    Some(place) => {
                        let access = Access::Gone;
                        let place = Place { access, ..place };
                        return Ok(self.watched(ChatEvent::ThreadDeleted, place));
                    }
                    None => self.fail(error).await?,
                },
            }
        }
    }

    fn watched(&self, event: ChatEvent, place: Place) -> WatchedEvent {
        let thread = self.look.thread().clone();
        let cursor = self.cursor(place);
        WatchedEvent {
            event,
            thread,
            cursor,
        }
    }

    fn cursor(&self, place: Place) -> Cursor {
        Cursor {
            endpoint: self.source.endpoint().to_owned(),
            thread: self.look.thread().clone(),
            place,
        }
    }

    /// Until the timer is due, something may have turned up late, or somebody rings.
    async fn wait(&mut self) {
        let clock = self.source.clock();
        let wait = self.pace.next_wait(clock.fraction());
        let wait = until_settled(self.look.reader().settles_at(), clock.instant(), wait);
        select(clock.sleep(wait), pin!(self.handle.rung())).await;
    }

    /// Reads a small page, and all there is if that is not enough or a backlog is to be expected.
    async fn read(&mut self) -> Result<(), Error> {
        let is_near = !self.is_new || self.look.reader().position().is_none();
        if is_near && self.look.glance(&*self.source).await? {
            return Ok(());
        }
        self.look.read(&*self.source).await
    }

    /// Waits after a failed reading; an error if it can't pass.
    async fn fail(&mut self, error: Error) -> Result<(), Error> {
        self.failures = self.failures.saturating_add(1);
        let is_without_token = error.kind() == ErrorKind::Credential;
        if !may_pass(&error) || is_without_token && self.failures >= MAX_WITHOUT_TOKEN {
            return Err(match self.look.place() {
                Some(place) => error.with_recovery(Recovery::Watch(Box::new(self.cursor(place)))),
                None => error,
            });
        }
        self.handle.set(WatchState::Retrying {
            failures: self.failures,
            kind: error.kind(),
        });
        let clock = self.source.clock();
        let wait = backoff(self.failures, clock.fraction(), error.retry_after());
        clock.sleep(wait).await;
        Ok(())
    }
}

/// The wait, or the time until something that turned up late can be found, if that is shorter.
pub(super) fn until_settled(settles_at: Option<Instant>, now: Instant, wait: Duration) -> Duration {
    let settles_in = settles_at.map(|at| at.saturating_duration_since(now));
    settles_in.map_or(wait, |settles_in| wait.min(settles_in))
}

/// Whether a thread is gone that was there: each begins with messages of the service.
pub(super) fn is_gone(error: &Error, place: &Place) -> bool {
    error.is_not_found() && place.has_messages()
}
