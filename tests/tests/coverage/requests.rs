//! Everything that the documents let a request say can be said with the client.

use chat_tests::documents::operations;
use chat_tests::mock::{Answer, MockService, ReceivedRequest};
use serde_json::{Value, json};

use crate::answers::{answer, differences, given};
use crate::calls::call;

/// What the client never sends: the fields, and why.
const LEFT_OUT: &[(&[&str], &str)] = &[(
    &[
        "addChatParticipants/participants/communicationIdentifier/kind",
        "removeChatParticipant/kind",
    ],
    "the nested object says it; no request of the other clients was seen to have it",
)];

#[tokio::test]
async fn every_field_and_every_parameter_of_a_request_can_be_said() {
    let mut lost = Vec::new();
    for operation in operations() {
        let Some(call) = call(&operation.id) else {
            continue;
        };
        let service = MockService::unused().await;
        service.then(answer(&service, &operation));
        service.then(Answer::json(200, &json!({ "value": [] })));
        let result = (call.make)(given(&service, &operation)).await;
        assert!(result.is_ok(), "{}: {result:?}", operation.id);
        let requests = service.requests();
        let request = &requests[0];
        assert_eq!(request.method, operation.method, "{}", operation.id);
        if let Some(example) = &operation.request {
            lost.extend(differences(example, &said(request), &operation.id));
        }
        for parameter in &operation.parameters {
            let (name, example) = (&parameter.name, &parameter.example);
            let is_said = match parameter.place.as_str() {
                "query" => request.query().contains(&(name.clone(), example.clone())),
                "header" => request.header(name) == Some(example),
                _ => request
                    .path()
                    .split('/')
                    .any(|segment| decoded(segment) == *example),
            };
            if !is_said {
                lost.push(format!("{}?{name}", operation.id));
            }
        }
    }
    let expected: Vec<_> = LEFT_OUT
        .iter()
        .flat_map(|(fields, _)| fields.iter().copied())
        .collect();
    assert_eq!(
        lost, expected,
        "what no call in tests/tests/coverage/calls.rs sends: give its builder in \
         crates/chat/src/operations a setter, and let the call use it"
    );
}

/// The body of a request, as the documents write it in examples.
fn said(request: &ReceivedRequest) -> Value {
    match request.body() {
        [] => Value::Null,
        body => serde_json::from_slice(body)
            .unwrap_or_else(|_| String::from_utf8_lossy(body).into_owned().into()),
    }
}

fn decoded(segment: &str) -> String {
    let decoded = percent_encoding::percent_decode_str(segment);
    decoded.decode_utf8_lossy().into_owned()
}

#[tokio::test]
async fn a_request_says_nothing_that_its_document_does_not_have() {
    for operation in operations() {
        let Some(call) = call(&operation.id) else {
            continue;
        };
        let service = MockService::unused().await;
        service.then(answer(&service, &operation));
        service.then(Answer::json(200, &json!({ "value": [] })));
        let _ = (call.make)(given(&service, &operation)).await;
        let requests = service.requests();
        let body = said(&requests[0]);
        let example = operation.request.unwrap_or(Value::Null);
        assert_eq!(
            differences(&body, &example, &operation.id),
            Vec::<String>::new()
        );
    }
}
