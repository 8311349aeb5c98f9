//! Everyone who hears of notifications.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Context, Poll};

use super::event::NotificationEvent;
use super::queue::{Queue, concerns};
use crate::error::Error;
use crate::models::ChatThreadId;

/// Everyone who hears of the notifications of one connection.
#[derive(Debug, Default)]
pub(super) struct Hub {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    readers: Vec<Reader>,
    is_connected: bool,
    has_ended: bool,
    /// Why, if there is a reason.
    error: Option<Error>,
}

#[derive(Debug)]
struct Reader {
    thread: Option<ChatThreadId>,
    queue: Weak<Queue>,
}

impl Hub {
    /// What happens in a thread, or in all of them.
    pub(super) fn subscribe(&self, thread: Option<ChatThreadId>, capacity: usize) -> Subscription {
        let mut state = self.lock();
        let queue = Arc::new(Queue::new(capacity, state.is_connected));
        if state.has_ended {
            queue.end();
        } else {
            state.readers.push(Reader {
                thread,
                queue: Arc::downgrade(&queue),
            });
        }
        Subscription { queue }
    }

    /// Gives an event to everyone whom it concerns.
    pub(super) fn tell(&self, event: &NotificationEvent) {
        let mut state = self.lock();
        match event {
            NotificationEvent::Connected => state.is_connected = true,
            NotificationEvent::Disconnected(_) => state.is_connected = false,
            NotificationEvent::Received(_) | NotificationEvent::Gap(_) => {}
        }
        state.readers.retain(|reader| {
            let Some(queue) = reader.queue.upgrade() else {
                return false;
            };
            let thread = reader.thread.as_ref().map(ChatThreadId::as_str);
            let is_concerned = match event {
                NotificationEvent::Received(notification) => concerns(notification, thread),
                _ => true,
            };
            if is_concerned {
                queue.push(event.clone());
            }
            true
        });
    }

    /// Nothing comes any more, for this reason if there is one. The first time counts.
    pub(super) fn end(&self, error: Option<Error>) {
        let mut state = self.lock();
        if state.has_ended {
            return;
        }
        state.is_connected = false;
        state.has_ended = true;
        state.error = error;
        let readers = std::mem::take(&mut state.readers);
        drop(state);
        let queues = readers.iter().filter_map(|reader| reader.queue.upgrade());
        queues.for_each(|queue| queue.end());
    }

    /// Why nothing comes any more; once.
    pub(super) fn take_error(&self) -> Option<Error> {
        self.lock().error.take()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What one reader gets.
#[derive(Debug)]
pub(crate) struct Subscription {
    queue: Arc<Queue>,
}

impl Subscription {
    /// Whether notifications come.
    pub(crate) fn is_connected(&self) -> bool {
        self.queue.is_connected()
    }

    pub(crate) fn poll_next(&self, cx: &mut Context<'_>) -> Poll<Option<NotificationEvent>> {
        self.queue.poll_next(cx)
    }
}

/// Tells readers what a test wants them to hear.
#[cfg(test)]
#[derive(Default)]
pub(crate) struct Teller(Hub);

#[cfg(test)]
impl Teller {
    pub(crate) fn subscribe(&self) -> Subscription {
        self.0.subscribe(None, 8)
    }

    pub(crate) fn tell(&self, event: NotificationEvent) {
        self.0.tell(&event);
    }
}

#[cfg(test)]
impl Drop for Teller {
    fn drop(&mut self) {
        self.0.end(None);
    }
}

#[cfg(test)]
mod tests {
    use futures_util::task::noop_waker;
    use serde_json::json;

    use super::super::payload::read;
    use super::*;

    fn notification(thread: Option<&str>) -> NotificationEvent {
        let payload = json!({"eventId": 200, "groupId": thread});
        NotificationEvent::Received(read(payload).unwrap())
    }

    fn count(subscription: &Subscription) -> usize {
        let mut cx = Context::from_waker(&noop_waker()).waker().clone();
        let waker = &mut cx;
        std::iter::from_fn(
            || match subscription.poll_next(&mut Context::from_waker(waker)) {
                Poll::Ready(event) => event,
                Poll::Pending => None,
            },
        )
        .count()
    }

    #[test]
    fn each_reader_hears_of_its_thread_and_all_hear_of_the_connection() {
        let hub = Hub::default();
        let all = hub.subscribe(None, 8);
        let one = hub.subscribe(Some("19:a".into()), 8);
        for thread in [Some("19:a"), Some("19:b"), None] {
            hub.tell(&notification(thread));
        }
        hub.tell(&NotificationEvent::Connected);
        assert!(all.is_connected() && one.is_connected());
        assert_eq!((count(&all), count(&one)), (4, 3));
    }

    #[test]
    fn who_comes_late_knows_whether_the_connection_is_there_and_who_is_gone_costs_nothing() {
        let hub = Hub::default();
        drop(hub.subscribe(None, 8));
        hub.tell(&NotificationEvent::Connected);
        assert!(hub.lock().readers.is_empty());
        let late = hub.subscribe(None, 8);
        assert!(late.is_connected());
        hub.end(None);
        assert!(!late.is_connected());
        assert!(!hub.subscribe(None, 8).is_connected());
    }
}
