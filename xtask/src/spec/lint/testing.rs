//! A document with which nothing is wrong, for the tests of the rules.

use serde_json::{Value, json};

use super::Rule;
use crate::lower::testing as lowering;

/// The document of the lowering's tests, with all that a reader needs.
pub(super) fn document() -> Value {
    let mut document = lowering::document();
    let mut put = |pointer: &str, value: Value| lowering::put(&mut document, pointer, value);
    let described = json!("What it is.");
    let thing =
        json!({"count": 3, "default": "abc", "made": "2025-03-17T10:00:00Z", "parts": [{}]});
    let item = "#/paths/~1things~1{id}";
    put("#/info/description", described.clone());
    put(
        &format!("{item}/parameters/0/description"),
        described.clone(),
    );
    put(&format!("{item}/parameters/0/example"), json!("a"));
    put(
        &format!("{item}/patch/parameters/0/description"),
        described.clone(),
    );
    put(
        &format!("{item}/patch/parameters/1/description"),
        described.clone(),
    );
    put(&format!("{item}/patch/parameters/1/example"), json!(2));
    put(
        &format!("{item}/patch/requestBody/description"),
        described.clone(),
    );
    put(
        &format!("{item}/patch/requestBody/content/application~1merge-patch+json/example"),
        thing.clone(),
    );
    put(
        &format!("{item}/get/responses/200/content/application~1json/example"),
        thing,
    );
    put(
        "#/components/parameters/ApiVersion/description",
        described.clone(),
    );
    put("#/components/schemas/Thing/description", described.clone());
    for name in ["count", "default", "made", "parts"] {
        let field = format!("#/components/schemas/Thing/properties/{name}/description");
        put(&field, described.clone());
    }
    let schema = json!({"$ref": "#/components/schemas/Thing"});
    let failure = json!({
        "description": "Not.",
        "content": {"application/json": {"schema": schema, "example": {"count": 1}}}
    });
    put("#/components/responses", json!({"NotFound": failure}));
    for method in ["get", "patch"] {
        put(&format!("{item}/{method}/description"), described.clone());
        for status in ["400", "401", "403", "404", "429", "503"] {
            let answer = json!({"$ref": "#/components/responses/NotFound"});
            put(&format!("{item}/{method}/responses/{status}"), answer);
        }
    }
    document
}

/// What a rule finds once `value` stands at `pointer`; without that it finds nothing.
pub(super) fn problems(rule: Rule, pointer: &str, value: Value) -> Vec<String> {
    let mut document = document();
    assert!(rule(&document).is_empty(), "{:?}", rule(&document));
    lowering::put(&mut document, pointer, value);
    rule(&document).iter().map(ToString::to_string).collect()
}
