//! Every parameter and every body has an example that its schema admits, and every field is in one
//! of them: the tests of the client decode the examples and find a field that nothing reads.

use std::collections::BTreeSet;

use serde_json::Value;

use super::validate::Validator;
use crate::{
    lower::{is_api_version, is_success},
    pointer::{self, Pointer},
    refusal::Refusal,
    walk::operations,
};

/// Finds what has no example, examples that are not as their schema says, and fields in none.
pub(super) fn check(document: &Value) -> Vec<Refusal> {
    let mut validator = Validator::new(document);
    for place in exemplified(document) {
        let Some(node) = place.find(document) else {
            continue;
        };
        let schema = place.child("schema");
        match node.get("example") {
            Some(example) => validator.check(&schema, example, &place.child("example")),
            None => validator.problem(&place, "no `example`"),
        }
    }
    for field in fields(document) {
        if !validator.has_seen(&field) {
            validator.problem(&field, "no example has this field");
        }
    }
    validator.into_problems()
}

/// Where examples are: at the parameters and in the content of bodies, each once.
fn exemplified(document: &Value) -> Vec<Pointer> {
    let mut places = Vec::new();
    let mut add = |place: &Pointer| {
        let place = pointer::followed(document, place);
        if !places.contains(&place) {
            places.push(place);
        }
    };
    for operation in operations(document) {
        let item = Pointer::root().child("paths").child(operation.path);
        for owner in [&item, &operation.pointer] {
            let pointer = owner.child("parameters");
            let count = pointer
                .find(document)
                .and_then(Value::as_array)
                .map(Vec::len);
            for index in 0..count.unwrap_or_default() {
                let parameter = pointer.child(index.to_string());
                if !parameter
                    .find(document)
                    .is_some_and(|node| is_api_version(document, node))
                {
                    add(&parameter);
                }
            }
        }
        content(document, &operation.pointer.child("requestBody"), &mut add);
        let answers = operation.node["responses"].as_object();
        let (successes, failures): (Vec<_>, Vec<_>) = answers
            .into_iter()
            .flat_map(|answers| answers.keys())
            .partition(|status| is_success(status));
        for status in successes.into_iter().chain(failures) {
            content(
                document,
                &operation.pointer.child("responses").child(status),
                &mut add,
            );
        }
    }
    places
}

fn content(document: &Value, owner: &Pointer, add: &mut impl FnMut(&Pointer)) {
    let pointer = pointer::followed(document, owner).child("content");
    let types = pointer.find(document).and_then(Value::as_object);
    for media_type in types.into_iter().flat_map(|types| types.keys()) {
        add(&pointer.child(media_type));
    }
}

/// The fields of all named schemas.
fn fields(document: &Value) -> BTreeSet<Pointer> {
    let schemas = Pointer::root().child("components").child("schemas");
    let named = schemas.find(document).and_then(Value::as_object);
    let mut fields = BTreeSet::new();
    for (name, schema) in named.into_iter().flatten() {
        let properties = schema["properties"].as_object();
        for field in properties
            .into_iter()
            .flat_map(|properties| properties.keys())
        {
            fields.insert(schemas.child(name).child("properties").child(field));
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{super::testing::problems, *};

    #[test]
    fn whatever_has_no_example_is_named() {
        let parameter = "#/paths/~1things~1{id}/patch/parameters/1";
        let schema = json!({"type": "integer"});
        let page = json!({"name": "page", "in": "query", "description": "d", "schema": schema});
        assert_eq!(
            problems(check, parameter, page),
            [format!("{parameter}: no `example`")]
        );

        let body = "#/paths/~1things~1{id}/patch/requestBody/content/application~1merge-patch+json";
        let found = problems(check, body, json!({"schema": {"type": "string"}}));
        assert_eq!(found, [format!("{body}: no `example`")]);
    }

    #[test]
    fn an_example_that_its_schema_does_not_admit_is_named() {
        let example = "#/paths/~1things~1{id}/parameters/0/example";
        assert_eq!(
            problems(check, example, json!(7)),
            [format!("{example}: not of the type `string`")]
        );
    }

    #[test]
    fn a_field_that_is_in_no_example_is_named() {
        let field = "#/components/schemas/Thing/properties/colour";
        assert_eq!(
            problems(check, field, json!({"type": "string", "description": "d"})),
            [format!("{field}: no example has this field")]
        );
    }
}
