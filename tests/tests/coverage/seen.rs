//! What of the documents is in answers.

use std::collections::BTreeSet;

use chat_tests::documents::{DOCUMENTS, document, resolved};
use serde_json::{Value, json};

/// What the emulator has answered: `Schema/field` of each field, and `Schema: value` of each value
/// of an enum, as the documents name them.
#[derive(Debug, Default)]
pub(crate) struct Seen(pub(crate) BTreeSet<String>);

impl Seen {
    /// Takes in an answer of success of an operation.
    pub(crate) fn answer(&mut self, operation: &str, answer: &Value) {
        for name in DOCUMENTS {
            let document = document(name);
            let paths = document["paths"].as_object().unwrap().values();
            let found = paths.flat_map(|item| item.as_object().unwrap().values());
            for node in found.filter(|node| node["operationId"] == operation) {
                for (_, answer_node) in successes(node) {
                    let schema = &answer_node["content"]["application/json"]["schema"];
                    self.value(&document, schema, answer);
                }
            }
        }
    }

    /// Takes in a value of an enum that the emulator knows, by whatever it has done with it.
    pub(crate) fn if_known(&mut self, is_known: bool, schema: &str, value: &str) {
        if is_known {
            self.0.insert(format!("{schema}: {value}"));
        }
    }

    fn value(&mut self, document: &Value, schema: &Value, value: &Value) {
        for part in schema["allOf"].as_array().into_iter().flatten() {
            self.value(document, part, value);
        }
        if schema["discriminator"].is_object() {
            let name = schema["discriminator"]["propertyName"].as_str().unwrap();
            let kind = value[name].as_str().unwrap_or_default();
            let reference = &schema["discriminator"]["mapping"][kind];
            self.value(document, &json!({ "$ref": reference }), value);
        }
        let name = schema["$ref"]
            .as_str()
            .and_then(|name| name.rsplit('/').next());
        let Some(name) = name else {
            match value {
                Value::Array(items) => {
                    items
                        .iter()
                        .for_each(|item| self.value(document, &schema["items"], item));
                }
                Value::Object(fields) => fields.iter().for_each(|(field, value)| {
                    self.value(document, &schema["properties"][field], value);
                }),
                _ => {}
            }
            return;
        };
        let schema = resolved(document, schema);
        if schema.get("x-extensible-enum").is_some() {
            self.0
                .insert(format!("{name}: {}", value.as_str().unwrap_or_default()));
        }
        for (field, value) in value.as_object().into_iter().flatten() {
            if !value.is_null() && schema["properties"].get(field).is_some() {
                self.0.insert(format!("{name}/{field}"));
            }
        }
        self.value(document, schema, value);
    }
}

/// The answers of success of an operation.
fn successes(node: &Value) -> impl Iterator<Item = (&String, &Value)> {
    let answers = node["responses"].as_object().into_iter().flatten();
    answers.filter(|(status, _)| status.starts_with('2'))
}

/// Everything that answers of success may have, in the form of [`Seen`].
pub(crate) fn documented() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for name in DOCUMENTS {
        let document = document(name);
        for item in document["paths"].as_object().unwrap().values() {
            for node in item.as_object().unwrap().values() {
                for (_, answer) in successes(node) {
                    let schema = &answer["content"]["application/json"]["schema"];
                    within(&document, schema, &mut found);
                }
            }
        }
    }
    found
}

fn within(document: &Value, schema: &Value, found: &mut BTreeSet<String>) {
    for key in ["allOf", "anyOf", "oneOf"] {
        let parts = schema[key].as_array().into_iter().flatten();
        parts.for_each(|part| within(document, part, found));
    }
    within_fields(document, schema, found);
    let name = schema["$ref"]
        .as_str()
        .and_then(|name| name.rsplit('/').next());
    let Some(name) = name else { return };
    let schema = resolved(document, schema);
    let values = schema["x-extensible-enum"].as_array().into_iter().flatten();
    found.extend(
        values
            .filter_map(Value::as_str)
            .map(|value| format!("{name}: {value}")),
    );
    let fields = schema["properties"].as_object().into_iter().flatten();
    let fields: Vec<_> = fields.map(|(field, _)| format!("{name}/{field}")).collect();
    let is_new = fields.iter().any(|field| !found.contains(field));
    found.extend(fields);
    if is_new || schema["properties"].is_null() {
        within(document, schema, found);
    }
}

fn within_fields(document: &Value, schema: &Value, found: &mut BTreeSet<String>) {
    if schema["items"].is_object() {
        within(document, &schema["items"], found);
    }
    for (_, field) in schema["properties"].as_object().into_iter().flatten() {
        within(document, field, found);
    }
}
