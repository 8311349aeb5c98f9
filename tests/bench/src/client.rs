//! Who makes the requests.

use clap::ValueEnum;

use crate::by_hand;
use crate::library;
use crate::operation::{Operation, Outcome, Target};

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    /// reqwest and serde, no more than it takes.
    ByHand,
    /// As by hand, with a timeout, a request id, encoded ids, and the head of the response kept.
    ByHandComplete,
    /// The library as it comes.
    Chat,
}

pub(crate) enum Client {
    ByHand(by_hand::Client),
    Library(library::Client),
}

impl Client {
    pub(crate) fn new(kind: Kind, target: &Target) -> Outcome<Self> {
        Ok(match kind {
            Kind::Chat => Self::Library(library::Client::new(target)?),
            Kind::ByHand => Self::ByHand(by_hand::Client::new(target, false)?),
            Kind::ByHandComplete => Self::ByHand(by_hand::Client::new(target, true)?),
        })
    }

    /// Makes so many requests, one after the other.
    pub(crate) async fn repeat(&self, operation: Operation, count: u32) -> Outcome {
        match self {
            Self::ByHand(client) => client.repeat(operation, count).await,
            Self::Library(client) => client.repeat(operation, count).await,
        }
    }
}
