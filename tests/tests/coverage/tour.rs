//! A tour through the emulator, on which it is to answer everything that the documents have.

use chat::models::{
    ChatMessageType, ChatRetentionPolicy, CommunicationUserIdentifier,
    MicrosoftTeamsUserIdentifier, TokenScope,
};
use chat::paging::PageStream;
use chat::{
    ChatClient, ChatThreadClient, CommunicationIdentityClient, CommunicationTokenCredential,
};
use chat_emulator::{Emulator, Seed, SeededUser};
use chat_tests::documents::{DOCUMENTS, document, operations};
use serde::Serialize;
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::asked::Asked;
use crate::calls::{failed, wire};
use crate::seen::Seen;

/// Nobody has this id.
const NOBODY: &str = "00000000-0000-4000-8000-000000000001";

/// Sees what the examples of requests do not bring about.
pub(crate) async fn take(seen: &mut Seen) {
    let emulator = Emulator::builder().seed(seed()).start().await.unwrap();
    let client = |user: &SeededUser| {
        let token = CommunicationTokenCredential::new(user.token.as_str());
        ChatClient::new(emulator.endpoint(), token.unwrap()).unwrap()
    };
    let [alice, bob] = emulator.seeded_users() else {
        panic!("two users");
    };
    let clients = [client(alice), client(bob)];
    let lunch = all(clients[0].list_chat_threads().into_pages()).await;
    let thread = lunch["value"][0]["id"].as_str().unwrap().to_owned();
    let threads = clients
        .each_ref()
        .map(|client| client.chat_thread_client(&*thread));
    in_a_thread(&threads, seen).await;
    of_threads(&clients[0], seen).await;
    let identity =
        CommunicationIdentityClient::from_connection_string(&emulator.connection_string());
    let user = CommunicationUserIdentifier::new(&alice.id);
    for value in values("CommunicationIdentityTokenScope") {
        let issue = identity
            .as_ref()
            .unwrap()
            .issue_token(user.clone(), [TokenScope::from(&*value)]);
        seen.if_known(
            issue.await.is_ok(),
            "CommunicationIdentityTokenScope",
            &value,
        );
    }
    identifiers(&threads[0], seen).await;
}

/// Messages of all types, edited and deleted, with attachments; participants and receipts.
async fn in_a_thread([alice, bob]: &[ChatThreadClient; 2], seen: &mut Seen) {
    seen.answer(
        "getChatThreadProperties",
        &wire(&alice.properties().await.unwrap()),
    );
    for value in values("ChatMessageType") {
        // Refused, where the service alone writes messages of this type.
        let _ = alice
            .send_message("x")
            .message_type(ChatMessageType::from(&*value))
            .await;
    }
    let edited = alice.send_message("x").await.unwrap();
    alice
        .update_message(edited.id())
        .content("y")
        .await
        .unwrap();
    let deleted = alice.send_message("x").await.unwrap();
    alice.delete_message(deleted.id()).await.unwrap();
    alice.update_topic("Dinner").await.unwrap();
    let added = alice.add_participants([nobody()]).await.unwrap();
    let failed = failed(added.failed_participants(), added.unmatched_errors());
    seen.answer(
        "addChatParticipants",
        &json!({ "invalidParticipants": failed }),
    );
    for thread in [alice, bob] {
        thread.send_read_receipt(edited.id()).await.unwrap();
    }
    let receipts = all(alice.list_read_receipts().page_size(1).into_pages()).await;
    seen.answer("listChatReadReceipts", &receipts);
    let participants = all(alice.list_participants().page_size(1).into_pages()).await;
    seen.answer("listChatParticipants", &participants);
    let other = &participants["value"][1]["communicationIdentifier"]["rawId"];
    let other = CommunicationUserIdentifier::new(other.as_str().unwrap());
    alice.remove_participant(other).await.unwrap();
    let messages = all(alice.list_messages().page_size(3).into_pages()).await;
    seen.answer("listChatMessages", &messages);
}

