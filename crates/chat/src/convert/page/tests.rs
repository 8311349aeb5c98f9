use chat_rest::chat::types::{ChatMessagesCollection, ChatThreadsItemCollection};
use serde_json::{Value, json};

use super::*;
use crate::models::{ChatMessage, ChatThreadItem};

fn thread(id: &str) -> Value {
    json!({ "id": id, "topic": "lunch" })
}

/// The ids that are read, and the places and fields of what is not.
type Read = (Vec<String>, Vec<(usize, Option<String>)>);

fn threads(items: &[Value]) -> Option<Read> {
    let body = json!({ "value": items, "nextLink": "next" }).to_string();
    let page = by_item::<ChatThreadsItemCollection, ChatThreadItem>(body.as_bytes())?;
    assert_eq!(page.next_link.as_deref(), Some("next"));
    let ids = page.items.iter().map(|thread| thread.id().to_string());
    let unreadable = page.unreadable.into_iter();
    Some((
        ids.collect(),
        unreadable.map(|item| (item.position, item.field)).collect(),
    ))
}

#[test]
fn what_is_unreadable_is_named_by_place_and_field_and_the_rest_is_read() {
    let read = threads(&[
        thread("a"),
        json!({ "id": "b", "topic": null }),
        json!({ "topic": "lunch" }),
        thread("c"),
        json!({ "id": "d", "topic": "lunch", "deletedOn": "secret" }),
        json!("secret"),
    ]);
    let field = |name: &str| Some(name.to_owned());
    let unreadable = vec![
        (1, field("topic")),
        (2, field("id")),
        (4, field("deletedOn")),
        (5, None),
    ];
    assert_eq!(
        read,
        Some((vec!["a".to_owned(), "c".to_owned()], unreadable))
    );
}

#[test]
fn a_name_that_a_user_gave_is_not_shown() {
    let mut message = json!({
        "id": "1", "type": "text", "sequenceId": "1", "version": "1",
        "createdOn": "2021-03-01T00:00:00Z",
    });
    message["metadata"] = json!({ "secret": 1 });
    let body = json!({ "value": [message] }).to_string();

    let page = by_item::<ChatMessagesCollection, ChatMessage>(body.as_bytes()).unwrap();

    assert_eq!(page.unreadable[0].field.as_deref(), Some("metadata"));
}

#[test]
fn what_is_no_page_is_not_read_by_item() {
    for body in [
        "",
        "{}",
        "[]",
        r#"{"value":1}"#,
        r#"{"value":[],"nextLink":1}"#,
        r#"{"value":[{}"#,
    ] {
        let page = by_item::<ChatThreadsItemCollection, ChatThreadItem>(body.as_bytes());
        assert!(page.is_none(), "{body}");
    }
}

#[test]
fn more_items_than_a_page_may_have_are_not_read_one_by_one() {
    assert_eq!(
        threads(&vec![json!(0); MAX_ITEMS]).unwrap().1.len(),
        MAX_ITEMS
    );
    assert_eq!(threads(&vec![json!(0); MAX_ITEMS + 1]), None);
}
