//! Lets `null` stand for a list or a map that may be missing.
//!
//! Where a list or a map may be missing, the generator makes one that is empty by default, and
//! such a field refuses `null`: one `"metadata": null` would fail the page it comes in, and one
//! `"invalidParticipants": null` would lose the thread that was created. Marked as nullable the
//! field becomes an `Option`, which takes both; and a request can then say that something is empty.
//! Other fields that may be missing are `Option`s as it is.

use serde_json::{Map, Value};

use crate::walk;

/// Marks the lists and maps that are not required as nullable.
pub(super) fn allow(document: &mut Value) {
    walk::schemas_mut(document, &mut |_, schema| {
        let required = schema.get("required").cloned().unwrap_or_default();
        let is_required = |name: &str| {
            let mut names = required.as_array().into_iter().flatten();
            names.any(|required| required == name)
        };
        let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
        for (name, property) in properties.into_iter().flatten() {
            if let Some(property) = property.as_object_mut()
                && is_list_or_map(property)
                && !is_required(name)
            {
                property.insert("nullable".to_owned(), Value::Bool(true));
            }
        }
    });
}

fn is_list_or_map(schema: &Map<String, Value>) -> bool {
    match schema.get("type").and_then(Value::as_str) {
        Some("array") => true,
        Some("object") => schema.contains_key("additionalProperties"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{super::testing::document, *};

    #[test]
    fn lists_and_maps_that_may_be_missing_may_be_null_and_nothing_else() {
        let mut lowered = document();
        let map = json!({"type": "object", "additionalProperties": {"type": "string"}});
        let list = json!({"type": "array", "items": {"type": "string"}});
        lowered["components"]["schemas"]["Thing"] = json!({
            "type": "object",
            "required": ["names"],
            "properties": {
                "count": {"type": "integer", "format": "int32"},
                "names": list,
                "notes": map,
                "part": {"type": "object", "properties": {"others": list}},
                "parts": list,
            }
        });

        allow(&mut lowered);

        let (mut nullable_map, mut nullable_list) = (map, list.clone());
        nullable_map["nullable"] = json!(true);
        nullable_list["nullable"] = json!(true);
        assert_eq!(
            lowered["components"]["schemas"]["Thing"]["properties"],
            json!({
                "count": {"type": "integer", "format": "int32"},
                "names": list,
                "notes": nullable_map,
                "part": {"type": "object", "properties": {"others": nullable_list}},
                "parts": nullable_list,
            })
        );
    }
}
