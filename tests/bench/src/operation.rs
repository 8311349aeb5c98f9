//! What is measured.

use clap::ValueEnum;

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
