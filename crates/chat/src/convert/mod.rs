//! Between the wire and the models: the only place that looks into the generated types.

pub(crate) mod identifier;
#[cfg(feature = "identity")]
pub(crate) mod identity;
pub(crate) mod page;
pub(crate) mod request;
pub(crate) mod response;
mod wire;
