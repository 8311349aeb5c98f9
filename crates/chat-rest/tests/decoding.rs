//! What the service may answer and the generated types must take.

use chat_rest::chat::types;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

fn read<T: DeserializeOwned>(answer: Value) -> T {
    serde_json::from_str(&answer.to_string()).unwrap()
}

fn message(extra: Value) -> types::ChatMessage {
    let mut message = json!({
        "id": "1700000000000",
        "type": "text",
        "sequenceId": "3",
        "version": "1700000000000",
        "createdOn": "2023-11-14T22:13:20Z"
    });
    let fields = message.as_object_mut().unwrap();
    fields.extend(extra.as_object().unwrap().clone());
    read(message)
}

#[test]
fn null_stands_for_a_list_or_a_map_that_is_missing() {
    let created: types::CreateChatThreadResult = read(json!({
        "chatThread": {
            "id": "19:abc@thread.v2",
            "topic": "Lunch",
            "createdOn": "2023-11-14T22:13:20Z",
            "metadata": null
        },
        "invalidParticipants": null
    }));
    assert_eq!(created.chat_thread.unwrap().metadata, None);
    assert_eq!(created.invalid_participants, None);

    let added: types::AddChatParticipantsResult = read(json!({"invalidParticipants": null}));
    assert_eq!(added.invalid_participants, None);

    let message = message(json!({
        "metadata": null,
        "content": {"message": "hello", "participants": null, "attachments": null}
    }));
    let content = message.content.unwrap();
    assert_eq!(message.metadata, None);
    assert!(content.participants.is_none());
    assert!(content.attachments.is_none());

    let participant: types::ChatParticipant = read(json!({"metadata": null}));
    assert_eq!(participant.metadata, None);
}

#[test]
fn null_stands_for_anything_else_that_may_be_missing() {
    let message = message(json!({
        "content": null,
        "deletedOn": null,
        "editedOn": null,
        "senderCommunicationIdentifier": null,
        "senderDisplayName": null
    }));

    assert!(message.content.is_none());
    assert!(message.deleted_on.is_none() && message.edited_on.is_none());
    assert!(message.sender_communication_identifier.is_none());
    assert_eq!(message.sender_display_name, None);
}

#[test]
fn a_thread_is_not_lost_over_the_form_of_the_errors_beside_it() {
    let created: types::CreateChatThreadResult = read(json!({
        "chatThread": {
            "id": "19:abc@thread.v2",
            "topic": "Lunch",
            "createdOn": "2023-11-14T22:13:20Z"
        },
        "invalidParticipants": [
            {"target": "8:acs:a_b", "code": 403, "message": null, "details": null},
            {"target": "8:acs:a_c"},
            null
        ]
    }));

    assert_eq!(created.chat_thread.unwrap().id, "19:abc@thread.v2");
    let errors = created.invalid_participants.unwrap();
    assert_eq!(errors.len(), 3);
    assert_eq!(errors[0].code(), "403");
    assert_eq!(errors[0].target(), Some("8:acs:a_b"));
    assert_eq!(errors[1].target(), Some("8:acs:a_c"));
}

#[test]
fn empty_and_missing_differ_in_a_request() {
    let mut body = types::UpdateChatThreadRequest::default();
    assert_eq!(serde_json::to_value(&body).unwrap(), json!({}));

    body.metadata = Some(Default::default());
    assert_eq!(
        serde_json::to_value(&body).unwrap(),
        json!({"metadata": {}})
    );
}
