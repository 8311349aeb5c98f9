//! Going through a document: its operations, and its schemas wherever they stand.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::pointer::Pointer;

const METHODS: &[&str] = &[
    "delete", "get", "head", "options", "patch", "post", "put", "trace",
];

/// An operation of a document.
#[derive(Clone, Debug)]
pub(crate) struct OperationNode<'a> {
    /// Where it stands.
    pub(crate) pointer: Pointer,
    /// Its HTTP method, in lower case.
    pub(crate) method: &'a str,
    /// The template of its path.
    pub(crate) path: &'a str,
    /// What the document says of it.
    pub(crate) node: &'a Value,
}

impl OperationNode<'_> {
    /// Its method and path, by which it is the same in each document. The names of the ids in a
    /// path do not count.
    pub(crate) fn name(&self) -> String {
        let segments = self.path.split('/');
        let segments = segments.map(|segment| match segment.starts_with('{') {
            true => "{}",
            false => segment,
        });
        let path = segments.collect::<Vec<_>>().join("/");
        format!("{} {path}", self.method.to_uppercase())
    }
}

/// Calls `visit` with each object of the document and its place, outer ones first. Examples are
/// values, and no part of it.
pub(crate) fn objects(document: &Value, visit: &mut dyn FnMut(&Pointer, &Map<String, Value>)) {
    objects_within(&Pointer::root(), document, visit);
}

fn objects_within(
    pointer: &Pointer,
    node: &Value,
    visit: &mut dyn FnMut(&Pointer, &Map<String, Value>),
) {
    match node {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                objects_within(&pointer.child(index.to_string()), item, visit);
            }
        }
        Value::Object(entries) => {
            visit(pointer, entries);
            for (key, value) in entries.iter().filter(|(key, _)| *key != "example") {
                objects_within(&pointer.child(key), value, visit);
            }
        }
        _ => {}
    }
}

/// The operations of a document, in the order of their paths and methods.
pub(crate) fn operations(document: &Value) -> Vec<OperationNode<'_>> {
    let paths = document["paths"].as_object();
    paths
        .into_iter()
        .flatten()
        .flat_map(|(path, item)| {
            METHODS.iter().filter_map(move |method| {
                Some(OperationNode {
                    pointer: Pointer::root().child("paths").child(path).child(*method),
                    method,
                    path,
                    node: item.get(method)?,
                })
            })
        })
        .collect()
}

/// The operations of a document by [method and path](OperationNode::name).
pub(crate) fn operations_by_name(document: &Value) -> BTreeMap<String, OperationNode<'_>> {
    let mut named = BTreeMap::new();
    for operation in operations(document) {
        named.insert(operation.name(), operation);
    }
    named
}

/// Calls `visit` with each operation, to change it.
pub(crate) fn operations_mut(document: &mut Value, mut visit: impl FnMut(&mut Map<String, Value>)) {
    let paths = document.get_mut("paths").and_then(Value::as_object_mut);
    for item in paths.into_iter().flat_map(|paths| paths.values_mut()) {
        for method in METHODS {
            if let Some(operation) = item.get_mut(method).and_then(Value::as_object_mut) {
                visit(operation);
            }
        }
    }
}

/// Calls `visit` with each schema of the document and its place, outer ones first.
pub(crate) fn schemas_mut(
    document: &mut Value,
    visit: &mut dyn FnMut(&Pointer, &mut Map<String, Value>),
) {
    outside_of_schemas(&Pointer::root(), document, visit);
}

/// Looks for the places where schemas begin: below `components/schemas`, and at `schema` in
/// parameters, headers and bodies.
fn outside_of_schemas(
    pointer: &Pointer,
    node: &mut Value,
    visit: &mut dyn FnMut(&Pointer, &mut Map<String, Value>),
) {
    match node {
        Value::Array(items) => {
            for (index, item) in items.iter_mut().enumerate() {
                outside_of_schemas(&pointer.child(index.to_string()), item, visit);
            }
        }
        Value::Object(entries) => {
            let components = pointer.segments() == ["components"];
            for (key, value) in entries {
                let here = pointer.child(key);
                match key.as_str() {
                    "example" => {}
                    "schema" => schema(&here, value, visit),
                    "schemas" if components => each(&here, value, visit),
                    _ => outside_of_schemas(&here, value, visit),
                }
            }
        }
        _ => {}
    }
}

fn schema(
    pointer: &Pointer,
    node: &mut Value,
    visit: &mut dyn FnMut(&Pointer, &mut Map<String, Value>),
) {
    let Some(entries) = node.as_object_mut() else {
        return;
    };
    visit(pointer, entries);
    for (key, value) in entries {
        let here = pointer.child(key);
        match key.as_str() {
            "properties" | "allOf" | "anyOf" | "oneOf" => each(&here, value, visit),
            "items" | "additionalProperties" | "not" => schema(&here, value, visit),
            _ => {}
        }
    }
}

fn each(
    pointer: &Pointer,
    node: &mut Value,
    visit: &mut dyn FnMut(&Pointer, &mut Map<String, Value>),
) {
    match node {
        Value::Array(items) => {
            for (index, item) in items.iter_mut().enumerate() {
                schema(&pointer.child(index.to_string()), item, visit);
            }
        }
        Value::Object(entries) => {
            for (key, value) in entries {
                schema(&pointer.child(key), value, visit);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lower::testing::document;

    #[test]
    fn every_operation_is_found_with_its_place() {
        let document = document();

        let found: Vec<_> = operations(&document)
            .into_iter()
            .map(|operation| (operation.method.to_owned(), operation.pointer.to_string()))
            .collect();

        assert_eq!(
            found,
            [
                ("get".to_owned(), "#/paths/~1things~1{id}/get".to_owned()),
                (
                    "patch".to_owned(),
                    "#/paths/~1things~1{id}/patch".to_owned()
                ),
            ]
        );
    }

    #[test]
    fn every_schema_is_found_and_no_property_is_taken_for_a_keyword() {
        let mut found = Vec::new();

        schemas_mut(&mut document(), &mut |pointer, _| {
            found.push(pointer.to_string())
        });

        let thing = "#/components/schemas/Thing";
        for place in [
            thing.to_owned(),
            format!("{thing}/properties/default"),
            format!("{thing}/properties/parts/items"),
            "#/components/parameters/ApiVersion/schema".to_owned(),
            "#/paths/~1things~1{id}/parameters/0/schema".to_owned(),
            "#/paths/~1things~1{id}/patch/parameters/1/schema".to_owned(),
            "#/paths/~1things~1{id}/patch/requestBody/content/application~1merge-patch+json/schema"
                .to_owned(),
        ] {
            assert!(found.contains(&place), "{place} is not among {found:#?}");
        }
        assert_eq!(found.len(), 12, "{found:#?}");
    }
}
