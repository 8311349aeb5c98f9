//! Names are written one way: operations in camel case, components in Pascal case.

use heck::{ToLowerCamelCase as _, ToPascalCase as _};
use serde_json::Value;

use crate::{pointer::Pointer, refusal::Refusal, walk::operations};

/// Names of components that are used by reference.
const COMPONENTS: &[&str] = &["headers", "parameters", "responses", "schemas"];

/// Finds names that are written another way.
pub(super) fn check(document: &Value) -> Vec<Refusal> {
    let mut problems = Vec::new();
    for operation in operations(document) {
        let id = operation.node["operationId"].as_str().unwrap_or_default();
        if id != id.to_lower_camel_case() {
            let pointer = operation.pointer.child("operationId");
            let reason = format!("`{id}` would be `{}` here", id.to_lower_camel_case());
            problems.push(Refusal::new(&pointer, reason));
        }
    }
    for kind in COMPONENTS {
        let named = document["components"][kind].as_object();
        for name in named.into_iter().flat_map(|named| named.keys()) {
            if *name != name.to_pascal_case() {
                let pointer = Pointer::root().child("components").child(*kind).child(name);
                let reason = format!("would be `{}` here", name.to_pascal_case());
                problems.push(Refusal::new(&pointer, reason));
            }
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{super::testing::problems, *};

    #[test]
    fn an_operation_in_camel_case_is_what_is_wanted() {
        let id = "#/paths/~1things~1{id}/get/operationId";
        assert_eq!(
            problems(check, id, json!("Things_Get")),
            [format!("{id}: `Things_Get` would be `thingsGet` here")]
        );
    }

    #[test]
    fn a_component_in_pascal_case_is_what_is_wanted() {
        let schema = json!({"type": "string"});
        assert_eq!(
            problems(check, "#/components/schemas/other_thing", schema),
            ["#/components/schemas/other_thing: would be `OtherThing` here"]
        );
    }
}
