//! Every list follows its own links and no other: each id in its path counts.

use chat::ErrorKind;
use chat_tests::documents::{Operation, operations};
use chat_tests::mock::{Answer, MockService};
use serde_json::{Value, json};

use crate::answers::{ENDPOINT, given};
use crate::calls::call;

/// The operations whose answers lead to further pages.
fn lists() -> Vec<Operation> {
    let has_link = |operation: &Operation| {
        let answer = operation.answer.as_ref();
        answer.is_some_and(|answer| answer.get("nextLink").is_some())
    };
    operations().into_iter().filter(has_link).collect()
}

/// What comes of a list whose first page has that link.
async fn followed(operation: &Operation, link: &str) -> (Result<Value, chat::Error>, usize) {
    let service = MockService::unused().await;
    let link = link.replace(ENDPOINT, &service.endpoint());
    let page = json!({ "value": [], "nextLink": link });
    service.then(Answer::json(200, &page));
    service.then(Answer::json(200, &json!({ "value": [] })));
    let call = call(&operation.id).unwrap_or_else(|| panic!("no call of {}", operation.id));
    let result = (call.make)(given(&service, operation)).await;
    (result, service.calls())
}

#[tokio::test]
async fn a_list_follows_its_own_links_and_none_with_another_id_in_its_path() {
    let lists = lists();
    assert!(lists.len() >= 4, "the lists were not found");
    for operation in lists {
        let link = operation.answer.as_ref().unwrap()["nextLink"]
            .as_str()
            .unwrap();
        let (result, calls) = followed(&operation, link).await;
        assert!(
            result.is_ok(),
            "{} does not follow its own link: its builder in crates/chat/src/operations has to name \
             each id of its path, in its order: {result:?}",
            operation.id
        );
        assert_eq!(calls, 2, "{}", operation.id);
        for (index, segment) in operation.path.split('/').enumerate() {
            if !segment.starts_with('{') {
                continue;
            }
            let path = link.strip_prefix(ENDPOINT).unwrap();
            let mut segments: Vec<_> = path.split('/').collect();
            segments[index] = "of-another";
            let other = format!("{ENDPOINT}{}", segments.join("/"));
            let (result, calls) = followed(&operation, &other).await;
            let follows = format!(
                "{} follows {other}: its continuation has to hold {segment}, by `operation!` in \
                 crates/chat/src/operations",
                operation.id
            );
            let error = result.expect_err(&follows);
            assert_eq!(error.kind(), ErrorKind::InvalidNextLink, "{}", operation.id);
            assert_eq!(calls, 1, "{}", operation.id);
        }
    }
}
