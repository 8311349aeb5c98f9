//! A mocked service for tests of single requests.
//!
//! A [`MockService`] answers from a script and keeps every request, so that a test can say what was
//! sent, to the letter, and how often. A [`RawService`] writes bytes of its own to the connection,
//! for answers that no HTTP server would give.

mod answer;
mod fixtures;
mod raw;
mod request;
mod service;

pub use answer::Answer;
pub use fixtures::{
    ACCESS_KEY, CONTENT, MESSAGE, MESSAGES_PATH, OTHER_THREAD, THREAD, THREAD_IN_PATH, TOKEN,
    TOPIC, message, messages, read_receipt, thread, thread_item, user,
};
pub use raw::{RawService, Then};
pub use request::ReceivedRequest;
pub use service::MockService;

/// An HTTP client that trusts no certificate: reading those of the system takes a thousand times as
/// long as making the client without, and no test here speaks TLS.
pub fn plain_http() -> reqwest::ClientBuilder {
    reqwest::Client::builder().tls_certs_only([])
}
