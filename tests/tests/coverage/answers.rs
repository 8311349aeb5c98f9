//! The examples of answers are decoded, and no field of them is lost.

use chat_tests::documents::{Operation, operations};
use chat_tests::mock::{Answer, MockService};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::calls::{Given, call};

/// What no model keeps of an answer: the end of the path of a field, and why.
const LEFT_OUT: &[(&str, &str)] = &[(
    "/communicationIdentifier/kind",
    "the nested object says it, and answers were never seen to have it",
)];

/// The endpoint in the examples.
pub(crate) const ENDPOINT: &str = "https://contoso.communication.azure.com";

/// The example of an answer, as if `service` had given it.
pub(crate) fn answer(service: &MockService, operation: &Operation) -> Answer {
    let Some(example) = &operation.answer else {
        return Answer::status(operation.status);
    };
    let text = example.to_string().replace(ENDPOINT, &service.endpoint());
    let example = serde_json::from_str(&text).unwrap();
    Answer::json(operation.status, &example)
}

/// What the call of an operation is given.
pub(crate) fn given(service: &MockService, operation: &Operation) -> Given {
    let client = service.chat_client();
    let mut parameters = operation.parameters.iter();
    let thread = parameters.find(|parameter| parameter.name == "chatThreadId");
    let thread = thread.map_or("19:none@thread.v2", |thread| &thread.example);
    Given {
        thread: client.chat_thread_client(thread),
        client,
        identity: service.identity_client(),
        operation: operation.clone(),
    }
}

#[tokio::test]
async fn every_field_of_an_answer_is_read() {
    let mut left_out = Vec::new();
    let mut lost = Vec::new();
    for operation in operations() {
        let Some(call) = call(&operation.id) else {
            continue;
        };
        let service = MockService::unused().await;
        service.then(answer(&service, &operation));
        service.then(Answer::json(200, &json!({ "value": [] })));
        let read = (call.make)(given(&service, &operation)).await;
        let read = read.unwrap_or_else(|error| panic!("{}: {error:?}", operation.id));
        let read = read.to_string().replace(&service.endpoint(), ENDPOINT);
        let read = serde_json::from_str(&read).unwrap();
        let example = operation.answer.unwrap_or(Value::Null);
        for field in differences(&example, &read, &operation.id) {
            match LEFT_OUT.iter().find(|(end, _)| field.ends_with(end)) {
                Some(entry) => left_out.push(entry),
                None => lost.push(field),
            }
        }
    }
    assert_eq!(
        lost,
        Vec::<String>::new(),
        "fields that no model reads: let one in crates/chat/src/models, and crates/chat/src/convert; \
         what is to be left out has its reason in {}",
        file!()
    );
    let stale: Vec<_> = LEFT_OUT
        .iter()
        .filter(|entry| !left_out.contains(entry))
        .collect();
    assert_eq!(stale, Vec::<&(&str, &str)>::new(), "read after all");
}

/// The places of `wanted` that are missing or different in `found`.
pub(crate) fn differences(wanted: &Value, found: &Value, at: &str) -> Vec<String> {
    match (wanted, found) {
        (Value::Object(fields), _) => fields
            .iter()
            .flat_map(|(name, value)| differences(value, &found[name], &format!("{at}/{name}")))
            .collect(),
        (Value::Array(items), Value::Array(others)) if items.len() == others.len() => items
            .iter()
            .zip(others)
            .flat_map(|(value, other)| differences(value, other, at))
            .collect(),
        _ if wanted == found || is_same_time(wanted, found) => Vec::new(),
        _ => vec![at.to_owned()],
    }
}

fn is_same_time(one: &Value, other: &Value) -> bool {
    let time = |value: &Value| OffsetDateTime::parse(value.as_str()?, &Rfc3339).ok();
    time(one).is_some_and(|one| time(other) == Some(one))
}

#[test]
fn a_field_that_is_missing_or_different_is_named_by_its_path() {
    let wanted = json!({"a": [{"b": 1, "c": "2025-01-01T00:00:00Z"}], "d": {"e": true}});
    let found = json!({"a": [{"b": 2, "c": "2025-01-01T00:00:00.0+00:00"}], "d": {}});
    assert_eq!(differences(&wanted, &found, "x"), ["x/a/b", "x/d/e"]);
    assert_eq!(differences(&wanted, &wanted, "x"), Vec::<String>::new());
    assert_eq!(differences(&json!([1]), &json!([]), "x"), ["x"]);
}
