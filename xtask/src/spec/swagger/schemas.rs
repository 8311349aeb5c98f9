//! Schemas.

use serde_json::{Map, Value, json};

use super::{entries, short};
use crate::{pointer::Pointer, refusal::Refusal};

/// What is said of a schema in the same words.
const KEPT: &[&str] = &[
    "default",
    "description",
    "format",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "pattern",
    "readOnly",
    "required",
    "title",
    "type",
    "uniqueItems",
    "exclusiveMaximum",
    "exclusiveMinimum",
];

/// What has no meaning here: `additionalProperties` that are refused, and what is for other readers.
const DROPPED: &[&str] = &["discriminator", "example", "externalDocs", "xml"];

/// Converts a schema. An enum within it becomes one of `enums`; a `named` one stays where it is.
pub(super) fn convert(
    pointer: &Pointer,
    schema: &Value,
    named: bool,
    enums: &mut Map<String, Value>,
) -> Result<Value, Refusal> {
    let Some(schema) = schema.as_object() else {
        return Err(Refusal::new(pointer, "no schema"));
    };
    if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
        return Ok(reference_to(reference, schema));
    }
    if let Some(values) = schema.get("enum") {
        return Ok(open_enum(schema, values, named, enums));
    }
    let mut converted = Map::new();
    for (key, value) in schema {
        let here = pointer.child(key);
        match key.as_str() {
            "properties" => {
                let mut properties = Map::new();
                for (name, property) in entries(value) {
                    let property = convert(&here.child(name), property, false, enums)?;
                    properties.insert(name.clone(), property);
                }
                converted.insert(key.clone(), properties.into());
            }
            "items" => {
                converted.insert(key.clone(), convert(&here, value, false, enums)?);
            }
            "additionalProperties" => match value {
                // The service has added fields before: nothing is closed here.
                Value::Bool(false) => {}
                Value::Bool(true) => {
                    converted.insert(key.clone(), json!({}));
                }
                schema => {
                    converted.insert(key.clone(), convert(&here, schema, false, enums)?);
                }
            },
            "allOf" => {
                let parts = value.as_array().into_iter().flatten().enumerate();
                let parts = parts.map(|(index, part)| {
                    convert(&here.child(index.to_string()), part, false, enums)
                });
                converted.insert(key.clone(), parts.collect::<Result<Vec<_>, _>>()?.into());
            }
            "x-nullable" if *value == true => {
                converted.insert("nullable".to_owned(), true.into());
            }
            "x-ms-secret" if *value == true => {
                converted.insert("format".to_owned(), "password".into());
            }
            key if KEPT.contains(&key) => {
                converted.insert(key.to_owned(), value.clone());
            }
            key if key.starts_with("x-") || DROPPED.contains(&key) => {}
            key => return Err(Refusal::new(&here, format!("`{key}` has no meaning here"))),
        }
    }
    if schema.get("type") == Some(&json!("file")) {
        converted.insert("type".to_owned(), "string".into());
        converted.insert("format".to_owned(), "binary".into());
    }
    if !converted.contains_key("type") && converted.contains_key("properties") {
        converted.insert("type".to_owned(), "object".into());
    }
    Ok(converted.into())
}

/// A reference; with a description beside it, as it is written here.
fn reference_to(reference: &str, schema: &Map<String, Value>) -> Value {
    let name = reference.rsplit('/').next().unwrap_or(reference);
    let reference = json!({"$ref": format!("#/components/schemas/{}", short(name))});
    let mut beside = Map::new();
    for key in ["description", "readOnly"] {
        beside.extend(schema.get(key).map(|value| (key.to_owned(), value.clone())));
    }
    if beside.is_empty() {
        return reference;
    }
    beside.insert("allOf".to_owned(), json!([reference]));
    beside.into()
}

/// An open enum: the service may add values to each, whether its document says so or not.
fn open_enum(
    schema: &Map<String, Value>,
    values: &Value,
    named: bool,
    enums: &mut Map<String, Value>,
) -> Value {
    let description = schema.get("description").cloned();
    let mut open = json!({"type": "string", "x-extensible-enum": values});
    if let Some(description) = &description {
        open["description"] = description.clone();
    }
    let name = schema
        .get("x-ms-enum")
        .and_then(|named| named["name"].as_str());
    let Some(name) = name.filter(|_| !named) else {
        return open;
    };
    enums.insert(name.to_owned(), open);
    let mut used = json!({"allOf": [{"$ref": format!("#/components/schemas/{name}")}]});
    if let Some(description) = description {
        used["description"] = description;
    }
    used
}
