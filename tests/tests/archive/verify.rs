//! What is found out about damage.

use std::fs;
use std::path::{Path, PathBuf};

use chat_archive::source::read_users;
use chat_archive::{ArchiveError, Export, Verified, compare, verify};
use chat_tests::archive::{Conversations, Size};
use serde_json::{Value, json};

use crate::export::resource;

const SIZE: Size = Size {
    users: 5,
    threads: 3,
    messages: 24,
};

async fn archive(conversations: &Conversations, to: &Path) {
    let users = read_users(&conversations.users.join("\n")).unwrap();
    let exported = Export::new(resource(&conversations.emulator), to, users)
        .run()
        .await;
    assert!(exported.unwrap().is_complete());
}

fn is_found(found: Result<Verified, ArchiveError>) -> bool {
    found.is_err() || found.is_ok_and(|verified| !verified.findings.is_empty())
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => files.extend(self::files(&path)),
            false => files.push(path),
        }
    }
    files
}

#[tokio::test(flavor = "multi_thread")]
async fn every_changed_byte_removed_line_and_lost_file_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let conversations = Conversations::start(SIZE).await;
    conversations.live(SIZE, 2, true).await;
    archive(&conversations, folder.path()).await;
    let whole = verify(folder.path()).unwrap();
    assert_eq!(whole.findings, []);
    assert!(
        whole.threads == 3 && whole.messages > 24 && whole.files > 12,
        "{whole:?}"
    );
    let mut looked_at = 0;
    for path in files(folder.path()) {
        let bytes = fs::read(&path).unwrap();
        if bytes.is_empty() && path.ends_with(".lock") {
            continue;
        }
        looked_at += 1;
        // Every byte of small files, and some of each line of large ones.
        let step = 1 + bytes.len() / 60;
        for place in (0..bytes.len()).step_by(step) {
            let mut damaged = bytes.clone();
            damaged[place] ^= 1;
            fs::write(&path, &damaged).unwrap();
            assert!(is_found(verify(folder.path())), "byte {place} of {path:?}");
        }
        let lines: Vec<_> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
        for removed in 0..lines.len() {
            let mut left = lines.clone();
            left.remove(removed);
            fs::write(&path, left.concat()).unwrap();
            assert!(
                is_found(verify(folder.path())),
                "line {removed} of {path:?}"
            );
        }
        fs::remove_file(&path).unwrap();
        assert!(is_found(verify(folder.path())), "{path:?} is lost");
        fs::write(&path, &bytes).unwrap();
    }
    assert!(looked_at as u64 > whole.files, "the manifest too");
    assert_eq!(verify(folder.path()).unwrap(), whole);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_come_since_is_told_from_what_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let conversations = Conversations::start(SIZE).await;
    archive(&conversations, folder.path()).await;
    let resource = resource(&conversations.emulator);
    let compared = compare(folder.path(), &resource).await.unwrap();
    assert_eq!((compared.newer, compared.no_more), (0, 0));
    assert_eq!(compared.archive.findings, []);
    assert_eq!(compared.outdated, Vec::<String>::new());

    let user = &conversations.users[0];
    let path = "/19:acsV2_thread0000@thread.v2/messages";
    let sent = conversations
        .request(user, "POST", path, json!({ "content": "new" }))
        .await;
    let edited = format!("{path}/{}", sent["id"].as_str().unwrap());
    archive(&conversations, folder.path()).await;
    conversations
        .request(user, "PATCH", &edited, json!({ "content": "newer" }))
        .await;
    let topic = json!({ "topic": "Another" });
    let created = conversations.request(user, "POST", "", topic).await;
    conversations
        .request(
            user,
            "PATCH",
            "/19:acsV2_thread0000@thread.v2",
            json!({ "topic": "Renamed" }),
        )
        .await;
    let compared = compare(folder.path(), &resource).await.unwrap();
    // The rename is a message, too.
    assert_eq!((compared.newer, compared.no_more), (2, 1));
    let [outdated] = &compared.outdated[..] else {
        panic!("{compared:?}");
    };
    assert!(outdated.ends_with("/thread.json"), "{outdated}");
    let [finding] = &compared.archive.findings[..] else {
        panic!("{compared:?}");
    };
    assert_eq!(finding.place, created["chatThread"]["id"].as_str().unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_before_what_the_service_still_shows_are_counted_by_themselves() {
    let folder = tempfile::tempdir().unwrap();
    let conversations = Conversations::start(SIZE).await;
    let resource = resource(&conversations.emulator);
    let thread = "/19:acsV2_thread0000@thread.v2";
    let creator = &conversations.users[0];
    let listed = conversations
        .request(
            creator,
            "GET",
            &format!("{thread}/participants"),
            Value::Null,
        )
        .await;
    let participants = listed["value"].as_array().unwrap();
    let ids = participants
        .iter()
        .map(|one| one["communicationIdentifier"]["rawId"].as_str().unwrap());
    let reader = ids.into_iter().find(|id| id != creator).unwrap();
    let export = async |user: &str| {
        let users = read_users(user).unwrap();
        let export = Export::new(resource.clone(), folder.path(), users);
        export.discover(false).run().await.unwrap().manifest
    };
    let manifest = export(reader).await;
    let archived = manifest.thread("19:acsV2_thread0000@thread.v2").unwrap();
    assert_eq!(archived.read_by, [reader]);
    let archived = archived.message_count;
    assert!(archived > 10, "{archived}");
    let compared = compare(folder.path(), &resource).await.unwrap();
    assert_eq!(
        (compared.newer, compared.no_more, compared.cut_off),
        (0, 0, 0)
    );

    // The history of who has read it begins anew.
    let identifier = json!({ "rawId": reader });
    let remove = format!("{thread}/participants/:remove");
    conversations
        .request(creator, "POST", &remove, identifier.clone())
        .await;
    let edited = format!("{thread}/messages");
    conversations
        .request(creator, "POST", &edited, json!({ "content": "meanwhile" }))
        .await;
    let now = time::OffsetDateTime::now_utc();
    let now = now
        .format(&time::format_description::well_known::Rfc3339)
        .unwrap();
    let add = json!({ "participants": [
        { "communicationIdentifier": identifier, "shareHistoryTime": now },
    ] });
    conversations
        .request(creator, "POST", &format!("{thread}/participants/:add"), add)
        .await;
    let compared = compare(folder.path(), &resource).await.unwrap();
    assert_eq!((compared.no_more, compared.cut_off), (0, archived));
    assert_eq!(compared.archive.findings, []);
    assert_eq!(compared.unread, Vec::<String>::new());

    // Somebody else who has read it still sees everything.
    let both = format!("{reader}\n{creator}");
    let manifest = export(&both).await;
    let archived = manifest.thread("19:acsV2_thread0000@thread.v2").unwrap();
    assert!(archived.read_by.contains(creator) && archived.read_by.contains(&reader.to_owned()));
    let compared = compare(folder.path(), &resource).await.unwrap();
    assert_eq!(
        (compared.newer, compared.no_more, compared.cut_off),
        (0, 0, 0)
    );
    assert_eq!(compared.archive.findings, []);
}
