//! Whether a value is as its schema says.
//!
//! Stricter than a validator of JSON schema: a field that the schema does not name, and a value that
//! an open enum does not list, are what a mistake in an example looks like. And it keeps which
//! fields it has come upon.

use std::collections::BTreeSet;

use serde_json::{Map, Value};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use crate::{
    pointer::{self, Pointer},
    refusal::Refusal,
};

/// Checks values against schemas of one document.
pub(super) struct Validator<'a> {
    document: &'a Value,
    problems: Vec<Refusal>,
    seen: BTreeSet<Pointer>,
}

impl<'a> Validator<'a> {
    pub(super) fn new(document: &'a Value) -> Self {
        Self {
            document,
            problems: Vec::new(),
            seen: BTreeSet::new(),
        }
    }

    pub(super) fn problem(&mut self, at: &Pointer, reason: impl Into<String>) {
        self.problems.push(Refusal::new(at, reason));
    }

    /// Whether a value had the field that stands there in a schema.
    pub(super) fn has_seen(&self, field: &Pointer) -> bool {
        self.seen.contains(field)
    }

    pub(super) fn into_problems(self) -> Vec<Refusal> {
        self.problems
    }

    /// Holds `value`, which stands at `at`, against the schema that stands at `schema`.
    pub(super) fn check(&mut self, schema: &Pointer, value: &Value, at: &Pointer) {
        let place = pointer::followed(self.document, schema);
        let Some(schema) = place.find(self.document) else {
            return self.problem(at, format!("there is no schema at {place}"));
        };
        for key in ["allOf", "anyOf", "oneOf"] {
            if let Some(parts) = schema.get(key).and_then(Value::as_array) {
                let one = match key {
                    "allOf" => None,
                    _ => Some(chosen(schema, parts, value)),
                };
                for index in 0..parts.len() {
                    if one.is_none_or(|one| one == Some(index)) {
                        self.check(&place.child(key).child(index.to_string()), value, at);
                    }
                }
                if one == Some(None) {
                    self.problem(at, format!("none of `{key}` fits"));
                }
            }
        }
        match (schema["type"].as_str(), value) {
            (Some("object"), Value::Object(value)) => self.object(&place, schema, value, at),
            (Some("array"), Value::Array(items)) => {
                for (index, item) in items.iter().enumerate() {
                    self.check(&place.child("items"), item, &at.child(index.to_string()));
                }
            }
            (Some("string"), Value::String(text)) => self.text(schema, text, at),
            (Some("integer"), Value::Number(number)) if number.is_i64() => {}
            (Some("number"), Value::Number(_)) | (Some("boolean"), Value::Bool(_)) | (None, _) => {}
            (Some(kind), _) => self.problem(at, format!("not of the type `{kind}`")),
        }
        self.limits(schema, value, at);
    }

    fn object(
        &mut self,
        place: &Pointer,
        schema: &Value,
        value: &Map<String, Value>,
        at: &Pointer,
    ) {
        let required = schema["required"].as_array().into_iter().flatten();
        for name in required.filter_map(Value::as_str) {
            if !value.contains_key(name) {
                self.problem(at, format!("`{name}` is required"));
            }
        }
        for (name, value) in value {
            let at = at.child(name);
            let field = place.child("properties").child(name);
            if field.find(self.document).is_some() {
                self.check(&field, value, &at);
                self.seen.insert(field);
            } else if schema
                .get("additionalProperties")
                .is_some_and(Value::is_object)
            {
                self.check(&place.child("additionalProperties"), value, &at);
            } else {
                self.problem(&at, "the schema names no such field");
            }
        }
    }

    fn text(&mut self, schema: &Value, text: &str, at: &Pointer) {
        if let Some(known) = schema["x-extensible-enum"].as_array()
            && !known.iter().any(|value| value == text)
        {
            self.problem(at, format!("`{text}` is none of the known values"));
        }
        let is_well_formed = match schema["format"].as_str() {
            Some("date-time") => OffsetDateTime::parse(text, &Rfc3339).is_ok(),
            Some("uri") => text.split_once("://").is_some_and(|(scheme, rest)| {
                !rest.is_empty() && scheme.chars().all(|char| char.is_ascii_lowercase())
            }),
            _ => true,
        };
        if !is_well_formed {
            self.problem(
                at,
                format!("no {}", schema["format"].as_str().unwrap_or_default()),
            );
        }
    }

