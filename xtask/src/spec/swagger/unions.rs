//! What inherits from a schema with a discriminator, as a union.

use serde_json::{Map, Value, json};

use super::{entries, short};
use crate::{pointer::Pointer, refusal::Refusal};

/// Makes each schema with a discriminator the union of those that inherit from it, and gives these
/// the fields that they inherit.
pub(super) fn join(schemas: &mut Map<String, Value>, definitions: &Value) -> Result<(), Refusal> {
    for (name, definition) in entries(definitions) {
        let Some(discriminator) = definition["discriminator"].as_str() else {
            continue;
        };
        let place = Pointer::root().child("definitions").child(name);
        let base = schemas.get(short(name)).cloned().unwrap_or_default();
        let reference = format!("#/definitions/{name}");
        let (mut parts, mut mapping) = (Vec::new(), Map::new());
        for (heir, definition) in entries(definitions) {
            let mut parents = definition["allOf"].as_array().into_iter().flatten();
            if !parents.any(|parent| parent["$ref"] == *reference) {
                continue;
            }
            let value = definition["x-ms-discriminator-value"]
                .as_str()
                .unwrap_or(short(heir));
            let target = format!("#/components/schemas/{}", short(heir));
            mapping.insert(value.to_owned(), target.clone().into());
            parts.push(json!({"$ref": target}));
            if let Some(schema) = schemas.get_mut(short(heir)) {
                inherit(schema, &base);
            }
        }
        if parts.is_empty() {
            return Err(Refusal::new(
                &place.child("discriminator"),
                "nothing inherits from it",
            ));
        }
        let mut union = json!({
            "anyOf": parts,
            "discriminator": {"propertyName": discriminator, "mapping": mapping},
        });
        if let Some(description) = definition.get("description") {
            union["description"] = description.clone();
        }
        schemas.insert(short(name).to_owned(), union);
    }
    Ok(())
}

/// Gives a schema what its parent has, in the place of the reference to it.
fn inherit(schema: &mut Value, parent: &Value) {
    let Some(schema) = schema.as_object_mut() else {
        return;
    };
    schema.remove("allOf");
    schema.insert("type".to_owned(), "object".into());
    let own = schema.remove("properties").unwrap_or_else(|| json!({}));
    let mut properties = parent["properties"]
        .as_object()
        .cloned()
        .unwrap_or_default();
    properties.extend(own.as_object().cloned().unwrap_or_default());
    schema.insert("properties".to_owned(), properties.into());
    let mut required = parent["required"].as_array().cloned().unwrap_or_default();
    let own = schema.remove("required");
    required.extend(
        own.and_then(|own| own.as_array().cloned())
            .unwrap_or_default(),
    );
    if !required.is_empty() {
        schema.insert("required".to_owned(), required.into());
    }
}
