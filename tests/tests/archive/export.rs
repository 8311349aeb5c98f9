//! What an export writes, and what it asks the service for.

use std::path::Path;

use chat::governor::RateLimits;
use chat_archive::source::{Resource, ResourceOptions, read_users};
use chat_archive::{Export, Exported};
use chat_emulator::{ChatOperation, Emulator, Operation};
use chat_tests::archive::{Conversations, Size, differences};

const SIZE: Size = Size {
    users: 12,
    threads: 20,
    messages: 1_000,
};

pub(crate) fn resource(emulator: &Emulator) -> Resource {
    let options = ResourceOptions {
        limits: RateLimits::none(),
        ..ResourceOptions::default()
    };
    Resource::new(&emulator.connection_string(), options).unwrap()
}

async fn export(conversations: &Conversations, users: &[String], to: &Path) -> Exported {
    let users = read_users(&users.join("\n")).unwrap();
    let export = Export::new(resource(&conversations.emulator), to, users);
    export.run().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_archive_is_what_the_emulator_exports_of_its_own_state() {
    let folder = tempfile::tempdir().unwrap();
    let conversations = Conversations::start(SIZE).await;
    conversations.live(SIZE, 3, true).await;
    let emulator = &conversations.emulator;
    let (ours, theirs) = (folder.path().join("ours"), folder.path().join("theirs"));
    let exported = export(&conversations, &conversations.users[..3], &ours).await;
    emulator.export(&theirs).unwrap();
    assert_eq!(
        differences(&ours, &theirs, emulator.endpoint()),
        Vec::<String>::new()
    );
    assert!(exported.is_complete(), "{:#?}", exported.manifest.unread);

    // Nothing is read again that is there.
    emulator.clear_journal();
    let again = export(&conversations, &conversations.users[..3], &ours).await;
    assert_eq!(again.changed_threads, 0);
    let journal = emulator.journal();
    let lists = journal.iter().filter(|entry| {
        entry.operation() == Some(Operation::Chat(ChatOperation::ListChatMessages))
    });
    let lists: Vec<_> = lists
        .map(|entry| entry.query().unwrap().to_owned())
        .collect();
    assert!(
        lists
            .iter()
            .all(|query| query.contains("maxPageSize=1&") || query.ends_with("maxPageSize=1")),
        "{lists:#?}"
    );
    assert_eq!(
        differences(&ours, &theirs, emulator.endpoint()),
        Vec::<String>::new()
    );

    // What has changed is.
    conversations.live(SIZE, 4, false).await;
    std::fs::remove_dir_all(&theirs).unwrap();
    let third = export(&conversations, &conversations.users[..3], &ours).await;
    emulator.export(&theirs).unwrap();
    assert_eq!(third.changed_threads, 5);
    assert_eq!(
        differences(&ours, &theirs, emulator.endpoint()),
        Vec::<String>::new()
    );
}
