//! Connecting for notifications, and the stream that this gives.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use futures_core::Stream;
use futures_core::stream::FusedStream;
use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use url::Host;
use uuid::Uuid;

use super::address::Identity;
use super::driver::Driver;
use super::event::NotificationEvent;
use super::hosts::AllowedHosts;
use super::hub::{Hub, Subscription};
use super::service::Service;
use super::session::Session;
use crate::error::Error;
use crate::models::ChatThreadId;
use crate::transport::Call;

/// How many events may wait to be read, unless it is set.
const CAPACITY: usize = 256;

/// Connects for notifications; see [`ChatClient::notifications`](crate::ChatClient::notifications).
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/scene.rs"));
/// # async fn example(Scene { client, .. }: Scene) -> Done {
/// use chat::notifications::NotificationEvent;
///
/// let mut notifications = client.notifications().queue_capacity(1_000).connect()?;
/// let first = notifications.try_next().await?;
/// assert!(matches!(first, Some(NotificationEvent::Connected)));
/// notifications.close().await;
/// # Ok(()) }
/// # fn main() -> Done { run(example) }
/// ```
#[derive(Debug)]
#[must_use = "nothing is sent before connect() is called"]
pub struct ConnectNotifications {
    call: Call,
    domains: Vec<String>,
    capacity: usize,
}

impl ConnectNotifications {
    pub(crate) fn new(call: Call) -> Self {
        Self {
            call,
            domains: Vec::new(),
            capacity: CAPACITY,
        }
    }

    /// Permits that the access token is sent, by https, to hosts of this domain, if the service names
    /// them. The service's own are permitted: those below `trouter.teams.microsoft.com`,
    /// `teams.microsoft.com` itself, and their like in other clouds.
    pub fn allow_domain(mut self, domain: impl Into<String>) -> Self {
        self.domains.push(domain.into());
        self
    }

    /// Sets how many events may wait to be read; 256 unless it is set. What does not fit is dropped,
    /// and a [`Gap`](NotificationEvent::Gap) comes in its place.
    pub fn queue_capacity(mut self, events: usize) -> Self {
        self.capacity = events;
        self
    }

    /// Begins to connect, in a task on the Tokio runtime this is called on. The stream says whether
    /// that succeeds: by [`Connected`](NotificationEvent::Connected), or by an error.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) when there is no runtime, or
    /// a domain is none.
    pub fn connect(self) -> Result<Notifications, Error> {
        let runtime = Handle::try_current().map_err(|error| {
            Error::invalid_argument("there is no Tokio runtime").with_source(error)
        })?;
        let credential =
            self.call.credential().cloned().ok_or_else(|| {
                Error::invalid_argument("notifications are for users with a token")
            })?;
        let domains = self.domains.iter().map(|domain| read_domain(domain));
        let domains = domains.collect::<Result<_, _>>()?;
        let clock = self.call.shared_clock();
        let identity = Identity {
            endpoint_id: Uuid::new_v4(),
            correlation_id: Uuid::new_v4(),
            trace: STANDARD_NO_PAD.encode(Uuid::new_v4().as_bytes()),
            made: clock.now().unix_timestamp_nanos() / 1_000_000,
        };
        let session = Session::new(identity.trace.clone());
        let hosts = AllowedHosts::new(self.call.endpoint().clone(), domains);
        let service = Service::new(self.call, credential, hosts, identity);
        let hub = Arc::new(Hub::default());
        let subscription = hub.subscribe(None, self.capacity);
        let (stop, stopped) = oneshot::channel();
        let driver = Driver::new(service, session, clock, Arc::clone(&hub), stopped);
        Ok(Notifications {
            subscription,
            hub,
            stop,
            task: runtime.spawn(driver.run()),
            has_ended: false,
        })
    }
}

/// A domain as hosts of addresses are compared with it.
fn read_domain(text: &str) -> Result<String, Error> {
    match Host::parse(text) {
        Ok(Host::Domain(domain)) if !domain.is_empty() && !domain.starts_with('.') => Ok(domain),
        _ => Err(Error::invalid_argument(
            "an allowed domain is a name such as contoso.com",
        )),
    }
}

