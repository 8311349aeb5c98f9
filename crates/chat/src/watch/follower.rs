//! Looks at a thread when it is time, and gives what is found.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{Either, select};
use tokio::time::Instant;

use super::doorbell::Doorbell;
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
    doorbell: Doorbell,
    /// When somebody rang, and nothing was found since.
    rung_at: Option<Instant>,
    /// When the next look is due by the timer.
    due: Option<Instant>,
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
        doorbell: Doorbell,
    ) -> Self {
        Self {
            source,
            look,
            pace,
            handle,
            doorbell,
            rung_at: None,
            due: None,
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
                // Receipts are not listed as often.
                self.rung_at = self.rung_at.filter(|_| self.look.lists_receipts());
                return Ok(self.watched(event, place));
            }
            if !self.is_new
                && self.failures == 0
                && !self.look.reader().is_behind()
                && let Some(event) = self.wait().await
                && let Some(place) = self.look.place()
            {
                return Ok(self.watched(event, place));
            }
            self.due = None;
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

    /// Until the timer is due, something may have turned up late, or somebody rings; or until
    /// something is told that no list shows.
    async fn wait(&mut self) -> Option<ChatEvent> {
        let clock = self.source.clock();
        let now = clock.instant();
        let due = match self.due {
            Some(due) => due,
            None => {
                let fraction = clock.fraction();
                let wait = self.pace.next_wait(fraction);
                let wait = self.doorbell.wait(wait, self.rung_at, now, fraction);
                now + until_settled(self.look.reader().settles_at(), now, wait)
            }
        };
        self.due = Some(due);
        let timer = clock.sleep(due.saturating_duration_since(now));
        let told = self.doorbell.hear(&self.handle, self.look.lists_receipts());
        let (told, rung) = (pin!(told), pin!(self.handle.rung()));
        match select(told, select(timer, rung)).await {
            Either::Left(((_, event), _)) => Some(event),
            Either::Right((Either::Left(_), _)) => None,
            Either::Right((Either::Right(_), _)) => {
                self.rung_at = Some(clock.instant());
                self.pace.quicken();
                None
            }
        }
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

#[cfg(test)]
mod tests {
    use tokio::time::timeout;

    use super::super::look::Interests;
    use super::super::testing::{FakeService, FakeSource, Kind};
    use super::super::thread_watch::{LATENESS, beginning};
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    /// A watch that looks every hour by its timer.
    fn slow(service: &Arc<FakeService>) -> Follower {
        let interests = Interests {
            lateness: LATENESS,
            receipts: false,
        };
        let look = Look::new("a".into(), Some(&beginning()), interests);
        let pace = Pace::new(3600 * SECOND, 3600 * SECOND);
        let source = Arc::new(FakeSource(Arc::clone(service)));
        let handle = WatchHandle::new(Some("a".into()));
        Follower::new(source, look, pace, handle, Doorbell::default())
    }

    #[tokio::test(start_paused = true)]
    async fn failures_that_may_pass_are_waited_out_longer_each_and_told_of() {
        let service = FakeService::new();
        service.create("a");
        service.state().failures = [ErrorKind::ServiceUnavailable; 3].into();
        let mut follower = slow(&service);
        let handle = follower.handle.clone();
        let event = follower.follow().await.unwrap();
        assert!(event.event().message().is_some());
        // Half of one, two and four seconds, as the clock of the tests draws lots, and four requests.
        let expected = Duration::from_millis(3_500 + 4 * 50);
        assert!(
            service.now().abs_diff(expected) < SECOND / 10,
            "{:?}",
            service.now()
        );
        assert_eq!(handle.state(), WatchState::Following);
        assert_eq!(service.state().requests[&Kind::Messages], 4);
    }

    #[tokio::test(start_paused = true)]
    async fn what_turns_up_late_is_found_without_a_ring_and_then_nothing_is_asked_for() {
        let service = FakeService::new();
        service.create("a");
        service.write("a", |thread, now| thread.add("text", now, 3 * SECOND));
        service.send("a");
        let mut follower = slow(&service);
        for place in [1, 3, 2] {
            let event = follower.follow().await.unwrap();
            let message = event.event().message().unwrap();
            assert_eq!(message.sequence_id().as_u64(), Some(place));
        }
        assert!(service.now() < 6 * SECOND, "{:?}", service.now());
        assert!(timeout(60 * SECOND, follower.follow()).await.is_err());
        let looks = service.state().requests[&Kind::Messages];
        assert!(timeout(1_000 * SECOND, follower.follow()).await.is_err());
        assert_eq!(service.state().requests[&Kind::Messages], looks);
    }
}
