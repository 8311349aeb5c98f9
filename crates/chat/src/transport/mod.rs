//! The one way every request takes to the service.
//!
//! [`send`] carries out an [`OperationRequest`]: it asks the governor, gets a token, makes
//! the request ([`attempt`]), reads the response or the [`failure`], and repeats the request where
//! that is safe ([`retry`]), all before one [`Deadline`].

mod attempt;
mod authorization;
mod body;
mod call;
mod choice;
mod connections;
mod deadline;
mod error_body;
mod failure;
mod request;
mod retry;
mod retry_after;
mod send;
mod service_time;
mod settings;
mod telemetry;
mod watched;

pub(crate) use attempt::RestResult;
#[cfg(feature = "realtime")]
pub(crate) use attempt::head as response_head;
pub(crate) use authorization::Authorization;
pub(crate) use body::Body;
pub(crate) use call::{Call, Pipeline};
pub(crate) use choice::{TransportChoice, transport_setters};
pub use connections::{Transport, TransportBuilder};
pub(crate) use deadline::Deadline;
pub(crate) use request::{OperationRequest, PathId};
pub use retry::RetryOptions;
pub(crate) use send::send;

/// What reads the service's responses, for those who feed it.
#[cfg(any(fuzzing, test))]
pub(crate) mod inputs {
    pub(crate) use super::error_body::read as error_body;
    pub(crate) use super::retry_after::read as retry_after;
    pub(crate) use super::service_time::read as date;
}
