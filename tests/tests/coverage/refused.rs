//! The emulator reads everything that a request may say: what is of a wrong type there, it refuses.

use chat_tests::documents::{Operation, operations};
use serde_json::{Value, json};

use crate::asked::Asked;

/// What the emulator does not look at, each with the reason: the end of the path of a field.
const LEFT_OUT: &[(&str, &str)] = &[
    ("/communicationIdentifier/kind", "the nested object says it"),
    ("removeChatParticipant/kind", "the nested object says it"),
];

/// A value of another type.
fn wrong(value: &Value) -> Value {
    match value {
        Value::Object(_) | Value::Array(_) => json!(7),
        _ => json!([[]]),
    }
}

/// The body with one field of another type, for each field; with the field's path.
fn each_wrong(value: &Value, at: &str) -> Vec<(String, Value)> {
    let mut all = Vec::new();
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                let at = format!("{at}/{name}");
                let whole = |field: Value| {
                    let mut fields = fields.clone();
                    fields.insert(name.clone(), field);
                    Value::Object(fields)
                };
                all.push((at.clone(), whole(wrong(field))));
                let within = each_wrong(field, &at).into_iter();
                all.extend(within.map(|(at, field)| (at, whole(field))));
            }
        }
        Value::Array(items) if !items.is_empty() => {
            let within = each_wrong(&items[0], at).into_iter();
            all.extend(within.map(|(at, item)| (at, json!([item]))));
        }
        _ => {}
    }
    all
}

#[tokio::test]
async fn every_field_of_a_request_is_read_there() {
    let asked = Asked::new().await;
    let (mut unread, mut tried) = (Vec::new(), 0);
    for operation in operations() {
        let Some(example) = operation.request.clone() else {
            continue;
        };
        let status = asked.status(&operation, ("", ""), Some(&example)).await;
        assert_ne!(status, 400, "the example of {}", operation.id);
        for (field, body) in each_wrong(&example, &operation.id) {
            tried += 1;
            if asked.status(&operation, ("", ""), Some(&body)).await != 400 {
                unread.push(field);
            }
        }
    }
    assert!(tried > 40, "the examples were not read");
    let is_left_out = |field: &String| LEFT_OUT.iter().any(|(end, _)| field.ends_with(end));
    assert!(unread.iter().any(is_left_out), "read after all");
    unread.retain(|field| !is_left_out(field));
    assert_eq!(
        unread,
        Vec::<String>::new(),
        "fields that the emulator takes whatever is in them: let its types in \
         crates/chat-emulator/src/wire have them, or give the reason in {}",
        file!()
    );
}

#[tokio::test]
async fn every_parameter_of_a_query_that_is_no_text_is_read_there() {
    let asked = Asked::new().await;
    let (mut unread, mut tried) = (Vec::new(), 0);
    for operation in operations() {
        let body = operation.request.as_ref();
        let parameters = numbers_and_times(&operation);
        if !parameters.is_empty() {
            let status = asked.status(&operation, ("", ""), body).await;
            assert_ne!(status, 400, "the example of {}", operation.id);
        }
        for name in parameters {
            tried += 1;
            if asked.status(&operation, (&name, "nonsense"), body).await != 400 {
                unread.push(format!("{}?{name}", operation.id));
            }
        }
    }
    assert!(tried >= 8, "the parameters were not read");
    assert_eq!(
        unread,
        Vec::<String>::new(),
        "parameters that the emulator takes whatever is in them: let the handlers in \
         crates/chat-emulator/src/api read them"
    );
}

/// Today the only one is the version, which the emulator's own tests leave out; this is for versions to come.
#[tokio::test]
async fn a_parameter_that_must_be_there_is_missed() {
    let asked = Asked::new().await;
    let mut taken = Vec::new();
    for operation in operations() {
        for parameter in &operation.parameters {
            if parameter.place == "query" && parameter.required {
                let left_out = (parameter.name.as_str(), "");
                let status = asked.status(&operation, left_out, operation.request.as_ref());
                if status.await != 400 {
                    taken.push(format!("{}?{}", operation.id, parameter.name));
                }
            }
        }
    }
    assert_eq!(
        taken,
        Vec::<String>::new(),
        "parameters that the emulator does without: let the handlers in crates/chat-emulator/src/api ask for them"
    );
}

/// The parameters of the query that are none of any text, by their examples.
fn numbers_and_times(operation: &Operation) -> Vec<String> {
    let in_query = operation.parameters.iter();
    let in_query = in_query.filter(|parameter| parameter.place == "query");
    let begins_with_digit = |text: &str| text.starts_with(|first: char| first.is_ascii_digit());
    in_query
        .filter(|parameter| begins_with_digit(&parameter.example))
        .map(|parameter| parameter.name.clone())
        .collect()
}

#[test]
fn each_field_is_wrong_once() {
    let body = json!({"a": "x", "b": [{"c": {"d": 1}}]});
    let wrong: Vec<_> = each_wrong(&body, "op");
    let paths: Vec<_> = wrong.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(paths, ["op/a", "op/b", "op/b/c", "op/b/c/d"]);
    assert_eq!(wrong[0].1, json!({"a": [[]], "b": [{"c": {"d": 1}}]}));
    assert_eq!(wrong[3].1, json!({"a": "x", "b": [{"c": {"d": [[]]}}]}));
}
