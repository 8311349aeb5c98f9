//! Refuses schemas whose generated types would fail on what the service may answer, would show a
//! secret, or would bring in a crate the project does not use.

use serde_json::{Map, Value};

use crate::{pointer::Pointer, refusal::Refusal, render::handwritten, walk};

/// The types and the formats that have a Rust type which is known to be right.
const FORMATS: &[(&str, &[&str])] = &[
    ("array", &[]),
    ("boolean", &[]),
    ("integer", &["int32", "int64"]),
    ("object", &[]),
    ("string", &["date-time", "password", "uri"]),
];

/// The formats whose type is the project's own. The generator compares the rest of the schema with
/// the one it is told to replace, and where they differ takes chrono or plain text instead.
const REPLACED: &[&str] = &["date-time", "password"];

/// What may stand beside a replaced format without making a difference.
const BESIDE_REPLACED: &[&str] = &[
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
/// fields, and types and formats that are not known to be right.
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
    if schema.contains_key("enum") {
        let reason = "a closed enum would refuse new values; use `x-extensible-enum`";
        return refuse("enum", reason.into());
    }
    if schema.get("additionalProperties") == Some(&Value::Bool(false)) {
        let reason = "would refuse the fields of newer versions";
        return refuse("additionalProperties", reason.into());
    }
    if is_handwritten(pointer) {
        return Ok(());
    }
    for key in ["x-extensible-enum", "oneOf", "anyOf"] {
        if schema.contains_key(key) {
            let reason = format!("`{key}` needs a named schema with a handwritten type");
            return refuse(key, reason);
        }
    }
    if schema.contains_key("$ref") {
        return Ok(());
    }
    // What is within a map may be anything.
    if schema.is_empty() && pointer.segments().last() == Some(&"additionalProperties") {
        return Ok(());
    }
    match schema.get("allOf").and_then(Value::as_array) {
        Some(parts) if parts.len() == 1 => Ok(()),
        Some(_) => refuse("allOf", "needs exactly one part, which it describes".into()),
        None => check_type(pointer, schema),
    }
}

fn is_handwritten(pointer: &Pointer) -> bool {
    match pointer.segments()[..] {
        ["components", "schemas", name] => handwritten::is_handwritten(name),
        _ => false,
    }
}

/// Bytes are a body, and nothing that JSON could hold.
fn is_of_a_body(pointer: &Pointer) -> bool {
    matches!(pointer.segments()[..], [.., "content", _, "schema"])
}

fn check_type(pointer: &Pointer, schema: &Map<String, Value>) -> Result<(), Refusal> {
    let text = |key: &str| schema.get(key).and_then(Value::as_str);
    let kind = text("type")
        .ok_or_else(|| Refusal::new(pointer, "neither a type nor a reference to one"))?;
    let Some((_, formats)) = FORMATS.iter().find(|(known, _)| *known == kind) else {
        let reason = format!("no Rust type is known for `{kind}`");
        return Err(Refusal::new(&pointer.child("type"), reason));
    };
    let Some(format) = text("format") else {
        return Ok(());
    };
    if (kind, format) == ("string", "binary") && is_of_a_body(pointer) {
        return Ok(());
    }
    if !formats.contains(&format) {
        let reason = format!("no Rust type is known for `{kind}` in format `{format}`");
        return Err(Refusal::new(&pointer.child("format"), reason));
    }
    let stranger = schema
        .keys()
        .find(|key| REPLACED.contains(&format) && !BESIDE_REPLACED.contains(&key.as_str()));
    match stranger {
        Some(key) => {
            let reason = format!("beside `{format}` it would make another type of it");
            Err(Refusal::new(&pointer.child(key), reason))
        }
        None => Ok(()),
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
    fn a_composition_that_does_more_than_describe_is_refused() {
        let thing = json!({"$ref": "#/components/schemas/Thing"});

        assert_eq!(
            refused(check, COUNT, json!({"allOf": [thing, thing]})),
            format!("{COUNT}/allOf: needs exactly one part, which it describes")
        );
    }

    #[test]
    fn what_would_bring_chrono_in_is_refused_with_its_place() {
        assert_eq!(
            refused(check, COUNT, json!({"type": "string", "format": "date"})),
            format!("{COUNT}/format: no Rust type is known for `string` in format `date`")
        );
        for key in ["x-note", "nullable"] {
            let mut schema = json!({"type": "string", "format": "date-time"});
            schema[key] = json!(true);

            assert_eq!(
                refused(check, COUNT, schema),
                format!("{COUNT}/{key}: beside `date-time` it would make another type of it")
            );
        }
    }

    #[test]
    fn what_would_show_a_secret_is_refused() {
        assert_eq!(
            refused(
                check,
                COUNT,
                json!({"type": "string", "format": "password", "x-note": 1})
            ),
            format!("{COUNT}/x-note: beside `password` it would make another type of it")
        );
    }

    #[test]
    fn a_schema_whose_type_is_not_known_is_refused() {
        assert_eq!(
            refused(check, COUNT, json!({"format": "date-time"})),
            format!("{COUNT}: neither a type nor a reference to one")
        );
        assert_eq!(
            refused(check, COUNT, json!({"type": "number"})),
            format!("{COUNT}/type: no Rust type is known for `number`")
        );
        assert_eq!(
            refused(check, COUNT, json!({"type": "string", "format": "uuid"})),
            format!("{COUNT}/format: no Rust type is known for `string` in format `uuid`")
        );
    }

    #[test]
    fn bytes_are_taken_as_a_body_and_not_within_json() {
        let bytes = json!({"type": "string", "format": "binary"});
        let mut edited = document();
        edited["paths"]["/things/{id}"]["get"]["responses"]["200"]["content"] =
            json!({"image/png": {"schema": bytes}});
        check(&edited).unwrap();

        assert_eq!(
            refused(check, COUNT, bytes),
            format!("{COUNT}/format: no Rust type is known for `string` in format `binary`")
        );
    }

    #[test]
    fn a_map_of_anything_is_taken() {
        let mut edited = document();
        edited["components"]["schemas"]["Thing"]["properties"]["count"] =
            json!({"type": "object", "additionalProperties": {}});
        check(&edited).unwrap();
    }
}
