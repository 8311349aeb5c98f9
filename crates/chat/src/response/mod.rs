//! A result, and what came with it: what `send_with_info()` of every operation gives.

mod head;

use std::sync::Arc;

use bytes::Bytes;
use uuid::Uuid;

use crate::models::RetryInfo;
pub(crate) use head::ResponseHead;

/// The result of an operation, and what is known of the response it came with.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/scene.rs"));
/// # async fn example(Scene { thread, .. }: Scene) -> Done {
/// let response = thread.properties().send_with_info().await?;
/// assert_eq!(response.info().status(), Some(200));
/// assert_eq!(response.value().topic(), "Lunch");
/// let properties = response.into_value();
/// # Ok(()) }
/// # fn main() -> Done { run(example) }
/// ```
#[derive(Clone, Debug)]
pub struct Response<T> {
    value: T,
    info: ResponseInfo,
}

impl<T> Response<T> {
    pub(crate) fn new(value: T, info: ResponseInfo) -> Self {
        Self { value, info }
    }

    pub(crate) fn value_mut(&mut self) -> &mut T {
        &mut self.value
    }

    /// Counts what further requests of the same call took.
    pub(crate) fn count(&mut self, further: RetryInfo) {
        self.info.retry_info.add(further);
    }

    /// What came with the result.
    #[must_use]
    pub fn info(&self) -> &ResponseInfo {
        &self.info
    }

    /// The result.
    #[must_use]
    pub fn value(&self) -> &T {
        &self.value
    }

    /// The result, by value.
    #[must_use]
    pub fn into_value(self) -> T {
        self.value
    }

    /// Both.
    #[must_use]
    pub fn into_parts(self) -> (T, ResponseInfo) {
        (self.value, self.info)
    }
}

/// What came with the result of a call, or a page of a list. Of a call that took several requests
/// it is what came with the last, and [`retry_info`](Self::retry_info) speaks of all.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/scene.rs"));
/// # async fn example(Scene { thread, .. }: Scene) -> Done {
/// let response = thread.properties().keep_raw().send_with_info().await?;
/// let info = response.info();
/// println!("request {}, MS-CV {:?}", info.client_request_id(), info.ms_cv());
/// assert_eq!(info.retry_info().attempts(), 1);
/// assert!(info.raw_json().is_some_and(|json| json.contains(r#""topic":"Lunch""#)));
/// # Ok(()) }
/// # fn main() -> Done { run(example) }
/// ```
#[derive(Clone, Default)]
pub struct ResponseInfo {
    pub(crate) head: Option<Arc<ResponseHead>>,
    pub(crate) client_request_id: Uuid,
    pub(crate) retry_info: RetryInfo,
    pub(crate) body: Option<Bytes>,
}

impl ResponseInfo {
    /// The HTTP status; nothing if the call needed no request.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        Some(self.head.as_ref()?.status)
    }

    /// The response's `MS-CV`, which the service's support asks for.
    #[must_use]
    pub fn ms_cv(&self) -> Option<&str> {
        self.head.as_ref()?.ms_cv.as_deref()
    }

    /// The response's `x-ms-request-id`, if the service gave one.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.head.as_ref()?.request_id.as_deref()
    }

    /// The `x-ms-client-request-id` that went out with the request.
    #[must_use]
    pub fn client_request_id(&self) -> Uuid {
        self.client_request_id
    }

    /// How many requests were made, and how long the library waited.
    #[must_use]
    pub fn retry_info(&self) -> RetryInfo {
        self.retry_info
    }

    /// The body as it was received, if `keep_raw()` asked for that: JSON, with fields that this
    /// version does not know too.
    #[must_use]
    pub fn raw_json(&self) -> Option<&str> {
        std::str::from_utf8(self.body.as_deref()?).ok()
    }
}

impl std::fmt::Debug for ResponseInfo {
    /// Does not show the body, which may hold messages.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ResponseInfo")
            .field("head", &self.head)
            .field("client_request_id", &self.client_request_id)
            .field("retry_info", &self.retry_info)
            .finish_non_exhaustive()
    }
}
