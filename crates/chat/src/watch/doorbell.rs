//! What rings a watch from within: the service's notifications, under the feature `realtime`.

#[cfg(feature = "realtime")]
mod notified;

use std::time::Duration;

use tokio::time::Instant;

use super::handle::WatchHandle;
use crate::models::ChatThreadId;
use crate::models::chat_event::ChatEvent;
#[cfg(feature = "realtime")]
use crate::notifications::Subscription;

/// How long between two looks where everything is heard of.
const SAFETY_NET: Duration = Duration::from_secs(3 * 60);

/// How long after a ring the list may not show yet what was heard of. Until then it is read as often
/// as without a doorbell.
const SHOWS_WITHIN: Duration = Duration::from_secs(10);

/// Rings a watch when something is heard of. One that is connected to nothing hears nothing.
#[derive(Debug, Default)]
pub(super) struct Doorbell {
    #[cfg(feature = "realtime")]
    subscription: Option<Subscription>,
}

impl Doorbell {
    /// Rings when these notifications tell of something.
    #[cfg(feature = "realtime")]
    pub(super) fn of(subscription: Subscription) -> Self {
        Self {
            subscription: Some(subscription),
        }
    }

    /// Whether everything that happens is heard of at this moment.
    pub(super) fn is_connected(&self) -> bool {
        #[cfg(feature = "realtime")]
        return self
            .subscription
            .as_ref()
            .is_some_and(Subscription::is_connected);
        #[cfg(not(feature = "realtime"))]
        false
    }

    /// The wait before the next look, if it is `wait` without a doorbell, and the list has not shown
    /// since `rung_at` what was heard of then. `fraction` is a random number from 0 to 1.
    pub(super) fn wait(
        &self,
        wait: Duration,
        rung_at: Option<Instant>,
        now: Instant,
        fraction: f64,
    ) -> Duration {
        let is_awaited = rung_at.is_some_and(|at| now < at + SHOWS_WITHIN);
        match self.is_connected() && !is_awaited {
            true => wait.max(SAFETY_NET.mul_f64(1.0 - 0.2 * fraction)),
            false => wait,
        }
    }

    /// Rings whenever something is heard of, and gives what no list shows, with its thread. Where
    /// receipts are listed, they ring.
    pub(super) async fn hear(
        &mut self,
        handle: &WatchHandle,
        lists_receipts: bool,
    ) -> (ChatThreadId, ChatEvent) {
        #[cfg(feature = "realtime")]
        while let Some(subscription) = &mut self.subscription {
            match std::future::poll_fn(|cx| subscription.poll_next(cx)).await {
                Some(event) => {
                    if let Some(told) = notified::hear(event, handle, lists_receipts) {
                        return told;
                    }
                }
                None => {
                    // The timer is all there is from now on.
                    self.subscription = None;
                    handle.ring();
                }
            }
        }
        #[cfg(not(feature = "realtime"))]
        let _ = (handle, lists_receipts);
        std::future::pending().await
    }
}

#[cfg(all(test, feature = "realtime"))]
mod tests {
    use futures_util::FutureExt;

    use super::*;
    use crate::notifications::{DisconnectReason, NotificationEvent, Teller};

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn the_timer_is_a_safety_net_while_everything_is_heard_of() {
        let teller = Teller::default();
        let mut doorbell = Doorbell::of(teller.subscribe());
        let (handle, now) = (WatchHandle::new(None), Instant::now());
        let wait = |doorbell: &Doorbell, rung_at| doorbell.wait(SECOND, rung_at, now, 1.0);
        assert_eq!(wait(&doorbell, None), SECOND);

        teller.tell(NotificationEvent::Connected);
        assert!(doorbell.hear(&handle, false).now_or_never().is_none());
        assert!(handle.rung().now_or_never().is_some_and(|rings| rings.all));
        assert_eq!(wait(&doorbell, None), Duration::from_secs(144));
        // The list may lag behind what was heard of.
        assert_eq!(wait(&doorbell, Some(now - 9 * SECOND)), SECOND);
        assert_eq!(
            wait(&doorbell, Some(now - 11 * SECOND)),
            Duration::from_secs(144)
        );
        // Who looks seldom goes on to.
        let hour = 3600 * SECOND;
        assert_eq!(doorbell.wait(hour, None, now, 1.0), hour);

        let lost = DisconnectReason::ConnectionLost;
        teller.tell(NotificationEvent::Disconnected(lost));
        assert_eq!(wait(&doorbell, None), SECOND);
    }

    #[test]
    fn the_end_of_notifications_rings_once_and_then_nothing_is_heard() {
        let teller = Teller::default();
        let mut doorbell = Doorbell::of(teller.subscribe());
        let handle = WatchHandle::new(None);
        drop(teller);
        for is_rung in [true, false] {
            assert!(doorbell.hear(&handle, false).now_or_never().is_none());
            assert_eq!(handle.rung().now_or_never().is_some(), is_rung);
        }
        assert_eq!(doorbell.wait(SECOND, None, Instant::now(), 0.0), SECOND);
    }
}
