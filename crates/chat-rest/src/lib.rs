#![doc = include_str!("../README.md")]

// The generated code names the types of this crate from the outside.
extern crate self as chat_rest;

mod body;
mod chat_error;
mod date_time;
mod decode;
mod download;
mod follow;
mod interceptor;
pub mod notifications;
mod open_enum;
mod operation;
mod path;
mod retention_policy;
mod secret;
#[cfg(test)]
mod testing;

#[allow(
    clippy::all,
    missing_docs,
    unreachable_pub,
    reason = "generated; see `cargo xtask generate`"
)]
#[rustfmt::skip]
#[path = "generated/chat.rs"]
pub mod chat;

#[allow(
    clippy::all,
    missing_docs,
    unreachable_pub,
    reason = "generated; see `cargo xtask generate`"
)]
#[rustfmt::skip]
#[path = "generated/identity.rs"]
pub mod identity;

pub use body::{ReadBodyError, read_body};
pub use chat_error::ChatError;
pub use date_time::{DateTime, ParseDateTimeError};
pub(crate) use decode::decode;
pub use download::DOWNLOAD_ATTACHMENT;
pub use interceptor::{BodyTooLarge, InterceptError, Interceptor};
pub use open_enum::{
    ChatAttachmentType, ChatMessageType, CommunicationCloudEnvironment,
    CommunicationIdentifierModelKind, RetentionPolicyKind, TokenScope,
};
pub use operation::{Operation, Repeat};
pub use path::{IdError, check_id};
pub(crate) use path::{encode_id, join};
pub use progenitor_client::{Error, ResponseValue};
pub use retention_policy::ChatRetentionPolicy;
pub use secret::Secret;
