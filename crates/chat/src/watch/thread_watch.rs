//! A watch of one thread, as a stream.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::doorbell::Doorbell;
use super::driver::{Driver, Follow, watch_stream};
use super::event::WatchedEvent;
use super::follower::Follower;
use super::handle::WatchHandle;
use super::look::{Interests, Look};
use super::pace::Pace;
use crate::error::Error;
use crate::models::chat_event::ChatEvent;
use crate::models::{Access, ChatThreadId, Cursor, Place};
use crate::transport::Call;

/// How long between two looks while something happens, unless it is set.
pub(super) const FASTEST: Duration = Duration::from_secs(1);

/// How long between two looks while nothing happens, unless it is set.
pub(super) const SLOWEST: Duration = Duration::from_secs(30);

/// How long after a change those before it may still turn up, unless it is set.
pub(super) const LATENESS: Duration = Duration::from_secs(5);

/// How many notifications may wait for the watch. Of more, it looks at everything.
#[cfg(feature = "realtime")]
const NOTIFICATIONS: usize = 64;

/// Where a watch begins.
#[derive(Clone, Debug)]
enum Start {
    Now,
    Beginning,
    After(Cursor),
}

/// Follows a thread; see [`ChatThreadClient::watch`](crate::ChatThreadClient::watch).
///
/// It begins [from now on](Self::from_now), unless it is told otherwise.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/scene.rs"));
/// # async fn example(Scene { thread, .. }: Scene) -> Done {
/// use std::time::Duration;
///
/// thread.send_message("Hello").await?;
/// let mut watch = thread
///     .watch()
///     .from_beginning()
///     .with_read_receipts()
///     .poll_between(Duration::from_secs(2), Duration::from_secs(60))
///     .into_stream();
/// let first = watch.try_next().await?.expect("a thread begins with a message of the service");
/// assert!(first.event().message().is_some());
/// # Ok(()) }
/// # fn main() -> Done { run(example) }
/// ```
#[must_use = "nothing is sent before the stream is polled"]
pub struct WatchThread {
    call: Call,
    thread: ChatThreadId,
    start: Start,
    pace: (Duration, Duration),
    interests: Interests,
    doorbell: Doorbell,
}

impl WatchThread {
    pub(crate) fn new(call: Call, thread: ChatThreadId) -> Self {
        Self {
            call,
            thread,
            start: Start::Now,
            pace: (FASTEST, SLOWEST),
            interests: Interests {
                lateness: LATENESS,
                receipts: false,
            },
            doorbell: Doorbell::default(),
        }
    }

    /// Begins with what happens after the first reading.
    pub fn from_now(mut self) -> Self {
        self.start = Start::Now;
        self
    }

    /// Begins with the oldest message there is.
    pub fn from_beginning(mut self) -> Self {
        self.start = Start::Beginning;
        self
    }

    /// Goes on after the event that this cursor came with. It must be of the same thread and
    /// endpoint: otherwise the first poll gives an error of kind
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument), and nothing is sent.
    pub fn after(mut self, cursor: Cursor) -> Self {
        self.start = Start::After(cursor);
        self
    }

    /// Sets how long to wait between two readings: 1 second while something happens, growing to 30
    /// seconds while nothing does, unless it is set. Each wait is up to a fifth shorter, at random.
    /// Where something else triggers readings ([`WatchHandle::ring`]), minutes are enough.
    pub fn poll_between(mut self, fastest: Duration, slowest: Duration) -> Self {
        self.pace = (fastest, slowest);
        self
    }

    /// Sets how long after a change others with lower sequence ids may still turn up in the list: 5
    /// seconds, unless it is set. For so long the watch reads that part of the list again. With zero,
    /// it does not.
    pub fn allowed_lateness(mut self, lateness: Duration) -> Self {
        self.interests.lateness = lateness;
        self
    }

    /// Gives [`ChatEvent::ReadReceipt`], too: up to where each participant has read, by
    /// `GET /chat/threads/{id}/readReceipts` with each reading, and no more often than every 2.5
    /// seconds. Of several receipts of a participant between two readings the last one comes.
    pub fn with_read_receipts(mut self) -> Self {
        self.interests.receipts = true;
        self
    }

    /// Reads at once when one of these notifications is about the thread, and gives
    /// [`ChatEvent::Typing`], [`ChatEvent::ReadReceipt`] and [`ChatEvent::PropertiesUpdated`] as they
    /// arrive. While they are [connected](crate::notifications::NotificationEvent::Connected), the
    /// timer is only a fallback, every three minutes.
    ///
    /// One connection serves any number of watches. When it ends, the watch goes on by its timer.
    #[cfg(feature = "realtime")]
    pub fn notified_by(mut self, notifications: &crate::notifications::Notifications) -> Self {
        let thread = Some(self.thread.clone());
        self.doorbell = Doorbell::of(notifications.subscribe(thread, NOTIFICATIONS));
        self
    }

    /// The events. This is not awaited: nothing is sent before the stream is polled.
    pub fn into_stream(self) -> ThreadWatch {
        let handle = WatchHandle::new(Some(self.thread.clone()));
        let driver = match self.place() {
            Ok(None) => Driver::ended(None, handle),
            Err(error) => Driver::ended(Some(error), handle),
            Ok(Some(place)) => {
                let look = Look::new(self.thread, place.as_ref(), self.interests);
                let (fastest, slowest) = self.pace;
                let pace = Pace::new(fastest, slowest);
                let follower = Follower::new(
                    Arc::new(self.call),
                    look,
                    pace,
                    handle.clone(),
                    self.doorbell,
                );
                Driver::new(follower, handle)
            }
        };
        ThreadWatch { driver }
    }

    /// As [`into_stream`](Self::into_stream), without async: an iterator that waits for the events.
    #[cfg(feature = "blocking")]
    pub fn into_blocking_iter(self) -> crate::blocking::BlockingIter<ThreadWatch> {
        let runtime = self.call.runtime().clone();
        crate::blocking::BlockingIter::new(self.into_stream(), &runtime)
    }

    /// Nothing if nothing is to come any more; no place if it begins where the thread is then.
    fn place(&self) -> Result<Option<Option<Place>>, Error> {
        let cursor = match &self.start {
            Start::Now => return Ok(Some(None)),
            Start::Beginning => return Ok(Some(Some(beginning()))),
            Start::After(cursor) => cursor,
        };
        let own = self.call.endpoint().as_str();
        if cursor.thread != self.thread || cursor.endpoint != own {
            return Err(Error::invalid_argument(format!(
                "the cursor is of the thread {} at {}",
                cursor.thread, cursor.endpoint
            )));
        }
        let place = &cursor.place;
        Ok((place.access != Access::Gone).then(|| Some(place.clone())))
    }
}