/// Threads with retention policies of all kinds, one of them deleted.
async fn of_threads(client: &ChatClient, seen: &mut Seen) {
    let mut created = Vec::new();
    for value in values("RetentionPolicyKind") {
        let policy = json!({ "kind": value, "deleteThreadAfterDays": 30 });
        let policy: ChatRetentionPolicy = serde_json::from_value(policy).unwrap();
        let create = client.create_chat_thread("x").retention_policy(policy);
        let Ok(result) = create.participants([nobody()]).await else {
            continue;
        };
        let failed = failed(result.failed_participants(), result.unmatched_errors());
        let answer = json!({ "chatThread": result.chat_thread(), "invalidParticipants": failed });
        seen.answer("createChatThread", &answer);
        created.push(result.into_chat_thread());
    }
    client.delete_chat_thread(created[0].id()).await.unwrap();
    let deleted = client.chat_thread_client(created[0].id());
    if let Ok(properties) = deleted.properties().await {
        seen.answer("getChatThreadProperties", &wire(&properties));
    }
    let threads = all(client.list_chat_threads().page_size(1).into_pages()).await;
    seen.answer("listChatThreads", &threads);
}

/// Values that requests alone can have: a participant who is not there is not found where the value
/// is known, and refused where it is not.
async fn identifiers(thread: &ChatThreadClient, seen: &mut Seen) {
    for value in values("CommunicationCloudEnvironmentModel") {
        let user = MicrosoftTeamsUserIdentifier::new(NOBODY).with_cloud((&*value).into());
        let removed = thread.remove_participant(user).await;
        let is_known = removed.is_err_and(|error| error.is_not_found());
        seen.if_known(is_known, "CommunicationCloudEnvironmentModel", &value);
    }
    let asked = Asked::new().await;
    let operations = operations();
    let mut operations = operations.iter();
    let remove = operations
        .find(|operation| operation.id == "removeChatParticipant")
        .unwrap();
    for value in values("CommunicationIdentifierModelKind") {
        let user = format!("8:acs:{NOBODY}_{NOBODY}");
        let mut nested = json!({ "id": user, "value": "+15551234567" });
        for field in ["userId", "appId", "tenantId", "resourceId"] {
            nested[field] = NOBODY.into();
        }
        let body = json!({ "kind": value, value.clone(): nested });
        let status = asked.status(remove, ("", ""), Some(&body)).await;
        seen.if_known(status == 404, "CommunicationIdentifierModelKind", &value);
    }
}

/// The values that the documents have for an enum.
fn values(schema: &str) -> Vec<String> {
    let schemas = DOCUMENTS.map(|name| document(name)["components"]["schemas"][schema].take());
    let values = schemas
        .iter()
        .map(|schema| schema["x-extensible-enum"].clone());
    let values = values.filter_map(|values| serde_json::from_value::<Vec<String>>(values).ok());
    values.flatten().collect()
}

/// A seed with an attachment of each type, of those that the emulator knows.
fn seed() -> Seed {
    let types = values("ChatAttachmentType");
    let known = types.iter().map(|name| attachment(name));
    let known = known.filter(|attachment| seed_with(std::slice::from_ref(attachment)).is_some());
    seed_with(&known.collect::<Vec<_>>()).unwrap()
}

fn attachment(name: &str) -> Value {
    match name {
        "image" => json!({ "name": "cat.png", "bytes": "AA==", "preview": "AA==" }),
        name => json!({ "attachmentType": name, "url": "https://a.example/a" }),
    }
}

fn seed_with(attachments: &[Value]) -> Option<Seed> {
    let now = OffsetDateTime::now_utc().truncate_to_second();
    let seed = json!({
        "users": [{ "name": "alice" }, { "name": "bob" }],
        "threads": [{
            "topic": "Lunch", "createdBy": "alice", "createdOn": now.format(&Rfc3339).unwrap(),
            "metadata": { "k": "v" }, "deleteThreadAfterDays": 30,
            "participants": [{ "user": "bob", "displayName": "Bob", "metadata": { "k": "v" },
                "shareHistoryTime": "2026-01-01T00:00:00Z" }],
            "messages": [{ "from": "alice", "senderDisplayName": "Alice", "content": "x",
                "metadata": { "k": "v" }, "attachments": attachments }],
        }],
    });
    Seed::from_json(&seed.to_string()).ok()
}

fn nobody() -> CommunicationUserIdentifier {
    CommunicationUserIdentifier::new(format!("8:acs:{NOBODY}_{NOBODY}"))
}

/// The items of all pages, and the link of the first one.
async fn all<T: Serialize + Send + 'static>(mut pages: PageStream<T>) -> Value {
    let (mut items, mut link) = (Vec::new(), None);
    while let Some(page) = pages.try_next().await.unwrap() {
        items.extend(page.items().iter().map(wire));
        link = link.or(page.continuation().map(ToString::to_string));
    }
    json!({ "value": items, "nextLink": link })
}
