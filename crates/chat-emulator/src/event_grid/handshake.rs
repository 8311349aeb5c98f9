//! The question that comes before all events: whether the endpoint wants them.

use bytes::Bytes;
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::Full;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use crate::store::timestamp::Timestamp;

use super::client::{Answer, Client};
use super::event::{Source, event_time};
use super::request;
use super::retry::Outcome;
use super::subscription::{EventGridSchema, Settings};

/// Who asks, as CloudEvents have it.
const ORIGIN: &str = "eventgrid.azure.net";
const REQUEST_ORIGIN: &str = "webhook-request-origin";
const ALLOWED_ORIGIN: &str = "webhook-allowed-origin";

/// What the endpoint has said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Validated,
    /// Nothing that makes sense yet: it may still have to start.
    AskAgain(Outcome),
    /// Something else than yes.
    Refused(String),
}

/// Asks the endpoint at `now`, by the handshake of its schema.
pub(super) async fn ask(
    client: &Client,
    settings: &Settings,
    source: &Source,
    now: Timestamp,
) -> Verdict {
    let code = Uuid::new_v4().to_string();
    let request = match settings.schema {
        EventGridSchema::EventGrid => validation_event(settings, source, &code, now),
        EventGridSchema::CloudEvents => options(settings),
    };
    match client.send(request).await {
        Err(outcome) => Verdict::AskAgain(outcome),
        Ok(answer) if answer.status.is_server_error() => {
            Verdict::AskAgain(Outcome::Answered(answer.status.as_u16()))
        }
        Ok(answer) => match settings.schema {
            EventGridSchema::EventGrid => validation_response(&answer, &code),
            EventGridSchema::CloudEvents => allowed_origin(answer.status, &answer.headers),
        },
    }
}

fn validation_event(
    settings: &Settings,
    source: &Source,
    code: &str,
    now: Timestamp,
) -> Request<Full<Bytes>> {
    let event = json!([{
        "id": Uuid::new_v4().to_string(),
        "topic": source.as_str(),
        "subject": "",
        "data": { "validationCode": code },
        "eventType": "Microsoft.EventGrid.SubscriptionValidationEvent",
        "eventTime": event_time(now),
        "metadataVersion": "1",
        "dataVersion": "2",
    }]);
    request::post(
        settings,
        "SubscriptionValidation",
        0,
        "2",
        event.to_string(),
    )
}

fn options(settings: &Settings) -> Request<Full<Bytes>> {
    let mut request = Request::new(Full::default());
    *request.method_mut() = Method::OPTIONS;
    *request.uri_mut() = settings.endpoint.uri().clone();
    let origin = http::HeaderValue::from_static(ORIGIN);
    request.headers_mut().insert(REQUEST_ORIGIN, origin);
    request
}

#[derive(Debug, Deserialize)]
struct ValidationResponse {
    #[serde(rename = "validationResponse", alias = "ValidationResponse")]
    code: String,
}

fn validation_response(answer: &Answer, code: &str) -> Verdict {
    let refused = |reason: String| Verdict::Refused(reason);
    if answer.status != StatusCode::OK {
        return refused(format!(
            "the validation event was answered with {} instead of 200",
            answer.status.as_u16()
        ));
    }
    match serde_json::from_slice::<ValidationResponse>(&answer.body) {
        Ok(response) if response.code == code => Verdict::Validated,
        Ok(_) => refused("the validation response is not the code that was sent".to_owned()),
        Err(_) => {
            refused("the answer to the validation event has no validation response".to_owned())
        }
    }
}

fn allowed_origin(status: StatusCode, headers: &HeaderMap) -> Verdict {
    if !status.is_success() {
        return Verdict::Refused(format!(
            "the OPTIONS request was answered with {}",
            status.as_u16()
        ));
    }
    let allowed = headers.get(ALLOWED_ORIGIN).map(|value| value.as_bytes());
    match allowed {
        Some(b"*") => Verdict::Validated,
        Some(origin) if origin.eq_ignore_ascii_case(ORIGIN.as_bytes()) => Verdict::Validated,
        Some(_) => Verdict::Refused("WebHook-Allowed-Origin names another origin".to_owned()),
        None => Verdict::Refused("the answer to OPTIONS has no WebHook-Allowed-Origin".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &'static str) -> Answer {
        Answer {
            status: StatusCode::from_u16(status).unwrap(),
            headers: HeaderMap::new(),
            body: body.into(),
        }
    }

    #[test]
    fn only_the_code_that_was_sent_with_200_validates() {
        let good = answer(200, r#"{"validationResponse":"c","more":1}"#);
        assert_eq!(validation_response(&good, "c"), Verdict::Validated);
        for bad in [
            answer(202, r#"{"validationResponse":"c"}"#),
            answer(200, r#"{"validationResponse":"d"}"#),
            answer(200, "c"),
            answer(200, ""),
            answer(404, ""),
        ] {
            let verdict = validation_response(&bad, "c");
            assert!(matches!(verdict, Verdict::Refused(_)), "{verdict:?}");
        }
    }

    #[test]
    fn only_this_origin_or_any_validates() {
        let headers = |origin: &str| {
            HeaderMap::from_iter([(ALLOWED_ORIGIN.parse().unwrap(), origin.parse().unwrap())])
        };
        for origin in ["*", ORIGIN, "EventGrid.azure.net"] {
            let verdict = allowed_origin(StatusCode::OK, &headers(origin));
            assert_eq!(verdict, Verdict::Validated, "{origin}");
        }
        for (status, headers) in [
            (StatusCode::OK, headers("other.example")),
            (StatusCode::OK, HeaderMap::new()),
            (StatusCode::METHOD_NOT_ALLOWED, headers("*")),
        ] {
            let verdict = allowed_origin(status, &headers);
            assert!(matches!(verdict, Verdict::Refused(_)), "{verdict:?}");
        }
    }
}
