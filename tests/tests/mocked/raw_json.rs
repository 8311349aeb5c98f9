//! The JSON as the service sent it, for those who ask for it.

use chat_tests::mock::{Answer, MESSAGE, MockService, message};
use serde_json::{Value, json};

fn with_unknown_field(id: &str) -> Value {
    let mut message = message(id);
    message["mood"] = json!({ "of": "the future" });
    message
}

fn read(json: &str) -> Value {
    serde_json::from_str(json).unwrap()
}

#[tokio::test]
async fn a_read_that_is_asked_to_keeps_fields_that_are_not_known() {
    let answer = || Answer::json(200, &with_unknown_field(MESSAGE));
    let service = MockService::start([answer(), answer()]).await;
    let thread = service.thread_client();

    let kept = thread.message(MESSAGE).keep_raw().send_with_info().await;
    let kept = kept.unwrap();
    assert_eq!(kept.value().id().as_str(), MESSAGE);
    let raw = kept.info().raw_json().unwrap();
    assert_eq!(read(raw), with_unknown_field(MESSAGE));
    assert!(!format!("{:?}", kept.info()).contains("mood"));

    let not_asked = thread.message(MESSAGE).send_with_info().await.unwrap();
    assert_eq!(not_asked.info().raw_json(), None);
}

#[tokio::test]
async fn a_list_that_is_asked_to_keeps_all_items_also_those_that_cannot_be_read() {
    let unreadable = json!({ "id": 17 });
    let items = [with_unknown_field("3"), unreadable, with_unknown_field("1")];
    let answer = || Answer::json(200, &json!({ "value": items }));
    let service = MockService::start([answer(), answer()]).await;
    let thread = service.thread_client();

    let mut pages = thread.list_messages().keep_raw().into_pages();
    let page = pages.try_next().await.unwrap().unwrap();
    assert_eq!((page.items().len(), page.unreadable().len()), (2, 1));
    let raw: Vec<_> = page.raw_items().into_iter().map(read).collect();
    assert_eq!(raw, items);

    let mut pages = thread.list_messages().into_pages();
    let page = pages.try_next().await.unwrap().unwrap();
    assert!(page.raw_items().is_empty());
    assert_eq!(page.info().raw_json(), None);
}
