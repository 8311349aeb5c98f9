//! What a connection for notifications gives.

use super::notification::Notification;

/// What a connection for notifications gives: notifications, and how the connection fares.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum NotificationEvent {
    /// What happens from now on is told: the connection is there, and the service knows where to
    /// send notifications. What happened before was not told; read it from the lists.
    Connected,
    /// Something happened in a thread.
    Received(Notification),
    /// Notifications may be missing here: read the lists. Nothing else tells which.
    Gap(GapReason),
    /// Nothing is told until the next [`Connected`](Self::Connected). Another connection is made at
    /// once, and then after growing waits.
    Disconnected(DisconnectReason),
}

/// Why notifications may be missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum GapReason {
    /// The service says that it has dropped some.
    MessageLoss,
    /// The connection is another one than before.
    Reconnected,
    /// One came that can't be read.
    Unreadable,
    /// The program was slower than the notifications: those that did not fit into the queue were
    /// dropped.
    QueueFull,
}

/// Why a connection for notifications has ended, or does not tell anything any more.
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
