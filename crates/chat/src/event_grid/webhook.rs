//! The endpoint that Event Grid posts to.

use std::fmt;

use http::{HeaderMap, HeaderName, Response, StatusCode, Uri, header};
use serde_json::{Value, json};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::event::{Event, ReadEventsError};

const VALIDATION: &str = "Microsoft.EventGrid.SubscriptionValidationEvent";

/// Receives what Event Grid sends to an endpoint of yours: handshakes and deliveries of both
/// schemas.
///
/// It works with any web framework: hand it the request's target, headers and body. Event Grid
/// knows no signature: whoever knows the endpoint can post to it, so give the subscription a secret,
/// in the query of the endpoint's URL or in a header ("delivery properties"), and the same to this
/// type. Requests without it are refused.
///
/// ```
/// use chat::event_grid::{Delivery, Webhook};
/// use http::{HeaderMap, HeaderName, HeaderValue, Uri};
///
/// let name = HeaderName::from_static("x-webhook-secret");
/// let webhook = Webhook::with_header_secret(name.clone(), "s3cret");
/// let target = Uri::from_static("/events");
/// let mut headers = HeaderMap::new();
/// assert!(webhook.receive(&target, &headers, b"[]").is_err());
///
/// headers.insert(name, HeaderValue::from_static("s3cret"));
/// let delivery = webhook.receive(&target, &headers, b"[]")?;
/// assert!(matches!(delivery, Delivery::Events(events) if events.is_empty()));
/// # Ok::<(), chat::event_grid::DeliveryError>(())
/// ```
#[derive(Clone)]
pub struct Webhook {
    secret: Option<Secret>,
}

#[derive(Clone)]
struct Secret {
    place: Place,
    value: Zeroizing<String>,
}

#[derive(Clone)]
enum Place {
    Query(String),
    Header(HeaderName),
}

impl Webhook {
    /// A webhook whose URL has a query parameter `name` with the value `secret`.
    #[must_use]
    pub fn with_query_secret(name: impl Into<String>, secret: impl Into<String>) -> Self {
        Self::with_secret(Place::Query(name.into()), secret.into())
    }

    /// A webhook to which deliveries come with a header `name` of the value `secret`.
    ///
    /// Handshakes are answered without it: they give nobody the right to deliver, and nothing
    /// published says that Event Grid sends the header with them.
    #[must_use]
    pub fn with_header_secret(name: HeaderName, secret: impl Into<String>) -> Self {
        Self::with_secret(Place::Header(name), secret.into())
    }

    /// A webhook that takes requests from anybody: behind a gateway that checks them, or in tests.
    #[must_use]
    pub fn without_secret() -> Self {
        Self { secret: None }
    }

    fn with_secret(place: Place, value: String) -> Self {
        let value = Zeroizing::new(value);
        Self {
            secret: Some(Secret { place, value }),
        }
    }

    /// Reads one request, of whatever method. A handshake has an answer that must be sent back; after
    /// events answer with any status from 200 to 204, once they are handled or stored: Event Grid
    /// gives them up after 400, 401, 403 and 413, and delivers them again after any other and after 30
    /// seconds without an answer.
    ///
    /// # Errors
    /// When the secret is missing or wrong, and when the body is not what Event Grid sends;
    /// [`DeliveryError::status`] is the status to answer with.
    pub fn receive(
        &self,
        target: &Uri,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Result<Delivery, DeliveryError> {
        if let Some(secret) = &self.secret
            && let Place::Query(name) = &secret.place
            && !secret.is_in_query(name, target)
        {
            return Err(DeliveryError::Unauthorized);
        }
        if let Some(origin) = headers.get("webhook-request-origin") {
            let answer = Response::builder()
                .header("webhook-allowed-origin", origin)
                .header("webhook-allowed-rate", "*");
            return Ok(Delivery::Handshake(made(answer, String::new())));
        }
        let events = Event::read_all(body);
        if let Ok(events) = &events
            && let Some(code) = events.iter().find_map(validation_code)
        {
            let answer = Response::builder().header(header::CONTENT_TYPE, "application/json");
            let body = json!({ "validationResponse": code }).to_string();
            return Ok(Delivery::Handshake(made(answer, body)));
        }
        if let Some(secret) = &self.secret
            && let Place::Header(name) = &secret.place
            && !headers
                .get_all(name)
                .iter()
                .any(|given| secret.is(given.as_bytes()))
        {
            return Err(DeliveryError::Unauthorized);
        }
        Ok(Delivery::Events(events?))
    }
}

impl fmt::Debug for Webhook {
    /// Shows no secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Webhook").finish_non_exhaustive()
    }
}

impl Secret {
    fn is_in_query(&self, name: &str, target: &Uri) -> bool {
        let query = target.query().unwrap_or_default().as_bytes();
        url::form_urlencoded::parse(query)
            .any(|(given, value)| given == name && self.is(value.as_bytes()))
    }

    /// Compares in constant time, so that no one finds the secret byte by byte.
    fn is(&self, given: &[u8]) -> bool {
        self.value.as_bytes().ct_eq(given).into()
    }
}

/// What Event Grid asks to have sent back, where the event is that question.
fn validation_code(event: &Event) -> Option<&str> {
    let code = event.raw_data().get("validationCode");
    (event.event_type() == VALIDATION)
        .then(|| code.and_then(Value::as_str))
        .flatten()
}

/// The parts are a status and headers that came with a request, which can be sent.
fn made(answer: http::response::Builder, body: String) -> Response<String> {
    answer.body(body).unwrap_or_default()
}

/// What a request of Event Grid is.
///
/// ```
/// use chat::event_grid::{Delivery, Webhook};
/// use http::{HeaderMap, HeaderValue, Uri};
///
/// let webhook = Webhook::with_query_secret("code", "s3cret");
/// let target = Uri::from_static("/events?code=s3cret");
/// let mut headers = HeaderMap::new();
/// headers.insert("webhook-request-origin", HeaderValue::from_static("eventgrid.azure.net"));
/// match webhook.receive(&target, &headers, b"")? {
///     Delivery::Handshake(answer) => assert_eq!(answer.status(), 200), // Send it back.
///     Delivery::Events(events) => println!("{} events", events.len()),
/// }
/// # Ok::<(), chat::event_grid::DeliveryError>(())
/// ```
#[derive(Debug)]
pub enum Delivery {
    /// Event Grid asks whether the endpoint wants its events: this answer says yes.
    Handshake(Response<String>),
    /// Events, in no order; those that came before have the same [id](Event::id).
    Events(Vec<Event>),
}

/// A request was refused.
///
/// ```
/// use chat::event_grid::Webhook;
/// use http::{HeaderMap, Uri};
///
/// let webhook = Webhook::with_query_secret("code", "s3cret");
/// let target = Uri::from_static("/events?code=wrong");
/// let error = webhook.receive(&target, &HeaderMap::new(), b"[]").unwrap_err();
/// assert_eq!(error.status(), 401); // Answer with this.
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DeliveryError {
    /// The secret is missing or wrong.
    #[error("the request does not have the webhook's secret")]
    Unauthorized,
    /// The body is not what Event Grid sends.
    #[error(transparent)]
    Unreadable(#[from] ReadEventsError),
}

impl DeliveryError {
    /// The status to answer with. Event Grid repeats no delivery after 400 or 401: it gives the events
    /// up, to the dead letters if there is a place for them.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::Unreadable(_) => StatusCode::BAD_REQUEST,
        }
    }
}
