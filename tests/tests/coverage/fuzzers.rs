//! The fuzzers are fed with everything that the documents have.

use std::fs;
use std::path::Path;

use chat_tests::documents::{DOCUMENTS, Operation, document, operations};
use serde_json::Value;

/// Where the fuzzers of answers are, and what begins the name of a type there.
const ANSWERS: &str = "../crates/chat/src/fuzzing/answers.rs";

/// Requests to the emulator, each in a file.
const REQUESTS: &str = "../fuzz/corpus/emulator_requests";

fn package() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn every_answer_of_success_is_decoded_by_a_fuzzer() {
    let source = fs::read_to_string(package().join(ANSWERS)).unwrap();
    let mut missing = Vec::new();
    for name in DOCUMENTS {
        for schema in schemas_of_success(&document(name)) {
            if !source.contains(&format!("wire::{schema}>(data)")) {
                missing.push(schema);
            }
        }
    }
    assert_eq!(
        missing,
        Vec::<String>::new(),
        "answers that {ANSWERS} does not decode"
    );
}

/// The names of the schemas of all answers of success.
fn schemas_of_success(document: &Value) -> Vec<String> {
    let mut names = Vec::new();
    for item in document["paths"].as_object().unwrap().values() {
        for operation in item.as_object().unwrap().values() {
            let answers = operation["responses"].as_object().into_iter().flatten();
            for (_, answer) in answers.filter(|(status, _)| status.starts_with('2')) {
                let schema = &answer["content"]["application/json"]["schema"]["$ref"];
                let name = schema.as_str().and_then(|schema| schema.rsplit('/').next());
                names.extend(name.map(str::to_owned));
            }
        }
    }
    names
}

#[test]
fn every_operation_is_among_the_requests_that_fuzzers_of_the_emulator_begin_with() {
    let heads: Vec<_> = fs::read_dir(package().join(REQUESTS))
        .unwrap()
        .map(|entry| fs::read(entry.unwrap().path()).unwrap())
        .filter_map(|request| String::from_utf8(request).ok())
        .map(|request| request.lines().next().unwrap_or_default().to_owned())
        .collect();
    assert!(heads.len() > 10, "the corpus was not read");
    let missing: Vec<_> = operations()
        .into_iter()
        .filter(|operation| !heads.iter().any(|head| is_of(operation, head)))
        .map(|operation| operation.id)
        .collect();
    assert_eq!(
        missing,
        Vec::<String>::new(),
        "operations without a file in {REQUESTS}: a request of each, as the others there"
    );
}

/// Whether a request's first line, `METHOD /path?query`, is one of an operation.
fn is_of(operation: &Operation, head: &str) -> bool {
    let Some((method, target)) = head.split_once(' ') else {
        return false;
    };
    let path = target.split(['?', ' ']).next().unwrap_or_default();
    let path = path.replace("%3A", ":");
    let (wanted, found) = (operation.path.split('/'), path.split('/'));
    method == operation.method
        && wanted.clone().count() == found.clone().count()
        && wanted
            .zip(found)
            .all(|(wanted, found)| wanted.starts_with('{') || wanted == found)
}
