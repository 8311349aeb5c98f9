//! Refuses schemas whose generated types would fail on what the service may answer, or would
//! bring in a crate the project does not use.

use serde_json::{Map, Value};

use super::walk;
use crate::{pointer::Pointer, refusal::Refusal, render::handwritten};

/// What may stand beside `format: date-time`: the generator compares the rest of the schema with
/// the one it is told to replace, and takes chrono where they differ.
const BESIDE_DATE_TIME: &[&str] = &[
    "deprecated",
    "description",
    "example",
    "format",
    "readOnly",
    "title",
    "type",
    "writeOnly",
];

/// Refuses closed enums, open enums and unions without a handwritten type, objects closed to new
/// fields, and dates that would be chrono's.
pub(super) fn check(document: &Value) -> Result<(), Refusal> {
    let mut refused = None;
    walk::schemas_mut(&mut document.clone(), &mut |pointer, schema| {
        if refused.is_none() {
            refused = check_schema(pointer, schema).err();
        }
    });
    refused.map_or(Ok(()), Err)
}

fn check_schema(pointer: &Pointer, schema: &Map<String, Value>) -> Result<(), Refusal> {
    let refuse = |key: &str, reason: String| Err(Refusal::new(&pointer.child(key), reason));
    let has_handwritten_type = match pointer.segments()[..] {
        ["components", "schemas", name] => handwritten::is_handwritten(name),
        _ => false,
    };
    if schema.contains_key("enum") {
        return refuse(
            "enum",
            "a closed enum would refuse new values; use `x-extensible-enum`".into(),
        );
    }
    for key in ["x-extensible-enum", "oneOf", "anyOf"] {
        if schema.contains_key(key) && !has_handwritten_type {
            return refuse(
                key,
                format!("`{key}` needs a named schema with a handwritten type"),
            );
        }
    }
    if schema.get("additionalProperties") == Some(&Value::Bool(false)) {
        return refuse(
            "additionalProperties",
            "would refuse the fields of newer versions".into(),
        );
    }
    match schema.get("format").and_then(Value::as_str) {
        Some("date") => refuse("format", "a date would be chrono's".into()),
        Some("date-time") => {
            let stranger = schema
                .keys()
                .find(|key| !BESIDE_DATE_TIME.contains(&key.as_str()));
            stranger.map_or(Ok(()), |key| {
                refuse(
                    key,
                    format!("`{key}` beside `date-time` would make it chrono's"),
                )
            })
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{
        super::testing::{document, refused},
        *,
    };

    const COUNT: &str = "#/components/schemas/Thing/properties/count";

    #[test]
    fn schemas_that_can_be_lowered_are_taken() {
        check(&document()).unwrap();
    }

    #[test]
    fn a_closed_enum_is_refused_with_its_place() {
        assert_eq!(
            refused(check, COUNT, json!({"type": "string", "enum": ["one"]})),
            format!("{COUNT}/enum: a closed enum would refuse new values; use `x-extensible-enum`")
        );
    }

    #[test]
    fn an_open_enum_without_a_handwritten_type_is_refused() {
        let schema = json!({"type": "string", "x-extensible-enum": ["one"]});
        let reason = "`x-extensible-enum` needs a named schema with a handwritten type";

        assert_eq!(
            refused(check, COUNT, schema.clone()),
            format!("{COUNT}/x-extensible-enum: {reason}")
        );
        assert_eq!(
            refused(check, "#/components/schemas/Stranger", schema),
            format!("#/components/schemas/Stranger/x-extensible-enum: {reason}")
        );
    }

    #[test]
    fn an_open_enum_with_a_handwritten_type_is_taken() {
        let mut edited = document();
        edited["components"]["schemas"]["ChatMessageType"] =
            json!({"type": "string", "x-extensible-enum": ["text"]});

        check(&edited).unwrap();
    }

    #[test]
    fn a_union_without_a_handwritten_type_is_refused() {
        let union = json!([{"type": "string"}]);

        assert_eq!(
            refused(check, COUNT, json!({"oneOf": union})),
            format!("{COUNT}/oneOf: `oneOf` needs a named schema with a handwritten type")
        );
        assert_eq!(
            refused(check, COUNT, json!({"anyOf": union})),
            format!("{COUNT}/anyOf: `anyOf` needs a named schema with a handwritten type")
        );
    }

    #[test]
    fn an_object_that_is_closed_to_new_fields_is_refused() {
        assert_eq!(
            refused(
                check,
                COUNT,
                json!({"type": "object", "additionalProperties": false})
            ),
            format!("{COUNT}/additionalProperties: would refuse the fields of newer versions")
        );
    }

    #[test]
    fn what_would_bring_chrono_in_is_refused_with_its_place() {
        assert_eq!(
            refused(check, COUNT, json!({"type": "string", "format": "date"})),
            format!("{COUNT}/format: a date would be chrono's")
        );
        assert_eq!(
            refused(
                check,
                COUNT,
                json!({"type": "string", "format": "date-time", "x-note": 1})
            ),
            format!("{COUNT}/x-note: `x-note` beside `date-time` would make it chrono's")
        );
        assert_eq!(
            refused(
                check,
                COUNT,
                json!({"type": "string", "format": "date-time", "nullable": true})
            ),
            format!("{COUNT}/nullable: `nullable` beside `date-time` would make it chrono's")
        );
    }
}
