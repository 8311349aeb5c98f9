//! What the session is told, and what it says.

use std::sync::Arc;
use std::time::Duration;

use super::super::allocation::Allocation;
use super::super::event::NotificationEvent;
use super::super::failure::Failure;
use crate::error::Error;

/// The number of a connection, and of the attempt to open it.
pub(in crate::notifications) type Number = u32;

/// What has happened.
#[derive(Debug)]
pub(in crate::notifications) enum Input {
    /// The session is to begin.
    Begin,
    Opened(Number, Result<Opened, Failure>),
    /// A frame.
    Received(Number, String),
    /// The socket is gone.
    Lost(Number),
    /// The registration of a connection is through. For how long the token is valid that it was
    /// made with, if it will be followed by another.
    Registered(Number, Result<Option<Duration>, Failure>),
    /// Time has passed.
    Tick,
    /// The session is to end.
    Stop,
}

/// A socket that was opened.
#[derive(Debug)]
pub(in crate::notifications) struct Opened {
    pub(in crate::notifications) allocation: Arc<Allocation>,
    /// How long the service lets pass without a sign of life.
    pub(in crate::notifications) heartbeat: Duration,
}

/// What is to be done.
#[derive(Debug)]
pub(in crate::notifications) enum Output {
    /// Open a connection: in place of another, if there is an allocation.
    Open(Number, Option<Arc<Allocation>>),
    Send(Number, String),
    Close(Number),
    /// Register a connection, in place of what is being registered.
    Register(Number, Arc<Allocation>, Duration),
    /// The token that was used last is not good any more.
    RefuseToken,
    /// Tell the program.
    Tell(NotificationEvent),
    /// Nothing will come any more.
    End(Option<Error>),
}
