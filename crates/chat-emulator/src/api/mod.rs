//! The service without its sockets: a request in, an answer out, at once.

pub(crate) mod condition;
pub(crate) mod dispatch;
pub(crate) mod handlers;
pub(crate) mod headers;
pub(crate) mod operation;
pub(crate) mod origin;
pub(crate) mod paging;
pub(crate) mod rate_limits;
pub(crate) mod repeatability;
pub(crate) mod request;
pub(crate) mod route;
pub(crate) mod service;
#[cfg(test)]
mod tests;
pub(crate) mod thread_events;
