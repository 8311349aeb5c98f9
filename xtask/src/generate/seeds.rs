//! What fuzzers of answers begin with: the examples of a document.

use crate::{document::Document, lower::is_success, walk};

/// The examples of answers of success, each in a file that is named as its operation.
pub(super) fn of(document: &Document) -> Vec<(String, String)> {
    let mut seeds = Vec::new();
    for operation in walk::operations(&document.json) {
        let id = operation.node["operationId"].as_str().unwrap_or_default();
        let answers = operation.node["responses"].as_object();
        for (status, answer) in answers.into_iter().flatten() {
            let example = &answer["content"]["application/json"]["example"];
            if is_success(status) && !example.is_null() {
                let path = format!("fuzz/corpus/{}_answers/{id}-{status}", document.name);
                seeds.push((path, format!("{example:#}\n")));
            }
        }
    }
    seeds
}

#[test]
fn examples_of_success_are_seeds() {
    let text = r#"{"paths": {"/things": {"get": {"operationId": "listThings", "responses": {
        "200": {"content": {"application/json": {"example": {"b": 1, "a": []}}}},
        "204": {},
        "404": {"content": {"application/json": {"example": {"error": 1}}}}
    }}}}}"#;
    let document = Document::parse("chat", text).unwrap();

    assert_eq!(
        of(&document),
        [(
            "fuzz/corpus/chat_answers/listThings-200".to_owned(),
            "{\n  \"a\": [],\n  \"b\": 1\n}\n".to_owned()
        )]
    );
}
