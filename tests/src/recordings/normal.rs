//! One form for what can be written in several ways.

use serde_json::{Map, Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Fields that say the same empty as missing.
const EMPTY_IS_MISSING: [&str; 5] = [
    "attachments",
    "details",
    "invalidParticipants",
    "metadata",
    "participants",
];

/// The JSON in one form: times in UTC and without needless zeros, identifiers with both raw id and
/// id, and nothing in place of null or of an empty list.
pub(super) fn normal(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(normal).collect(),
        Value::Object(fields) => match identifier(fields) {
            Some(identifier) => identifier,
            None => object(fields),
        },
        other => other.clone(),
    }
}

fn object(fields: &Map<String, Value>) -> Value {
    let mut normalised = Map::new();
    for (name, value) in fields {
        let value = match value {
            Value::Null => continue,
            value if EMPTY_IS_MISSING.contains(&name.as_str()) && is_empty(value) => continue,
            Value::String(text) if is_time(name) => Value::String(time(text)),
            value => normal(value),
        };
        normalised.insert(name.clone(), value);
    }
    Value::Object(normalised)
}

fn identifier(fields: &Map<String, Value>) -> Option<Value> {
    let raw_id = fields.get("rawId").and_then(Value::as_str);
    let id = fields
        .get("communicationUser")
        .and_then(|user| user["id"].as_str())
        .or(raw_id.filter(|raw_id| raw_id.starts_with("8:acs:")))?;
    Some(user(raw_id.unwrap_or(id), id))
}

/// The identifier of a communication user, in one form.
pub(super) fn user(raw_id: &str, id: &str) -> Value {
    json!({ "rawId": raw_id, "communicationUser": { "id": id } })
}

fn is_empty(value: &Value) -> bool {
    value.as_array().is_some_and(Vec::is_empty) || value.as_object().is_some_and(Map::is_empty)
}

/// Whether a field of that name is a time.
pub(super) fn is_time(name: &str) -> bool {
    name.ends_with("On") || name.ends_with("Time")
}

/// A time in one form.
///
/// # Panics
/// When it is none.
pub(super) fn time(text: &str) -> String {
    let time = OffsetDateTime::parse(text, &Rfc3339).expect("a time of RFC 3339");
    written(time)
}

/// A time in one form.
pub(super) fn written(time: OffsetDateTime) -> String {
    let utc = time.to_offset(time::UtcOffset::UTC);
    utc.format(&Rfc3339).expect("a time that can be written")
}