/// Notifications about all threads of a user, as a stream.
///
/// A task makes the connection, keeps it, and makes another one when it is lost. It acknowledges
/// each notification before the program sees it, so that a slow program loses some: events wait in a
/// bounded queue, and a [`Gap`](NotificationEvent::Gap) stands for what did not fit.
///
/// The stream ends with an error where going on is of no use: the token was refused four times in a
/// row, or there was none ten times; the service refused five times in a row what was asked for; the
/// endpoint has no notifications; the service names hosts that are
/// [not allowed](ConnectNotifications::allow_domain) to see the token.
///
/// **Drop.** Dropping this ends the connection and the registration, in the background, if the
/// runtime still runs; [`close`](Self::close) waits for it.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/scene.rs"));
/// # async fn example(Scene { client, bobs_thread, .. }: Scene) -> Done {
/// use chat::notifications::NotificationEvent;
///
/// let mut notifications = client.notifications().connect()?;
/// while let Some(event) = notifications.try_next().await? {
///     # if matches!(event, NotificationEvent::Connected) { bobs_thread.send_message("Hello").await?; }
///     if let NotificationEvent::Received(notification) = event {
///         println!("something happened in {:?}", notification.thread_id());
///         break; // The example's end; a program goes on.
///     }
/// }
/// assert!(notifications.is_connected());
/// notifications.close().await;
/// # Ok(()) }
/// # fn main() -> Done { run(example) }
/// ```
#[must_use = "dropping it ends the connection"]
pub struct Notifications {
    subscription: Subscription,
    hub: Arc<Hub>,
    /// Dropping it stops the task.
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
    has_ended: bool,
}

impl Notifications {
    /// The next event, an error, or nothing after the end. Dropping the future loses nothing.
    pub async fn next(&mut self) -> Option<Result<NotificationEvent, Error>> {
        std::future::poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }

    /// The next event, or nothing after the end.
    ///
    /// # Errors
    /// What ends the stream; see [`Notifications`].
    pub async fn try_next(&mut self) -> Result<Option<NotificationEvent>, Error> {
        self.next().await.transpose()
    }

    /// Whether the connection is open at this moment, however much of the stream was read.
    #[must_use]
    pub fn is_connected(&self) -> bool {
        self.subscription.is_connected()
    }

    /// Ends the connection and the registration, and waits until that is done: for up to 5 seconds.
    pub async fn close(self) {
        drop(self.stop);
        // It has ended, in whatever way.
        let _ = self.task.await;
    }

    /// What happens in a thread, or in all of them, for another reader.
    pub(crate) fn subscribe(&self, thread: Option<ChatThreadId>, capacity: usize) -> Subscription {
        self.hub.subscribe(thread, capacity)
    }
}

impl Stream for Notifications {
    type Item = Result<NotificationEvent, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.has_ended {
            return Poll::Ready(None);
        }
        if let Some(event) = ready!(self.subscription.poll_next(cx)) {
            return Poll::Ready(Some(Ok(event)));
        }
        self.has_ended = true;
        Poll::Ready(self.hub.take_error().map(Err))
    }
}

impl FusedStream for Notifications {
    fn is_terminated(&self) -> bool {
        self.has_ended
    }
}

impl fmt::Debug for Notifications {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Notifications")
            .field("is_connected", &self.is_connected())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_is_a_name_and_nothing_else() {
        for (text, domain) in [
            ("contoso.com", "contoso.com"),
            ("Contoso.COM", "contoso.com"),
        ] {
            assert_eq!(read_domain(text).unwrap(), domain);
        }
        for text in [
            "",
            ".",
            ".com",
            "10.0.0.1",
            "[::1]",
            "https://contoso.com",
            "a b",
        ] {
            assert!(read_domain(text).is_err(), "{text}");
        }
    }
}
