//! Archives and pictures, by what users can read.

mod pictures;
mod world;

use chat_emulator::{ArchiveError, Emulator, StartError};
use serde_json::{Value, json};
use tempfile::TempDir;

use world::{World, delete_user, user};

/// A folder that is removed with the test.
fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

/// A conversation with everything in it that can be read later, and its threads.
fn converse() -> (World, Vec<String>, Vec<String>) {
    let (world, users) = World::seeded(&json!({
        "users": [{"name": "alice"}, {"name": "bob"}, {"name": "carol"}, {"name": "dave"}],
        "threads": [pictures::thread()],
    }));
    let tokens: Vec<_> = users.iter().map(|id| world.token(id).unwrap()).collect();
    let [alice, bob, carol, dave] = tokens.as_slice() else {
        unreachable!()
    };
    let participant = |index: usize, more: Value| {
        let mut participant = json!({ "communicationIdentifier": user(&users[index]) });
        participant
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        participant
    };
    let create = |topic: &str, participants: Value| {
        let body = json!({ "topic": topic, "participants": participants, "metadata": {"room": "4"},
            "retentionPolicy": {"kind": "threadCreationDate", "deleteThreadAfterDays": 30} });
        let created = world.done(alice, "POST", "", body);
        created["chatThread"]["id"].as_str().unwrap().to_owned()
    };
    let send = |token: &str, thread: &str, content: &str| {
        let body = json!({ "content": content, "type": "html", "senderDisplayName": "Somebody \u{1f600}",
            "metadata": {"mood": "good"} });
        let sent = world.done(token, "POST", &format!("/{thread}/messages"), body);
        sent["id"].as_str().unwrap().to_owned()
    };
    let bob_and_dave = json!([
        participant(
            1,
            json!({"displayName": "Bob", "metadata": {"role": "guest"}})
        ),
        participant(3, json!({})),
    ]);
    let lunch = create("Lunch", bob_and_dave.clone());
    let gone = create("Gone", bob_and_dave);
    let quiet = create("Quiet", json!([]));

    let first = send(alice, &lunch, "<b>Hungry?</b>\nline");
    let second = send(bob, &lunch, "Yes");
    let third = send(dave, &lunch, "I am about to leave for good");
    let edited = json!({ "content": "Thirsty?" });
    world.done(
        alice,
        "PATCH",
        &format!("/{lunch}/messages/{first}"),
        edited,
    );
    world.done(
        bob,
        "DELETE",
        &format!("/{lunch}/messages/{second}"),
        Value::Null,
    );
    let read = json!({ "chatMessageId": third });
    world.done(bob, "POST", &format!("/{lunch}/readReceipts"), read.clone());
    world.done(alice, "POST", &format!("/{lunch}/readReceipts"), read);
    // A history that begins in the middle of a second.
    let now =
        time::OffsetDateTime::now_utc().format(&time::format_description::well_known::Rfc3339);
    let late = participant(2, json!({ "shareHistoryTime": now.unwrap() }));
    let body = json!({ "participants": [late] });
    world.done(alice, "POST", &format!("/{lunch}/participants/:add"), body);
    send(carol, &lunch, "What is it about?");
    world.done(
        alice,
        "POST",
        &format!("/{lunch}/participants/:remove"),
        user(&users[1]),
    );
    send(alice, &lunch, "Bob does not see this");
    world.done(
        alice,
        "PATCH",
        &format!("/{quiet}"),
        json!({ "topic": "Very quiet" }),
    );
    world.done(alice, "DELETE", &format!("/{gone}"), Value::Null);
    let seeded = pictures::THREAD.to_owned();
    (world, users, vec![lunch, gone, quiet, seeded])
}

#[test]
fn an_imported_archive_answers_every_read_as_the_emulator_it_is_of() {
    let folder = folder();
    let (world, users, threads) = converse();
    delete_user(&world, &users[3]);
    let archive = folder.path().join("archive");
    world.emulator.export(&archive).unwrap();

    let imported = World::start(Emulator::builder().import(&archive));
    for user in &users {
        let (before, after) = (
            world.all_of(user, &threads),
            imported.all_of(user, &threads),
        );
        for (before, after) in before.iter().zip(&after) {
            assert_eq!(after, before, "of {user}");
        }
        assert_eq!(before.len(), after.len());
    }
    assert!(
        world.all_of(&users[0], &threads).len() > 15,
        "alice reads a lot"
    );
    assert!(imported.token(&users[3]).is_none(), "dave stays deleted");

    // It goes on where the other was.
    let token = imported.token(&users[0]).unwrap();
    let path = format!("/{}/messages", threads[0]);
    let newest = imported
        .call(&token, "GET", &format!("{path}?maxPageSize=1"), Value::Null)
        .1;
    imported.done(&token, "POST", &path, json!({ "content": "more" }));
    let now = imported
        .call(&token, "GET", &format!("{path}?maxPageSize=1"), Value::Null)
        .1;
    let sequence = |page: &str| {
        let page: Value = serde_json::from_str(page).unwrap();
        page["value"][0]["sequenceId"]
            .as_str()
            .unwrap()
            .parse::<u64>()
            .unwrap()
    };
    assert_eq!(sequence(&now), sequence(&newest) + 1);
}

