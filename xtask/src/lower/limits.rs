//! Drops limits and defaults.
//!
//! A limit would become a type that refuses what is outside of it, and so would fail the decoding
//! of an answer on the day the service moves the limit; a default would be sent where the caller
//! said nothing. Both are the service's to apply. The document keeps them for its readers.

use serde_json::Value;

use crate::walk;

const LIMITS: &[&str] = &[
    "default",
    "exclusiveMaximum",
    "exclusiveMinimum",
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
    "uniqueItems",
];

/// Drops the limits and defaults of every schema.
pub(super) fn drop_all(document: &mut Value) {
    walk::schemas_mut(document, &mut |_, schema| {
        schema.retain(|key, _| !LIMITS.contains(&key.as_str()));
    });
}

#[cfg(test)]
mod tests {
    use super::{super::testing::document, *};

    #[test]
    fn limits_go_and_a_property_named_like_one_stays() {
        let mut lowered = document();

        drop_all(&mut lowered);

        assert_eq!(
            lowered["components"]["schemas"]["Thing"]["properties"],
            serde_json::json!({
                "count": {"type": "integer", "format": "int32"},
                "default": {"type": "string"},
                "made": {"type": "string", "format": "date-time"},
                "parts": {"type": "array", "items": {"$ref": "#/components/schemas/Thing"}}
            })
        );
        assert_eq!(
            lowered["paths"]["/things/{id}"]["patch"]["parameters"][1]["schema"],
            serde_json::json!({"type": "integer", "format": "int32"})
        );
    }
}