/// Where nothing was given, neither messages nor receipts.
pub(super) fn beginning() -> Place {
    Place {
        receipts: Some(Vec::new()),
        ..Place::default()
    }
}

impl fmt::Debug for WatchThread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WatchThread")
            .field("thread", &self.thread)
            .finish_non_exhaustive()
    }
}

/// The events of a thread, each once. Nothing is sent unless it is polled: no task runs beside it,
/// and no event waits in a queue.
///
/// Readings that fail with a transient error are repeated, after growing waits of up to a
/// minute; [`WatchHandle::state`] tells. The stream ends after [`ChatEvent::ThreadDeleted`], or with
/// an error that holds the [`cursor`](Error::cursor): the user is no participant any more, the
/// thread was never there, the token was refused, or ten times in a row there was none.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/scene.rs"));
/// # async fn example(Scene { client, thread, .. }: Scene) -> Done {
/// use chat::watch::ChatEvent;
///
/// let mut watch = thread.watch().from_beginning().into_stream();
/// # let handle = watch.handle();
/// # when_following(watch.handle(), async move {
/// #     client.delete_chat_thread(thread.thread_id()).await?;
/// #     handle.ring();
/// #     Ok(())
/// # });
/// let mut last = None; // Somebody deletes the thread meanwhile.
/// while let Some(watched) = watch.try_next().await? {
///     last = Some(watched.into_parts().0);
/// }
/// assert_eq!(last, Some(ChatEvent::ThreadDeleted));
/// # Ok(()) }
/// # fn main() -> Done { run(example) }
/// ```
#[must_use = "streams do nothing unless polled"]
pub struct ThreadWatch {
    driver: Driver<Follower>,
}

watch_stream!(ThreadWatch, WatchedEvent);

impl Follow for Follower {
    type Event = WatchedEvent;

    async fn next(&mut self) -> Result<WatchedEvent, Error> {
        self.follow().await
    }

    fn is_last(event: &WatchedEvent) -> bool {
        *event.event() == ChatEvent::ThreadDeleted
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ChatClient, CommunicationTokenCredential};

    /// Connections and credential are the client's, whatever the number of its watches.
    #[test]
    fn an_idle_watch_holds_less_than_8_kib() {
        let token = "eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjE5OTk5OTk5OTl9.c2ln";
        let credential = CommunicationTokenCredential::new(token).unwrap();
        let client = ChatClient::new("http://127.0.0.1:1", credential).unwrap();
        let watch = client.chat_thread_client("19:a@thread.v2").watch();
        let pace = Pace::new(FASTEST, SLOWEST);
        let handle = WatchHandle::new(Some(watch.thread.clone()));
        let look = Look::new(watch.thread, Some(&beginning()), watch.interests);
        let (source, own) = (Arc::new(watch.call), size_of::<Call>());
        let mut follower = Follower::new(source, look, pace, handle, Doorbell::default());
        let held = own + size_of_val(&follower) + size_of_val(&follower.follow());
        // The ids, the sleeping timer and what allocations cost come on top.
        assert!(held < 4096, "{held}");
    }
}
