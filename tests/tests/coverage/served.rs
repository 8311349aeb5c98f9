//! The emulator takes the examples of requests, with the ids of what exists there.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chat_tests::documents::{Operation, Parameter, operations};
use chat_tests::scene::Scene;
use serde_json::{Value, json};

use crate::calls::{Given, call};

/// Users of the examples, by what their ids end in: Alice calls, Bob is in no thread yet.
const ALICE: &str = "00000001-5a1c-4b2d-8e3f-9a4b5c6d7e8f";
const BOB: &str = "00000002-5a1c-4b2d-8e3f-9a4b5c6d7e8f";
const TEAMS_USER: &str = "00000003-5a1c-4b2d-8e3f-9a4b5c6d7e8f";

/// A token as Microsoft Entra issues them, whose signature the emulator does not check.
fn entra_token() -> String {
    let claims = json!({ "exp": 4_102_444_800_u64, "oid": TEAMS_USER }).to_string();
    let encode = |text: &str| BASE64_URL_SAFE_NO_PAD.encode(text);
    format!("{}.{}.AA", encode(r#"{"alg":"RS256"}"#), encode(&claims))
}

/// The operation with what exists in the place of what stands for it in the examples.
fn of_what_exists(operation: &Operation, names: &[(String, String)]) -> Operation {
    let replaced = |text: &str| {
        let replace = |text: String, (from, to): &(String, String)| text.replace(from, to);
        names.iter().fold(text.to_owned(), replace)
    };
    let mut operation = operation.clone();
    let request = operation
        .request
        .map(|request| replaced(&request.to_string()));
    operation.request = request.map(|text| serde_json::from_str(&text).unwrap());
    for Parameter { example, .. } in &mut operation.parameters {
        *example = replaced(example);
    }
    operation
}

/// The user id of the examples that ends so.
fn example_id(end: &str) -> String {
    format!("8:acs:3d1f6c0e-2b7a-4e58-9c41-6a0d8f25b7e3_{end}")
}

/// What comes of the example of an operation; nothing where no call of it is known.
pub(crate) async fn carried_out(operation: &Operation) -> Option<Result<Value, chat::Error>> {
    let call = call(&operation.id)?;
    let scene = Scene::set().await.unwrap();
    let add = scene.thread.add_participants([scene.bob.clone()]);
    assert!(add.await.unwrap().is_complete());
    let message = scene.thread.send_message("read this").await.unwrap();
    let carol = scene.identity.create_user().await.unwrap();
    let mut names = vec![
        (example_id(ALICE), carol.id().to_owned()),
        (example_id(BOB), scene.bob.id().to_owned()),
        ("header.claims.signature".to_owned(), entra_token()),
    ];
    for parameter in &operation.parameters {
        match parameter.name.as_str() {
            "chatThreadId" => names.push((
                parameter.example.clone(),
                scene.thread.thread_id().to_string(),
            )),
            "chatMessageId" => names.push((parameter.example.clone(), message.id().to_string())),
            _ => {}
        }
    }
    if operation.id == "sendChatReadReceipt" {
        let example = operation.request.as_ref().unwrap()["chatMessageId"]
            .as_str()
            .unwrap();
        names.push((example.to_owned(), message.id().to_string()));
    }
    let given = Given {
        client: scene.client.clone(),
        thread: scene.thread.clone(),
        identity: scene.identity.clone(),
        operation: of_what_exists(operation, &names),
    };
    Some((call.make)(given).await)
}

#[tokio::test]
async fn the_emulator_carries_out_the_example_of_every_operation() {
    for operation in operations() {
        if let Some(result) = carried_out(&operation).await {
            assert!(result.is_ok(), "{}: {:?}", operation.id, result);
        }
    }
}
