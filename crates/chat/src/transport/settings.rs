//! What callers can set for all requests of a client.

use std::time::Duration;

use super::retry::RetryOptions;
use crate::governor::RateGovernor;

/// How long a call may take in all, unless the caller says otherwise.
const TIMEOUT: Duration = Duration::from_secs(2 * 60);

/// How long one request may take, unless the caller says otherwise.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(60);

/// The largest response that is read, unless the caller says otherwise: a page holds at most 200
/// messages of about 28 KB, which JSON may write twice as long.
const MAX_RESPONSE_BYTES: usize = 16 * 1024 * 1024;

/// What callers can set for all requests of a client.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    pub(super) allow_insecure_http: bool,
    pub(super) timeout: Duration,
    pub(super) attempt_timeout: Duration,
    pub(super) max_response_bytes: usize,
    pub(super) retry: RetryOptions,
    pub(super) governor: Option<RateGovernor>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            allow_insecure_http: false,
            timeout: TIMEOUT,
            attempt_timeout: ATTEMPT_TIMEOUT,
            max_response_bytes: MAX_RESPONSE_BYTES,
            retry: RetryOptions::exponential(),
            governor: None,
        }
    }
}
