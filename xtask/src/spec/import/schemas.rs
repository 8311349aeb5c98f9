//! Schemas: the project's with what is published of them, and those that are new.

use serde_json::{Map, Value, json};

use super::mark;

/// What is published decides these, where it says something.
const PUBLISHED: &[&str] = &[
    "type",
    "format",
    "default",
    "maxItems",
    "maxLength",
    "maximum",
    "minItems",
    "minLength",
    "minimum",
    "pattern",
    "nullable",
];

/// Fields that are published as required, and that may be missing here, each with the reason.
const MAY_BE_MISSING: &str = "x-may-be-missing";

/// Fields that are published and not in the document, each with the reason.
const LEFT_OUT: &str = "x-left-out";

/// What a schema is in all, which is published or not at all.
const STRUCTURE: &[&str] = &["$ref", "allOf", "anyOf", "discriminator"];

/// A schema where it is used. Descriptions are the project's to write.
pub(super) fn used(theirs: &Value) -> Value {
    let mut schema = theirs.clone();
    if let (Some(entries), Some(parts)) = (schema.as_object_mut(), theirs["allOf"].as_array())
        && let [part] = parts.as_slice()
        && part.get("$ref").is_some()
    {
        entries.clear();
        entries.insert("$ref".to_owned(), part["$ref"].clone());
    }
    schema
}

/// A schema or a field that the project has. `at` is its name, for what is decided.
pub(super) fn merge(own: &Value, theirs: &Value, at: &str, notes: &mut Vec<String>) -> Value {
    let mut merged = own.clone();
    let Some(entries) = merged.as_object_mut() else {
        return fresh(theirs);
    };
    let is_other = |key: &str| theirs.get(key).is_some_and(|value| *value != own[key]);
    if own.get("type").is_some() && (is_other("type") || is_other("format")) {
        notes.push(format!(
            "{at}: of another type now: its description and its examples are as they were"
        ));
    }
    for key in PUBLISHED {
        if let Some(value) = theirs.get(*key) {
            entries.insert((*key).to_owned(), value.clone());
        }
    }
    if let Some(target) = reference(theirs) {
        if reference(own) != Some(target) {
            STRUCTURE.iter().for_each(|key| drop(entries.remove(*key)));
            entries.insert("allOf".to_owned(), json!([{ "$ref": target }]));
        }
    } else {
        for key in STRUCTURE {
            match theirs.get(*key) {
                Some(value) => drop(entries.insert((*key).to_owned(), in_order(&own[*key], value))),
                None => drop(entries.remove(*key)),
            }
        }
    }
    if let Some(values) = theirs.get("x-extensible-enum") {
        let values = in_order(&own["x-extensible-enum"], values);
        entries.insert("x-extensible-enum".to_owned(), values);
    }
    for key in ["items", "additionalProperties"] {
        match (own.get(key), theirs.get(key)) {
            (Some(own), Some(theirs)) => {
                drop(entries.insert(key.to_owned(), merge(own, theirs, at, notes)))
            }
            (None, Some(theirs)) => drop(entries.insert(key.to_owned(), fresh_within(theirs))),
            _ => drop(entries.remove(key)),
        }
    }
    if own.get("properties").is_some() || theirs.get("properties").is_some() {
        entries.insert("properties".to_owned(), properties(own, theirs, at, notes));
        match required(own, theirs, at, notes) {
            required if required.is_empty() => drop(entries.remove("required")),
            required => drop(entries.insert("required".to_owned(), required.into())),
        }
    }
    merged
}

fn reference(schema: &Value) -> Option<&str> {
    let described = match schema["allOf"].as_array().map(Vec::as_slice) {
        Some([part]) => part,
        _ => schema,
    };
    described["$ref"].as_str()
}

/// A list with the same elements as `theirs`, those of `own` first and in their order.
fn in_order(own: &Value, theirs: &Value) -> Value {
    let (Some(own), Some(theirs)) = (own.as_array(), theirs.as_array()) else {
        return theirs.clone();
    };
    let kept = own.iter().filter(|value| theirs.contains(value));
    let new = theirs.iter().filter(|value| !own.contains(value));
    kept.chain(new).cloned().collect::<Vec<_>>().into()
}

fn properties(own: &Value, theirs: &Value, at: &str, notes: &mut Vec<String>) -> Value {
    let mut merged = Map::new();
    for (name, field) in theirs["properties"].as_object().into_iter().flatten() {
        let field = match own["properties"].get(name) {
            Some(own) => merge(own, field, &format!("{at}/{name}"), notes),
            None if own[LEFT_OUT].get(name).is_some() => {
                notes.push(format!("{at}/{name}: left out, as `{LEFT_OUT}` says"));
                continue;
            }
            None => fresh(field),
        };
        merged.insert(name.clone(), field);
    }
    merged.into()
}

/// The fields that are always there, but for those that the project does not rely on.
fn required(own: &Value, theirs: &Value, at: &str, notes: &mut Vec<String>) -> Vec<Value> {
    let list = |schema: &Value| schema["required"].as_array().cloned().unwrap_or_default();
    let published = in_order(&list(own).into(), &list(theirs).into());
    let mut published = published.as_array().cloned().unwrap_or_default();
    published.retain(|name| {
        let name = name.as_str().unwrap_or_default();
        let may_be_missing = own[MAY_BE_MISSING].get(name).is_some();
        if may_be_missing {
            notes.push(format!(
                "{at}/{name}: may be missing, as `{MAY_BE_MISSING}` says"
            ));
        }
        !may_be_missing && own[LEFT_OUT].get(name).is_none()
    });
    published
}

/// A schema or a field that is new, with marks where something is to be written.
pub(super) fn fresh(theirs: &Value) -> Value {
    let mut schema = fresh_within(theirs);
    if let Some(target) = schema.get("$ref").cloned() {
        schema = json!({"allOf": [{ "$ref": target }]});
    }
    mark(&mut schema, "description", &theirs["description"]);
    schema
}

/// The same where no description is needed.
fn fresh_within(theirs: &Value) -> Value {
    let mut schema = theirs.clone();
    let fields = theirs["properties"].as_object();
    for (name, field) in fields.into_iter().flatten() {
        schema["properties"][name] = fresh(field);
    }
    if let Some(items) = theirs.get("items") {
        schema["items"] = fresh_within(items);
    }
    schema
}
