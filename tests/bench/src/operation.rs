//! What is measured, and whom it asks.

use std::error::Error;

use clap::{Args, ValueEnum};

use crate::bodies;

pub(crate) type Outcome<T = ()> = Result<T, Box<dyn Error + Send + Sync>>;

/// A request that is made over and over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Operation {
    Send,
    Get,
    Create,
    /// Adds 200 participants.
    Add,
    /// Lists a page of 200 participants.
    Participants,
    /// Lists a page of 200 messages.
    Messages,
}

/// Whom requests go to, and whose they are.
#[derive(Args, Clone, Debug)]
pub(crate) struct Target {
    /// Where the service listens.
    pub(crate) endpoint: String,
    #[arg(long, default_value = bodies::TOKEN, hide_default_value = true)]
    pub(crate) token: String,
    #[arg(long, default_value = bodies::THREAD, hide_default_value = true)]
    pub(crate) thread: String,
}
