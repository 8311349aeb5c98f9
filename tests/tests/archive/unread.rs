//! What cannot be read: users who are gone, and pictures that do not come.

use std::path::Path;

use chat::CommunicationIdentityClient;
use chat_archive::source::read_users;
use chat_archive::{Export, Exported, Unread, UnreadKind, verify};
use chat_emulator::{Emulator, Fault};
use chat_tests::archive::{Conversations, Size, differences};

use crate::export::resource;

const SIZE: Size = Size {
    users: 5,
    threads: 3,
    messages: 30,
};

async fn export(emulator: &Emulator, users: &str, to: &Path) -> Exported {
    let users = read_users(users).unwrap();
    let export = Export::new(resource(emulator), to, users);
    export.run().await.unwrap()
}

fn of_users(exported: &Exported) -> Vec<(UnreadKind, &str)> {
    let unread = exported.manifest.unread.iter();
    let of_users = unread.filter_map(|unread| Some((unread.kind, unread.user.as_deref()?)));
    of_users.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn users_that_are_deleted_or_unknown_are_noted_and_the_others_are_exported() {
    let folder = tempfile::tempdir().unwrap();
    let conversations = Conversations::start(SIZE).await;
    let emulator = &conversations.emulator;
    let identity =
        CommunicationIdentityClient::from_connection_string(&emulator.connection_string()).unwrap();
    let deleted = identity.create_user().await.unwrap();
    identity.delete_user(&deleted).await.unwrap();
    let mut unknown = deleted.id().to_owned();
    unknown.replace_range(unknown.len() - 12.., "0123456789ab");
    let known = &conversations.users[0];
    let users = format!("{known}\n{} Dora\n{unknown}\n", deleted.id());
    let (ours, theirs) = (folder.path().join("ours"), folder.path().join("theirs"));
    for _ in 0..2 {
        let exported = export(emulator, &users, &ours).await;
        let mut noted = of_users(&exported);
        noted.sort_by_key(|(_, user)| *user);
        let mut expected = [
            (UnreadKind::Gone, deleted.id()),
            (UnreadKind::Gone, unknown.as_str()),
        ];
        expected.sort_by_key(|(_, user)| *user);
        assert_eq!(noted, expected, "{:#?}", exported.manifest.unread);
        assert!(exported.is_complete(), "gone is as much as there is");
        assert_eq!(verify(&ours).unwrap().findings, []);
    }
    let listed = std::fs::read_to_string(ours.join("users.jsonl")).unwrap();
    let line = listed.lines().find(|line| line.contains(deleted.id()));
    let line = line.unwrap();
    assert!(
        line.contains("Dora") && line.contains("\"deleted\":true"),
        "{line}"
    );
    emulator.export(&theirs).unwrap();
    let threads = |folder: &Path| std::fs::read_dir(folder.join("threads")).unwrap().count();
    assert_eq!(threads(&ours), threads(&theirs));
}

/// What is noted of pictures.
fn of_pictures(exported: &Exported) -> Vec<&Unread> {
    let unread = exported.manifest.unread.iter();
    unread.filter(|unread| unread.message.is_some()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_that_did_not_come_are_fetched_by_the_next_export_and_those_that_are_gone_are_not()
{
    let folder = tempfile::tempdir().unwrap();
    let size = Size {
        messages: 900,
        ..SIZE
    };
    let conversations = Conversations::start(size).await;
    let emulator = &conversations.emulator;
    let (ours, theirs) = (folder.path().join("ours"), folder.path().join("theirs"));
    let users = conversations.users.join("\n");
    let refuse = |status: u16| {
        let fault = Fault::status(status).for_operation("getChatImage");
        emulator.inject(fault).unwrap();
    };
    refuse(400);
    let first = export(emulator, &users, &ours).await;
    assert!(!first.is_complete());
    let refused = of_pictures(&first);
    assert!(refused.len() >= 4, "{refused:#?}");
    assert!(
        refused.iter().all(|note| note.kind == UnreadKind::Refused),
        "{refused:#?}"
    );
    let count = |exported: &Exported| -> u64 {
        let threads = exported.manifest.threads.iter();
        threads.map(|thread| thread.attachment_count).sum()
    };
    assert_eq!(count(&first), 0);
    assert_eq!(verify(&ours).unwrap().findings, []);

    emulator.clear_faults();
    let second = export(emulator, &users, &ours).await;
    assert!(second.is_complete(), "{:#?}", second.manifest.unread);
    assert_eq!(count(&second), refused.len() as u64);
    emulator.export(&theirs).unwrap();
    let differ = differences(&ours, &theirs, emulator.endpoint());
    assert_eq!(differ, Vec::<String>::new());

    // What is gone is not asked for again.
    let gone = folder.path().join("gone");
    refuse(404);
    let first = export(emulator, &users, &gone).await;
    assert!(first.is_complete(), "gone is as much as there is");
    assert_eq!(of_pictures(&first).len(), refused.len());
    emulator.clear_faults();
    let second = export(emulator, &users, &gone).await;
    assert_eq!(of_pictures(&second).len(), refused.len());
    assert_eq!(count(&second), 0);
}
