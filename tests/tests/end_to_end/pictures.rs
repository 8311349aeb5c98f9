//! Pictures of messages, which come from the emulator's seeds: no stable version takes any from clients.

use std::collections::HashMap;

use chat::{ChatClient, CommunicationTokenCredential, ErrorKind};
use chat_emulator::{Emulator, Seed};
use futures_util::TryStreamExt;
use serde_json::json;

async fn start() -> (Emulator, HashMap<String, ChatClient>) {
    let document = json!({
        "users": [{ "name": "alice" }, { "name": "bob" }, { "name": "carol" }],
        "threads": [{
            "id": "19:acsV2_pictures@thread.v2", "topic": "Pictures", "createdBy": "alice",
            "participants": [{ "user": "bob" }],
            "messages": [{
                "from": "alice", "type": "html", "content": "<p>Look <img id=\"0-eus-1\"></p>",
                "attachments": [
                    { "id": "0-eus-1", "name": "cat.png", "bytes": "b3JpZ2luYWw=", "preview": "c21hbGw=" },
                    { "attachmentType": "file", "name": "plan.docx", "url": "https://files.example/plan.docx" },
                ],
            }],
        }],
    });
    let seed = Seed::from_json(&document.to_string()).unwrap();
    let emulator = Emulator::builder().seed(seed).start().await.unwrap();
    let clients = emulator.seeded_users().iter().map(|user| {
        let credential = CommunicationTokenCredential::new(user.token.as_str()).unwrap();
        let client = ChatClient::new(emulator.endpoint(), credential).unwrap();
        (user.name.clone(), client)
    });
    let clients = clients.collect();
    (emulator, clients)
}

#[tokio::test]
async fn participants_get_pictures_and_previews_and_nobody_sends_a_token_to_where_files_are() {
    let (emulator, clients) = start().await;
    let thread = |name: &str| clients[name].chat_thread_client("19:acsV2_pictures@thread.v2");
    let (bob, carol) = (thread("bob"), thread("carol"));
    let mut messages = bob.list_messages().latest(1).into_stream();
    let message = messages.try_next().await.unwrap().unwrap();
    let [picture, file] = message.content().attachments() else {
        panic!("{message:?}");
    };

    let original = bob.download_attachment(picture).await.unwrap();
    assert_eq!(original.media_type(), Some("image/png"));
    let pieces: Vec<_> = original.try_collect().await.unwrap();
    assert_eq!(pieces.concat(), b"original");
    let small = bob.download_attachment_preview(picture).await.unwrap();
    assert_eq!(small.bytes().await.unwrap(), b"small");

    let stranger = carol.download_attachment(picture).await.unwrap_err();
    assert_eq!(stranger.kind(), ErrorKind::Forbidden);
    let before = emulator.journal().len();
    let elsewhere = bob.download_attachment(file).await.unwrap_err();
    assert_eq!(elsewhere.kind(), ErrorKind::InvalidArgument);
    assert_eq!(emulator.journal().len(), before);
}

#[tokio::test]
async fn a_picture_is_fetched_without_async() {
    let (_emulator, clients) = start().await;
    let thread = clients["alice"].chat_thread_client("19:acsV2_pictures@thread.v2");
    let (done, wait) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        let mut messages = thread.list_messages().latest(1).into_blocking_iter();
        let message = messages.next().unwrap().unwrap();
        let picture = &message.content().attachments()[0];
        let whole = thread.download_attachment(picture).send_blocking().unwrap();
        let whole = whole.bytes_blocking().unwrap();
        let pieces = thread.download_attachment(picture).send_blocking().unwrap();
        let pieces: Result<Vec<_>, _> = pieces.into_blocking_iter().collect();
        done.send((whole, pieces.unwrap().concat())).unwrap();
    });
    let (whole, pieces) = wait.await.unwrap();
    assert_eq!(
        (whole.as_slice(), pieces.as_slice()),
        (&b"original"[..], &b"original"[..])
    );
}
