//! Everything has a description: they become the documentation of the generated code.

use serde_json::{Map, Value};

use crate::{pointer::Pointer, refusal::Refusal, walk};

/// Finds what has no description.
pub(super) fn check(document: &Value) -> Vec<Refusal> {
    let mut problems = Vec::new();
    let mut want = |pointer: &Pointer, node: &Value, key: &str| {
        let text = node.get(key).and_then(Value::as_str);
        if node.get("$ref").is_none() && text.is_none_or(|text| text.trim().is_empty()) {
            problems.push(Refusal::new(pointer, format!("no `{key}`")));
        }
    };
    want(
        &Pointer::root().child("info"),
        &document["info"],
        "description",
    );
    for operation in walk::operations(document) {
        want(&operation.pointer, operation.node, "summary");
        want(&operation.pointer, operation.node, "description");
        for (index, parameter) in elements(&operation.node["parameters"]) {
            let parameters = operation.pointer.child("parameters");
            want(&parameters.child(index), parameter, "description");
        }
        if let Some(body) = operation.node.get("requestBody") {
            want(&operation.pointer.child("requestBody"), body, "description");
        }
        for (status, answer) in entries(&operation.node["responses"]) {
            let answers = operation.pointer.child("responses");
            want(&answers.child(status), answer, "description");
        }
    }
    let components = Pointer::root().child("components");
    for kind in ["headers", "parameters", "responses", "schemas"] {
        for (name, node) in entries(&document["components"][kind]) {
            want(&components.child(kind).child(name), node, "description");
        }
    }
    walk::schemas_mut(
        &mut document.clone(),
        &mut |pointer, schema: &mut Map<_, _>| {
            for (name, property) in schema.get("properties").into_iter().flat_map(entries) {
                want(
                    &pointer.child("properties").child(name),
                    property,
                    "description",
                );
            }
        },
    );
    problems
}

fn entries(node: &Value) -> impl Iterator<Item = (&String, &Value)> {
    node.as_object().into_iter().flatten()
}

fn elements(node: &Value) -> impl Iterator<Item = (String, &Value)> {
    let elements = node.as_array().into_iter().flatten().enumerate();
    elements.map(|(index, node)| (index.to_string(), node))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{super::testing::problems, *};

    #[test]
    fn whatever_has_no_description_is_named() {
        let get = "#/paths/~1things~1{id}/get";
        let thing = "#/components/schemas/Thing";
        for (place, key) in [
            ("#/info".to_owned(), "description"),
            (get.to_owned(), "summary"),
            (get.to_owned(), "description"),
            (format!("{get}/responses/200"), "description"),
            (
                "#/paths/~1things~1{id}/patch/parameters/1".to_owned(),
                "description",
            ),
            (
                "#/paths/~1things~1{id}/patch/requestBody".to_owned(),
                "description",
            ),
            (thing.to_owned(), "description"),
            (format!("{thing}/properties/count"), "description"),
            (
                "#/components/parameters/ApiVersion".to_owned(),
                "description",
            ),
            ("#/components/responses/NotFound".to_owned(), "description"),
        ] {
            assert_eq!(
                problems(check, &format!("{place}/{key}"), json!(" ")),
                [format!("{place}: no `{key}`")]
            );
        }
    }
}
