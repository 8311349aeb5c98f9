//! Which schema of the published document is which one of the project's, whatever their names.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::pointer::{self, Pointer};

/// The names of published schemas, and those of the project's.
pub(super) type Names = BTreeMap<String, String>;

/// Pairs what stands at `theirs` in `new` with what stands at `ours` in `old`, and all that is
/// within it.
pub(super) fn pair(
    (old, ours): (&Value, &Pointer),
    (new, theirs): (&Value, &Pointer),
    names: &mut Names,
) {
    let ours = plain(old, ours);
    let theirs = plain(new, theirs);
    if let (["components", "schemas", our], ["components", "schemas", their]) =
        (&ours.segments()[..], &theirs.segments()[..])
    {
        if names.contains_key(*their) {
            return;
        }
        names.insert((*their).to_owned(), (*our).to_owned());
    }
    let (Some(was), Some(is)) = (ours.find(old), theirs.find(new)) else {
        return;
    };
    for name in is["properties"]
        .as_object()
        .into_iter()
        .flat_map(|fields| fields.keys())
    {
        let field = |place: &Pointer| place.child("properties").child(name);
        if was["properties"].get(name).is_some() {
            pair((old, &field(&ours)), (new, &field(&theirs)), names);
        }
    }
    for key in ["items", "additionalProperties"] {
        if was.get(key).is_some() && is.get(key).is_some() {
            pair((old, &ours.child(key)), (new, &theirs.child(key)), names);
        }
    }
    let mapping = |schema: &Value| schema["discriminator"]["mapping"].clone();
    let (before, now) = (mapping(was), mapping(is));
    for (kind, target) in now.as_object().into_iter().flatten() {
        let place = |target: &Value| Pointer::of_reference(target.as_str()?);
        if let (Some(our), Some(their)) = (place(&before[kind]), place(target)) {
            pair((old, &our), (new, &their), names);
        }
    }
}

/// Where a schema is that others may only refer to, or describe.
fn plain(document: &Value, place: &Pointer) -> Pointer {
    let place = pointer::followed(document, place);
    let parts = place
        .find(document)
        .and_then(|schema| schema["allOf"].as_array());
    match parts.map(Vec::len) {
        Some(1) => plain(document, &place.child("allOf").child("0")),
        _ => place,
    }
}

/// Gives the published schemas the names that the project has for them.
pub(super) fn rename(node: &mut Value, names: &Names) {
    const SCHEMAS: &str = "#/components/schemas/";
    match node {
        Value::Array(items) => items.iter_mut().for_each(|item| rename(item, names)),
        Value::Object(entries) => entries.values_mut().for_each(|value| rename(value, names)),
        Value::String(text) => {
            let their = text.strip_prefix(SCHEMAS);
            if let Some(our) = their.and_then(|their| names.get(their)) {
                *text = format!("{SCHEMAS}{our}");
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn schemas_are_paired_by_where_they_are_used() {
        let schemas = |root: &str, part: &str| {
            let reference = format!("#/components/schemas/{part}");
            json!({"components": {"schemas": {
                root: {"properties": {"part": {"allOf": [{"$ref": reference}]}}},
                part: {"properties": {"again": {"$ref": reference}}},
            }}})
        };
        let (ours, theirs) = (schemas("Thing", "Part"), schemas("ThingModel", "Component"));
        let place = |name: &str| {
            Pointer::root()
                .child("components")
                .child("schemas")
                .child(name)
        };
        let mut names = Names::new();

        pair(
            (&ours, &place("Thing")),
            (&theirs, &place("ThingModel")),
            &mut names,
        );

        let mut reference = json!({"$ref": "#/components/schemas/Component"});
        rename(&mut reference, &names);
        assert_eq!(names["ThingModel"], "Thing");
        assert_eq!(reference, json!({"$ref": "#/components/schemas/Part"}));
    }
}
