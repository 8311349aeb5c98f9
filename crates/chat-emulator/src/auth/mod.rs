//! Who sends a request: signed with the access key, or with a user's token.

pub(crate) mod hmac;
pub(crate) mod keys;
pub(crate) mod token;
