//! Values that the tests have in common, in the service's own form.

use serde_json::{Value, json};

/// A user access token that lasts until 2033.
pub const TOKEN: &str = "eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjE5OTk5OTk5OTl9.c2ln";

/// The access key of the mocked resource.
pub const ACCESS_KEY: &str = "YSBrZXkgdGhhdCBubyBvdXRwdXQgbWF5IGhvbGQ=";

/// A thread, with each kind of character that the service puts into ids.
pub const THREAD: &str = "19:abc_x-y1@thread.v2";

/// The path of the messages of [`THREAD`], as the service writes it in links.
pub const MESSAGES_PATH: &str = "/chat/threads/19:abc_x-y1@thread.v2/messages";

/// [`THREAD`], as it stands in a path.
pub const THREAD_IN_PATH: &str = "19%3Aabc_x-y1%40thread.v2";

/// Another thread.
pub const OTHER_THREAD: &str = "19:def@thread.v2";

/// A message.
pub const MESSAGE: &str = "1631044658255";

/// What people wrote, which no log may show.
pub const CONTENT: &str = "the launch is on Tuesday";

/// A topic, which no log may show.
pub const TOPIC: &str = "our secret launch";

/// The identifier of a communication user.
pub fn user(id: &str) -> Value {
    json!({ "rawId": id, "communicationUser": { "id": id } })
}

/// The properties of [`THREAD`].
pub fn thread() -> Value {
    json!({
        "id": THREAD,
        "topic": TOPIC,
        "createdOn": "2021-09-07T19:57:38Z",
        "createdByCommunicationIdentifier": user("8:acs:res_alice"),
    })
}

/// A thread, as the list of threads has it.
pub fn thread_item(id: &str) -> Value {
    json!({
        "id": id,
        "topic": TOPIC,
        "lastMessageReceivedOn": "2021-09-07T19:57:38Z",
    })
}

/// A text message.
pub fn message(id: &str) -> Value {
    json!({
        "id": id,
        "type": "text",
        "sequenceId": "3",
        "version": id,
        "content": { "message": CONTENT },
        "senderDisplayName": "Alice",
        "createdOn": "2021-09-07T19:57:38Z",
        "senderCommunicationIdentifier": user("8:acs:res_alice"),
    })
}

/// A page of messages with these ids; the last one has no link.
pub fn messages(ids: &[&str], next_link: Option<&str>) -> Value {
    let mut page = json!({ "value": ids.iter().map(|id| message(id)).collect::<Vec<_>>() });
    if let Some(link) = next_link {
        page["nextLink"] = link.into();
    }
    page
}

/// A read receipt for a message.
pub fn read_receipt(message_id: &str) -> Value {
    json!({
        "senderCommunicationIdentifier": user("8:acs:res_bob"),
        "chatMessageId": message_id,
        "readOn": "2021-09-07T19:58:00Z",
    })
}
