//! The published examples of events, and how what is delivered is held against them.

use bytes::Bytes;
use chat_emulator::EventGridSchema;
use serde_json::{Map, Value};

const FILE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../shared/wire/eventgrid.json"
);

/// The examples by type.
#[derive(Debug)]
pub(crate) struct Published(Map<String, Value>);

/// The examples, if they are there.
pub(crate) fn read() -> Option<Published> {
    let text = std::fs::read(FILE).ok()?;
    Some(Published(serde_json::from_slice(&text).unwrap()))
}

/// The events of deliveries as they came.
pub(crate) fn events(deliveries: &[Bytes]) -> Vec<Value> {
    let bodies = deliveries
        .iter()
        .map(|body| serde_json::from_slice(body).unwrap());
    bodies
        .flat_map(|body| match body {
            Value::Array(events) => events,
            event => vec![event],
        })
        .collect()
}

impl Published {
    /// Both have the same keys, types and forms of texts.
    pub(crate) fn compare(&self, delivered: &Value, schema: EventGridSchema) {
        let (type_key, example_key) = match schema {
            EventGridSchema::CloudEvents => ("type", "exampleCloudEvent"),
            _ => ("eventType", "exampleEventGrid"),
        };
        let event_type = delivered[type_key].as_str().unwrap();
        let example = &self.0[event_type][example_key][0];
        assert_eq!(shape("", delivered), shape("", example), "{event_type}");
    }
}

/// The value with every number and every text replaced by its form.
fn shape(name: &str, value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let fields = fields
                .iter()
                .map(|(name, value)| (name.clone(), shape(name, value)));
            fields.collect::<Map<_, _>>().into()
        }
        Value::Array(items) => items.iter().map(|item| shape(name, item)).collect(),
        Value::String(text) => form(name, text).into(),
        Value::Number(_) => "a number".into(),
        Value::Bool(_) | Value::Null => value.clone(),
    }
}

fn form(name: &str, text: &str) -> String {
    match name {
        // What never changes, or names the type.
        "type" | "eventType" | "dataVersion" | "metadataVersion" | "specversion" => text.to_owned(),
        "subject" => {
            let parts = text.split('/').map(|part| match part.split_once(':') {
                Some(("19", _)) => "a thread",
                Some(("8", _)) => "a user",
                _ => part,
            });
            parts.collect::<Vec<_>>().join("/")
        }
        "topic" | "source" if text.starts_with('/') => {
            let names = [
                "subscriptions",
                "resourceGroups",
                "resourcegroups",
                "providers",
            ];
            let names = names
                .into_iter()
                .chain(["Microsoft.Communication", "communicationServices"]);
            let names: Vec<_> = names
                .chain(["microsoft.communication", "communicationservices"])
                .collect();
            let parts = text.split('/');
            let parts = parts.map(|part| {
                if names.contains(&part) {
                    part
                } else {
                    "a name"
                }
            });
            parts.collect::<Vec<_>>().join("/")
        }
        name if name.ends_with("ime") => time(name, text),
        "transactionId" => format!("{} parts", text.split('.').count()),
        "messageId" => format!("digits: {}", text.bytes().all(|byte| byte.is_ascii_digit())),
        _ => "a text".to_owned(),
    }
}

/// A time's zone, and whether it has all digits of its second. How many there are of a time whose zeros are cut off is
/// up to chance.
fn time(name: &str, text: &str) -> String {
    let (seconds, zone) = text.split_at(text.find(['Z', '+']).unwrap());
    let digits = seconds
        .split_once('.')
        .map_or(0, |(_, digits)| digits.len());
    let exact = zone == "+00:00" && name != "composeTime";
    format!("{} {zone} {}", seconds.len() > 18, exact && digits != 7)
}
