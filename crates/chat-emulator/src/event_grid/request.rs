//! Requests to a webhook.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderName};
use http::{HeaderValue, Method, Request};
use http_body_util::Full;
use serde_json::Value;

use super::event::Source;
use super::pending::Pending;
use super::subscription::{EventGridSchema, Settings};

/// The name of the subscription, which the service writes in upper case.
const SUBSCRIPTION: &str = "CHAT-EMULATOR";

/// A delivery of these events.
pub(super) fn delivery(
    settings: &Settings,
    source: &Source,
    batch: &[Pending],
) -> Request<Full<Bytes>> {
    let events = batch
        .iter()
        .map(|pending| pending.event.envelope(settings.schema, source));
    let mut events: Vec<Value> = events.collect();
    let body = match (settings.schema, settings.batched()) {
        (EventGridSchema::CloudEvents, false) => events.pop().unwrap_or_default(),
        _ => events.into(),
    };
    let attempts = batch.iter().map(|pending| pending.attempts).max();
    let attempts = attempts.unwrap_or_default();
    let mut request = post(settings, "Notification", attempts, "1.0", body.to_string());
    for (name, value) in &settings.headers {
        request.headers_mut().append(name, value.clone());
    }
    request
}

/// A request of one of Event Grid's kinds.
pub(super) fn post(
    settings: &Settings,
    kind: &'static str,
    attempts: u32,
    data_version: &'static str,
    body: String,
) -> Request<Full<Bytes>> {
    let content_type = match (settings.schema, settings.batched()) {
        (EventGridSchema::EventGrid, _) => "application/json; charset=utf-8",
        (EventGridSchema::CloudEvents, false) => "application/cloudevents+json; charset=utf-8",
        (EventGridSchema::CloudEvents, true) => "application/cloudevents-batch+json; charset=utf-8",
    };
    let mut request = Request::new(Full::from(body));
    *request.method_mut() = Method::POST;
    *request.uri_mut() = settings.endpoint.uri().clone();
    let headers = request.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    let mut add = |name: &'static str, value: HeaderValue| {
        headers.insert(HeaderName::from_static(name), value);
    };
    add(
        "aeg-subscription-name",
        HeaderValue::from_static(SUBSCRIPTION),
    );
    add("aeg-delivery-count", attempts.into());
    add("aeg-event-type", HeaderValue::from_static(kind));
    if settings.schema == EventGridSchema::EventGrid {
        add("aeg-data-version", HeaderValue::from_static(data_version));
        add("aeg-metadata-version", HeaderValue::from_static("1"));
    }
    request
}
