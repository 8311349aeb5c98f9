//! A watch of all threads of a user, as a stream.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::super::doorbell::Doorbell;
use super::super::driver::{Driver, Follow, watch_stream};
use super::super::event::WatchedEvent;
use super::super::handle::WatchHandle;
use super::super::look::Interests;
use super::super::thread_watch::LATENESS;
use super::follower::{Settings, UserFollower};
use crate::error::Error;
use crate::models::UserCursor;
use crate::models::places::Places;
use crate::transport::Call;

/// How long between two looks at a thread while something happens in it, unless it is set.
const FASTEST: Duration = Duration::from_secs(1);

/// How long between two looks at a thread while nothing happens in it, unless it is set.
const SLOWEST: Duration = Duration::from_secs(60);

/// How many notifications may wait for the watch. Of more, it looks at everything.
#[cfg(feature = "realtime")]
const NOTIFICATIONS: usize = 1024;

/// Follows all threads of a user; see [`ChatClient::watch`](crate::ChatClient::watch).
///
/// It begins [from now on](Self::from_now), unless it is told otherwise.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/scene.rs"));
/// # async fn example(Scene { client, .. }: Scene) -> Done {
/// use std::time::Duration;
///
/// let mut watch = client
///     .watch()
///     .from_beginning()
///     .poll_between(Duration::from_secs(2), Duration::from_secs(300))
///     .into_stream();
/// let first = watch.try_next().await?.expect("there is a thread");
/// let again = client.watch().after(first.cursor().clone());
/// assert_eq!(first.cursor().thread_count(), 1);
/// # Ok(()) }
/// # fn main() -> Done { run(example) }
/// ```
#[must_use = "nothing is sent before the stream is polled"]
pub struct WatchUser {
    call: Call,
    settings: Settings,
    cursor: Option<UserCursor>,
    doorbell: Doorbell,
}

impl WatchUser {
    pub(crate) fn new(call: Call) -> Self {
        Self {
            call,
            settings: Settings {
                pace: (FASTEST, SLOWEST),
                interests: Interests {
                    lateness: LATENESS,
                    receipts: false,
                },
                from_now: true,
            },
            cursor: None,
            doorbell: Doorbell::default(),
        }
    }

    /// Begins with what happens after the first reading of each thread, and gives the first event when
    /// all were read. Threads that are new later begin with their oldest message.
    pub fn from_now(mut self) -> Self {
        (self.settings.from_now, self.cursor) = (true, None);
        self
    }

    /// Begins with the oldest message there is, in each thread.
    pub fn from_beginning(mut self) -> Self {
        (self.settings.from_now, self.cursor) = (false, None);
        self
    }

    /// Goes on after the event that this cursor came with. It must be of the same endpoint and, where
    /// the token says who the user is, of the same user: otherwise the stream gives an error of kind
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) and ends.
    ///
    /// A thread that is not in the cursor is new: it begins with its oldest message.
    pub fn after(mut self, cursor: UserCursor) -> Self {
        (self.settings.from_now, self.cursor) = (false, Some(cursor));
        self
    }

    /// Sets how long to wait between two readings of a thread: 1 second while something happens in it,
    /// growing to 60 seconds while nothing does, unless it is set. Each wait is up to a fifth shorter,
    /// at random. The list of threads is read as often, and every 10 seconds at least.
    pub fn poll_between(mut self, fastest: Duration, slowest: Duration) -> Self {
        self.settings.pace = (fastest, slowest);
        self
    }

    /// Sets how long changes may turn up late; see
    /// [`WatchThread::allowed_lateness`](crate::watch::WatchThread::allowed_lateness).
    pub fn allowed_lateness(mut self, lateness: Duration) -> Self {
        self.settings.interests.lateness = lateness;
        self
    }

    /// Gives read receipts, too; see
    /// [`WatchThread::with_read_receipts`](crate::watch::WatchThread::with_read_receipts). Each reading
    /// then takes two requests, and the cursor grows by up to 40 bytes for each participant of each
    /// thread.
    pub fn with_read_receipts(mut self) -> Self {
        self.settings.interests.receipts = true;
        self
    }

    /// Reads a thread at once when one of these notifications is about it, and gives the events that
    /// only they have; see [`WatchThread::notified_by`](crate::watch::WatchThread::notified_by).
    #[cfg(feature = "realtime")]
    pub fn notified_by(mut self, notifications: &crate::notifications::Notifications) -> Self {
        self.doorbell = Doorbell::of(notifications.subscribe(None, NOTIFICATIONS));
        self
    }

    /// The events. This is not awaited: nothing is sent before the stream is polled.
    pub fn into_stream(self) -> UserWatch {
        let handle = WatchHandle::new(None);
        let own = self.call.endpoint().as_str();
        let (user, places) = match self.cursor {
            Some(cursor) if cursor.endpoint != own => {
                let text = format!("the cursor is of the endpoint {}", cursor.endpoint);
                let error = Error::invalid_argument(text);
                let driver = Driver::ended(Some(error), handle);
                return UserWatch { driver };
            }
            Some(cursor) => (cursor.user, cursor.places),
            None => (None, Places::default()),
        };
        let source = Arc::new(self.call);
        let follower = UserFollower::new(
            source,
            self.settings,
            user,
            places,
            handle.clone(),
            self.doorbell,
        );
        let driver = Driver::new(follower, handle);
        UserWatch { driver }
    }

    /// As [`into_stream`](Self::into_stream), without async: an iterator that waits for the events.
    #[cfg(feature = "blocking")]
    pub fn into_blocking_iter(self) -> crate::blocking::BlockingIter<UserWatch> {
        let runtime = self.call.runtime().clone();
        crate::blocking::BlockingIter::new(self.into_stream(), &runtime)
    }
}

impl fmt::Debug for WatchUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WatchUser").finish_non_exhaustive()
    }
}

/// The events of all threads of a user, each once. Those of one thread come in their order; the order
/// between threads is not kept. Nothing is sent unless it is polled: no task runs beside it, and the
/// events of at most 16 threads wait to be taken.
///
/// A thread that can't be read is tried again after growing waits of up to a minute, while the others
/// go on; [`WatchHandle::state`] says so as long as that lasts. Where the user is no participant any
/// more, [`AccessLost`](crate::watch::ChatEvent::AccessLost) comes, and the thread is tried again
/// every five minutes and when [`ring_thread`](WatchHandle::ring_thread) is called for it. After
/// [`ThreadDeleted`](crate::watch::ChatEvent::ThreadDeleted) nothing comes of the thread. The stream
/// ends with an error, which holds the [`user_cursor`](Error::user_cursor), when the token was
/// refused, ten times in a row there was none, or the list of threads is refused.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/scene.rs"));
/// # async fn example(Scene { client, thread, .. }: Scene) -> Done {
/// let mut watch = client.watch().from_beginning().into_stream();
/// while let Some(watched) = watch.try_next().await? {
///     println!("{}: {:?}", watched.thread_id(), watched.event());
///     assert_eq!(watched.thread_id(), thread.thread_id());
///     break; // The example's end; a program goes on.
/// }
/// # Ok(()) }
/// # fn main() -> Done { run(example) }
/// ```
#[must_use = "streams do nothing unless polled"]
pub struct UserWatch {
    driver: Driver<UserFollower>,
}

watch_stream!(UserWatch, WatchedEvent<UserCursor>);

impl Follow for UserFollower {
    type Event = WatchedEvent<UserCursor>;

    async fn next(&mut self) -> Result<Self::Event, Error> {
        self.follow().await
    }

    fn is_last(_: &Self::Event) -> bool {
        false
    }
}