#[test]
fn an_archive_of_an_archive_is_the_same() {
    let folder = folder();
    let (world, _, _) = converse();
    world.emulator.export(folder.path().join("one")).unwrap();
    let imported = World::start(Emulator::builder().import(folder.path().join("one")));
    imported.emulator.export(folder.path().join("two")).unwrap();
    let read = |name: &str| {
        let text = std::fs::read_to_string(folder.path().join(name).join("manifest.json")).unwrap();
        let mut manifest: Value = serde_json::from_str(&text).unwrap();
        manifest["createdOn"].take();
        manifest["manifestSha256"].take();
        manifest
    };
    assert_eq!(read("two"), read("one"));
}

#[test]
fn a_data_file_takes_an_archive_once_and_goes_on_with_it() {
    let folder = folder();
    let (world, users, threads) = converse();
    let (archive, data) = (
        folder.path().join("archive"),
        folder.path().join("state.redb"),
    );
    world.emulator.export(&archive).unwrap();
    let builder = Emulator::builder().import(&archive).data(&data);
    let imported = World::start(builder.clone());
    let token = imported.token(&users[0]).unwrap();
    imported.done(&token, "DELETE", &format!("/{}", threads[2]), Value::Null);
    let before = imported.all_of(&users[0], &threads);
    drop(imported);
    std::fs::remove_dir_all(&archive).unwrap();
    assert_eq!(World::start(builder).all_of(&users[0], &threads), before);
}

#[test]
fn the_control_api_gives_the_same_archive_as_a_tar_file() {
    let folder = folder();
    let (world, users, threads) = converse();
    let control = world.emulator.control_url().unwrap();
    let response = world.http.get(format!("{control}export")).send().unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "application/x-tar");
    let tar = response.bytes().unwrap();
    tar::Archive::new(&tar[..]).unpack(folder.path()).unwrap();
    let imported = World::start(Emulator::builder().import(folder.path().join("chat-archive")));
    let read = |world: &World| world.all_of(&users[0], &threads);
    assert_eq!(read(&imported), read(&world));
}

#[test]
fn nothing_is_written_over_and_what_is_no_archive_is_not_read() {
    let folder = folder();
    let (world, _) = World::seeded(&json!({ "users": [{"name": "alice"}] }));
    std::fs::write(folder.path().join("file"), "mine").unwrap();
    let error = world.emulator.export(folder.path()).unwrap_err();
    assert!(matches!(error, ArchiveError::NotEmpty(_)), "{error}");
    let import = |name: &str| {
        Emulator::builder()
            .import(folder.path().join(name))
            .start_blocking()
    };
    for name in ["nowhere", "."] {
        let error = import(name).unwrap_err();
        let StartError::Archive(ArchiveError::NoManifest(_)) = error else {
            panic!("{error}")
        };
    }
}

#[cfg(unix)]
#[test]
fn only_its_owner_may_read_an_archive() {
    use std::os::unix::fs::PermissionsExt;

    let folder = folder();
    let (world, _, _) = converse();
    world
        .emulator
        .export(folder.path().join("archive"))
        .unwrap();
    let mut left = vec![folder.path().join("archive")];
    let mut files = 0;
    while let Some(path) = left.pop() {
        let metadata = std::fs::metadata(&path).unwrap();
        let expected = if metadata.is_dir() { 0o700 } else { 0o600 };
        assert_eq!(
            metadata.permissions().mode() & 0o777,
            expected,
            "{}",
            path.display()
        );
        if metadata.is_dir() {
            let entries = std::fs::read_dir(&path).unwrap();
            left.extend(entries.map(|entry| entry.unwrap().path()));
        } else {
            files += 1;
        }
    }
    assert_eq!(files, 2 + 4 * 4 + 3, "nothing unfinished is left");
}