    fn limits(&mut self, schema: &Value, value: &Value, at: &Pointer) {
        let (least, most, size) = match value {
            Value::Number(number) => ("minimum", "maximum", number.as_i64()),
            Value::String(text) => ("minLength", "maxLength", size(text.chars().count())),
            Value::Array(items) => ("minItems", "maxItems", size(items.len())),
            _ => return,
        };
        let limit = |key: &str| schema[key].as_i64();
        let too_small = limit(least)
            .zip(size)
            .is_some_and(|(limit, size)| size < limit);
        let too_large = limit(most)
            .zip(size)
            .is_some_and(|(limit, size)| size > limit);
        for (key, is_out) in [(least, too_small), (most, too_large)] {
            if is_out {
                self.problem(at, format!("out of its `{key}`"));
            }
        }
    }
}

fn size(count: usize) -> Option<i64> {
    i64::try_from(count).ok()
}

/// Which part of a union a value says it is, by its discriminator.
fn chosen(schema: &Value, parts: &[Value], value: &Value) -> Option<usize> {
    let discriminator = &schema["discriminator"];
    let kind = value[discriminator["propertyName"].as_str()?].as_str()?;
    let target = &discriminator["mapping"][kind];
    parts.iter().position(|part| part["$ref"] == *target)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn problems(schema: Value, value: Value) -> Vec<String> {
        let document = json!({"components": {"schemas": {
            "One": schema,
            "Two": {"type": "object", "properties": {"kind": {"type": "string"}}},
        }}});
        let place = Pointer::root()
            .child("components")
            .child("schemas")
            .child("One");
        let mut validator = Validator::new(&document);
        validator.check(&place, &value, &Pointer::root());
        let problems = validator.into_problems();
        problems.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn what_is_as_its_schema_says_is_taken() {
        for (schema, value) in [
            (
                json!({"type": "string", "format": "date-time"}),
                json!("2025-03-17T10:00:00Z"),
            ),
            (
                json!({"type": "string", "format": "uri"}),
                json!("https://host/path"),
            ),
            (
                json!({"type": "string", "x-extensible-enum": ["a"]}),
                json!("a"),
            ),
            (
                json!({"type": "integer", "minimum": 1, "maximum": 1}),
                json!(1),
            ),
            (json!({"type": "boolean"}), json!(true)),
            (
                json!({"type": "object", "additionalProperties": {"type": "string"}}),
                json!({"a": "b"}),
            ),
            (
                json!({"type": "array", "items": {"type": "integer"}, "maxItems": 2}),
                json!([1, 2]),
            ),
            (
                json!({"allOf": [{"$ref": "#/components/schemas/Two"}]}),
                json!({"kind": "two"}),
            ),
        ] {
            assert_eq!(problems(schema, value), Vec::<String>::new());
        }
    }

    #[test]
    fn what_is_not_is_named_with_its_place() {
        let object =
            json!({"type": "object", "required": ["a"], "properties": {"a": {"type": "boolean"}}});
        for (schema, value, problem) in [
            (
                json!({"type": "string", "format": "date-time"}),
                json!("today"),
                "#: no date-time",
            ),
            (
                json!({"type": "string", "format": "uri"}),
                json!("path"),
                "#: no uri",
            ),
            (
                json!({"type": "string", "x-extensible-enum": ["a"]}),
                json!("b"),
                "#: `b` is none of the known values",
            ),
            (
                json!({"type": "integer"}),
                json!(1.5),
                "#: not of the type `integer`",
            ),
            (
                json!({"type": "integer", "minimum": 1}),
                json!(0),
                "#: out of its `minimum`",
            ),
            (
                json!({"type": "integer", "maximum": 1}),
                json!(2),
                "#: out of its `maximum`",
            ),
            (
                json!({"type": "string", "maxLength": 1}),
                json!("ab"),
                "#: out of its `maxLength`",
            ),
            (
                json!({"type": "array", "maxItems": 0, "items": {}}),
                json!([1]),
                "#: out of its `maxItems`",
            ),
            (object.clone(), json!({}), "#: `a` is required"),
            (
                object.clone(),
                json!({"a": 1}),
                "#/a: not of the type `boolean`",
            ),
            (
                object,
                json!({"a": true, "b": 1}),
                "#/b: the schema names no such field",
            ),
        ] {
            assert_eq!(problems(schema, value), [problem]);
        }
    }

    #[test]
    fn a_union_is_told_by_its_discriminator() {
        let union = json!({
            "anyOf": [{"$ref": "#/components/schemas/Two"}],
            "discriminator": {"propertyName": "kind", "mapping": {"two": "#/components/schemas/Two"}},
        });
        assert_eq!(
            problems(union.clone(), json!({"kind": "two"})),
            Vec::<String>::new()
        );
        assert_eq!(
            problems(union, json!({"kind": "three"})),
            ["#: none of `anyOf` fits"]
        );
    }
}
