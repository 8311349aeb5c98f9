//! What a recorded call was given: as recorded where its body was, as its answer tells otherwise.

use std::collections::BTreeMap;

use chat::models::{ChatParticipant, CommunicationIdentifier, FailedParticipant};
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::Exchange;

/// A user for calls of which nothing is known.
const SOMEBODY: &str = "8:acs:res_somebody";

/// A text of the body.
pub(super) fn text<'a>(exchange: &'a Exchange, name: &str) -> Option<&'a str> {
    exchange.request.body.as_ref()?[name].as_str()
}

/// The metadata of the body.
pub(super) fn metadata(exchange: &Exchange) -> BTreeMap<String, String> {
    let metadata = exchange
        .request
        .body
        .as_ref()
        .map(|body| body["metadata"].clone());
    let metadata = metadata.filter(|metadata| !metadata.is_null());
    metadata
        .map(|metadata| serde_json::from_value(metadata).expect("a map of texts"))
        .unwrap_or_default()
}

/// The start time of the query.
pub(super) fn start_time(exchange: &Exchange) -> Option<OffsetDateTime> {
    exchange
        .request
        .parameter("startTime")
        .map(|text| time(&text))
}

fn time(text: &str) -> OffsetDateTime {
    OffsetDateTime::parse(text, &Rfc3339).expect("a time of RFC 3339")
}

/// The identifier which is the body.
pub(super) fn identifier(exchange: &Exchange) -> CommunicationIdentifier {
    let body = exchange.request.body.as_ref();
    CommunicationIdentifier::from_raw_id(body.map_or(SOMEBODY, raw_id))
}

fn raw_id(identifier: &Value) -> &str {
    let id = identifier["rawId"]
        .as_str()
        .or(identifier["communicationUser"]["id"].as_str());
    id.expect("an identifier")
}

/// The participants of the body; where it was not recorded, the first one who could not be added.
pub(super) fn participants(exchange: &Exchange) -> Vec<ChatParticipant> {
    if let Some(body) = &exchange.request.body {
        let recorded = body["participants"].as_array();
        return recorded.into_iter().flatten().map(participant).collect();
    }
    let errors = exchange
        .response
        .body
        .as_ref()
        .and_then(|body| body.get("invalidParticipants"));
    let target = errors.and_then(|errors| errors[0]["target"].as_str());
    let id = CommunicationIdentifier::from_raw_id(target.unwrap_or(SOMEBODY));
    vec![ChatParticipant::new(id).with_display_name("Somebody")]
}

fn participant(recorded: &Value) -> ChatParticipant {
    let id = match raw_id(&recorded["communicationIdentifier"]) {
        // What it was recorded as is no raw id; the nested object said what it is.
        id if id.contains(':') => CommunicationIdentifier::from_raw_id(id),
        id => chat::models::CommunicationUserIdentifier::new(id).into(),
    };
    let mut participant = ChatParticipant::new(id);
    if let Some(name) = recorded["displayName"].as_str() {
        participant = participant.with_display_name(name);
    }
    if let Some(shared) = recorded["shareHistoryTime"].as_str() {
        participant = participant.with_share_history_time(time(shared));
    }
    participant
}

/// Those who failed are those who were given, whole.
///
/// # Panics
/// When they are not.
pub(super) fn assert_failed(given: &[ChatParticipant], failed: &[FailedParticipant]) {
    for failed in failed {
        assert!(given.contains(failed.participant()), "{failed:?}");
        let raw_id = failed.participant().identifier().raw_id();
        assert_eq!(failed.error().target(), Some(raw_id));
    }
}
