//! What the mocked service answers.

use httpmock::HttpMockResponse;
use serde_json::Value;

use crate::documents::version;

/// An answer of the mocked service.
#[derive(Clone, Debug)]
pub struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
}

impl Answer {
    /// An answer without a body. One of success has the header that the service gives each.
    #[must_use]
    pub fn status(status: u16) -> Self {
        let answer = Self::of_gateway(status);
        match status {
            200..=299 => answer.header("api-supported-versions", version("chat")),
            _ => answer,
        }
    }

    /// An answer of somebody on the way to the service.
    #[must_use]
    pub fn of_gateway(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: String::new(),
        }
    }

    /// An answer in JSON, as the service writes it.
    #[must_use]
    pub fn json(status: u16, body: &Value) -> Self {
        Self::status(status)
            .header("content-type", "application/json; charset=utf-8")
            .body(body.to_string())
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Sets the body, whatever it is.
    #[must_use]
    pub fn body(mut self, body: impl Into<String>) -> Self {
        self.body = body.into();
        self
    }

    pub(super) fn response(&self) -> HttpMockResponse {
        let response = HttpMockResponse::builder()
            .status(self.status)
            .headers(self.headers.clone());
        match self.body.is_empty() {
            true => response.no_body().build(),
            false => response.body(self.body.clone()).build(),
        }
    }
}
