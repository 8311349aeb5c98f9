//! Notifications on their way to a program that may be slow: a queue that never grows beyond its
//! bound, and says so when something did not fit.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use super::event::{GapReason, NotificationEvent};
use super::notification::Notification;

/// A queue of one reader.
#[derive(Debug)]
pub(super) struct Queue {
    capacity: usize,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    events: VecDeque<NotificationEvent>,
    /// Whether something was dropped after these events.
    is_full: bool,
    /// How the connection fares after that: the newest of what did not fit.
    connection: Option<NotificationEvent>,
    is_connected: bool,
    has_ended: bool,
    reader: Option<Waker>,
}

impl Queue {
    pub(super) fn new(capacity: usize, is_connected: bool) -> Self {
        Self {
            capacity: capacity.max(1),
            state: Mutex::new(State {
                is_connected,
                ..State::default()
            }),
        }
    }

    /// Adds an event. Where there is no room, a notification is dropped, and a gap is given in its
    /// place.
    pub(super) fn push(&self, event: NotificationEvent) {
        let mut state = self.lock();
        match &event {
            NotificationEvent::Connected => state.is_connected = true,
            NotificationEvent::Disconnected(_) => state.is_connected = false,
            NotificationEvent::Received(_) | NotificationEvent::Gap(_) => {}
        }
        if !state.is_full && state.events.len() < self.capacity {
            state.events.push_back(event);
        } else {
            state.is_full = true;
            if matches!(
                event,
                NotificationEvent::Connected | NotificationEvent::Disconnected(_)
            ) {
                state.connection = Some(event);
            }
        }
        wake(state);
    }

    /// Nothing comes any more.
    pub(super) fn end(&self) {
        let mut state = self.lock();
        state.has_ended = true;
        state.is_connected = false;
        wake(state);
    }

    /// The next event; nothing when the queue has ended.
    pub(super) fn poll_next(&self, cx: &mut Context<'_>) -> Poll<Option<NotificationEvent>> {
        let mut state = self.lock();
        if let Some(event) = state.events.pop_front() {
            return Poll::Ready(Some(event));
        }
        if std::mem::take(&mut state.is_full) {
            let gap = NotificationEvent::Gap(GapReason::QueueFull);
            // Room for what it stands for, and for how the connection fares.
            if let Some(connection) = state.connection.take() {
                state.events.push_back(connection);
            }
            return Poll::Ready(Some(gap));
        }
        if state.has_ended {
            return Poll::Ready(None);
        }
        state.reader = Some(cx.waker().clone());
        Poll::Pending
    }

    /// Whether the connection is there, whatever was read of the queue.
    pub(super) fn is_connected(&self) -> bool {
        self.lock().is_connected
    }

    /// Nothing that could panic runs while the lock is held.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Wakes the reader, after the lock is released.
fn wake(mut state: MutexGuard<'_, State>) {
    let reader = state.reader.take();
    drop(state);
    if let Some(reader) = reader {
        reader.wake();
    }
}

/// Whether a reader of one thread, or of all, is to hear of a notification. One that names no thread
/// may be of any.
pub(super) fn concerns(notification: &Notification, thread: Option<&str>) -> bool {
    match (notification.thread_id(), thread) {
        (Some(id), Some(thread)) => id.as_str() == thread,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use futures_util::task::noop_waker;
    use proptest::prelude::*;
    use serde_json::json;

    use super::super::event::DisconnectReason;
    use super::super::payload::read;
    use super::*;

    fn notification(number: u64) -> NotificationEvent {
        NotificationEvent::Received(read(json!({ "eventId": number })).unwrap())
    }

    fn next(queue: &Queue) -> Option<Option<String>> {
        match queue.poll_next(&mut Context::from_waker(&noop_waker())) {
            Poll::Pending => None,
            Poll::Ready(event) => Some(event.map(|event| match event {
                NotificationEvent::Received(notification) => {
                    notification.event_id().unwrap().to_string()
                }
                event => format!("{event:?}"),
            })),
        }
    }

    fn all(queue: &Queue) -> Vec<String> {
        std::iter::from_fn(|| next(queue).flatten()).collect()
    }

    #[test]
    fn what_does_not_fit_is_a_gap_and_then_how_the_connection_fares() {
        let queue = Queue::new(2, false);
        queue.push(NotificationEvent::Connected);
        (1..5).for_each(|number| queue.push(notification(number)));
        let lost = DisconnectReason::ConnectionLost;
        queue.push(NotificationEvent::Disconnected(lost));
        queue.push(NotificationEvent::Connected);
        queue.push(notification(5));
        assert_eq!(
            all(&queue),
            ["Connected", "1", "Gap(QueueFull)", "Connected"]
        );
        queue.push(notification(6));
        assert_eq!(all(&queue), ["6"]);
        assert!(queue.is_connected());
        queue.end();
        assert_eq!((next(&queue), queue.is_connected()), (Some(None), false));
    }

    #[test]
    fn what_was_there_is_read_before_the_end() {
        let queue = Queue::new(1, true);
        queue.push(notification(1));
        queue.push(notification(2));
        queue.end();
        assert_eq!(all(&queue), ["1", "Gap(QueueFull)"]);
        assert_eq!(next(&queue), Some(None));
    }

    proptest! {
        /// Whatever is read when: nothing twice, nothing out of order, a gap wherever something is
        /// missing, never more than the bound, and the connection as it is in the end.
        #[test]
        fn nothing_is_lost_without_a_gap(
            capacity in 1_usize..4,
            steps in prop::collection::vec(0_u8..4, 0..60),
        ) {
            let queue = Queue::new(capacity, false);
            let (mut pushed, mut expected, mut is_gap) = (0, 1, false);
            let (mut told, mut fares) = (None, None);
            let mut check = |event: String| match event.as_str() {
                "Gap(QueueFull)" => is_gap = true,
                "Connected" | "Disconnected(Timeout)" => told = Some(event),
                number => {
                    let number: u64 = number.parse().unwrap();
                    assert!(number == expected || is_gap && number > expected);
                    (expected, is_gap) = (number + 1, false);
                }
            };
            for step in steps {
                match step {
                    0 => queue.push(NotificationEvent::Connected),
                    1 => queue.push(NotificationEvent::Disconnected(DisconnectReason::Timeout)),
                    2 => {
                        pushed += 1;
                        queue.push(notification(pushed));
                    }
                    _ => {
                        if let Some(Some(event)) = next(&queue) {
                            check(event);
                        }
                    }
                }
                match step {
                    0 => fares = Some("Connected".to_owned()),
                    1 => fares = Some("Disconnected(Timeout)".to_owned()),
                    _ => {}
                }
                prop_assert!(queue.lock().events.len() <= capacity);
            }
            all(&queue).into_iter().for_each(&mut check);
            prop_assert!(expected > pushed || is_gap);
            prop_assert_eq!(told, fares);
        }
    }
}
