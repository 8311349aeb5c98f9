//! What a connection for notifications gives.

use super::notification::Notification;

/// What a connection for notifications gives: notifications, and changes of its state.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/scene.rs"));
/// # async fn example(Scene { client, thread, bobs_thread, .. }: Scene) -> Done {
/// use chat::notifications::NotificationEvent;
///
/// let mut notifications = client.notifications().connect()?;
/// while let Some(event) = notifications.try_next().await? {
///     # if matches!(event, NotificationEvent::Connected) { bobs_thread.send_message("Hello").await?; }
///     match event {
///         NotificationEvent::Connected => println!("from now on, everything is reported"),
///         NotificationEvent::Gap(reason) => println!("read the lists: {reason:?}"),
///         NotificationEvent::Disconnected(reason) => println!("{reason:?}; connecting again"),
///         NotificationEvent::Received(notification) => {
///             assert_eq!(notification.thread_id(), Some(thread.thread_id()));
///             break; // The example's end; a program goes on.
///         }
///         _ => {}
///     }
/// }
/// # Ok(()) }
/// # fn main() -> Done { run(example) }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum NotificationEvent {
    /// Notifications arrive from now on: the connection is open, and the service knows where to send
    /// them. What happened before is not reported; read it from the lists.
    Connected,
    /// Something happened in a thread.
    Received(Notification),
    /// Notifications may be missing here, and nothing says which: read the lists.
    Gap(GapReason),
    /// No notifications arrive until the next [`Connected`](Self::Connected). A new connection is
    /// tried at once, and then after growing waits.
    Disconnected(DisconnectReason),
}

/// Why notifications may be missing.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/scene.rs"));
/// # async fn example(Scene { client, emulator, .. }: Scene) -> Done {
/// use chat::notifications::{GapReason, NotificationEvent};
///
/// let mut notifications = client.notifications().connect()?;
/// while let Some(event) = notifications.try_next().await? {
///     # if matches!(event, NotificationEvent::Connected) { emulator.notifications().lose(); }
///     if let NotificationEvent::Gap(reason) = event {
///         // Whatever the reason: read what happened from the lists.
///         assert_eq!(reason, GapReason::MessageLoss);
///         break; // The example's end; a program goes on.
///     }
/// }
/// # Ok(()) }
/// # fn main() -> Done { run(example) }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum GapReason {
    /// The service says that it has dropped some.
    MessageLoss,
    /// A new connection has replaced the one before.
    Reconnected,
    /// One came that can't be read.
    Unreadable,
    /// The program was slower than the notifications: those that did not fit into the queue were
    /// dropped.
    QueueFull,
}

/// Why a connection for notifications has ended, or why nothing arrives any more.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/scene.rs"));
/// # async fn example(Scene { client, emulator, .. }: Scene) -> Done {
/// use chat::notifications::{DisconnectReason, NotificationEvent};
///
/// let mut notifications = client.notifications().connect()?;
/// while let Some(event) = notifications.try_next().await? {
///     # if matches!(event, NotificationEvent::Connected) { emulator.notifications().cut(); }
///     if let NotificationEvent::Disconnected(reason) = event {
///         // Another connection is made, whatever the reason.
///         assert_eq!(reason, DisconnectReason::ConnectionLost);
///         break; // The example's end; a program goes on.
///     }
/// }
/// # Ok(()) }
/// # fn main() -> Done { run(example) }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DisconnectReason {
    /// The connection broke.
    ConnectionLost,
    /// Nothing came for too long, and no answer to what was sent.
    NoAnswer,
    /// The service has ended it, for no reason that is known.
    ClosedByService,
    /// The service has ended it: there is another one of the same client (`dup`).
    Duplicate,
    /// The service has ended it since nothing came for too long (`timeout`).
    Timeout,
    /// The service has ended it since the access token is not valid any more (`unauthorized`).
    Unauthorized,
    /// The registration has expired, and could not be renewed.
    RegistrationExpired,
    /// The connection was closed, or dropped, or has failed for good.
    Closed,
}
