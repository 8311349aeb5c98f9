//! An archive as a program writes it that knows no more than the service shows.

use serde_json::{Value, json};

use super::*;
use crate::store::ListMessages;
use crate::store::identifier::RawId;

const GUID: &str = "357e39d2-a29a-4bf6-88cc-fda0afc2c0ed";

/// Each line of a file without some fields.
fn strip(file: &mut Vec<u8>, fields: &[&str]) {
    let mut stripped = String::new();
    for line in file
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
    {
        let mut record: Value = serde_json::from_slice(line).unwrap();
        for field in fields {
            record.as_object_mut().unwrap().remove(*field);
        }
        stripped.push_str(&format!("{record}\n"));
    }
    *file = stripped.into_bytes();
}

#[test]
fn what_only_an_emulator_knows_may_be_absent() {
    let mut world = World::new(3);
    let thread = world.thread();
    world.send(1, &thread, "before");
    let callers = world.callers.clone();
    world.clock.advance(std::time::Duration::from_secs(60));
    let removed = world
        .store
        .remove_participant(&callers[0], &thread, &callers[1].user);
    removed.unwrap();
    world.clock.advance(std::time::Duration::from_secs(60));
    world.send(0, &thread, "after");
    let files = sealed(&world.export(), |files, manifest| {
        manifest.resource = None;
        manifest.user_count = 1;
        manifest.unread =
            serde_json::from_value(json!([{"thread": "19:x", "reason": "404", "new": 1}])).unwrap();
        let users = files.get_mut("users.jsonl").unwrap();
        *users = format!("{}\n", json!({ "id": callers[2].user.as_str() })).into_bytes();
        let entry = &mut manifest.threads[0];
        entry.participant_count += 1;
        entry.message_count += 1;
        for (name, file) in files.iter_mut() {
            if name.ends_with("thread.json") {
                let fields = [
                    "createdOn",
                    "listed",
                    "lastSequenceId",
                    "lastVersion",
                    "lastMessageReceivedOn",
                ];
                strip(file, &fields);
            } else if name.ends_with("participants.jsonl") {
                strip(
                    file,
                    &["historyStart", "addedOn", "lastSequenceId", "listed"],
                );
                let teams =
                    json!({"microsoftTeamsUser": {"userId": GUID}, "kind": "microsoftTeamsUser"});
                let line = json!({"participant": {"communicationIdentifier": teams}});
                file.extend(format!("{line}\n").bytes());
            } else if name.ends_with("messages.jsonl") {
                let line = json!({
                    "id": "1767225700000", "type": "text", "sequenceId": "90", "version": "1767225700000",
                    "content": {"message": "from Teams"}, "createdOn": "2026-01-01T00:01:40Z",
                    "senderCommunicationIdentifier": {"rawId": "48:calendar"},
                });
                file.extend(format!("{line}\n").bytes());
            }
        }
        files.retain(|name, _| !name.ends_with("receipts.jsonl"));
        manifest
            .files
            .retain(|name, _| !name.ends_with("receipts.jsonl"));
    });

    let state = read(folder(&files).path()).unwrap();
    assert_eq!(state.resource(), world.store.resource(), "that of the user");
    let mut store = Store::continuing(
        state,
        Arc::clone(&world.clock) as _,
        Box::new(RandomIds),
        Limits::default(),
        Capacity::default(),
    );
    let mut contents = |user: &RawId| {
        let grant = store.issue_token(user, vec![Scope::Chat], 60).unwrap();
        let caller = store.authorize(&grant).unwrap();
        let list = ListMessages {
            page_size: 100,
            start: Timestamp::EPOCH,
            before: u64::MAX,
        };
        let messages = store.list_messages(&caller, &thread, &list).unwrap().items;
        let texts = messages.iter().filter_map(|message| match &message.body {
            crate::store::MessageBody::User(user) => Some(user.content.clone()),
            _ => None,
        });
        texts.collect::<Vec<_>>()
    };
    assert_eq!(
        contents(&callers[0].user),
        ["from Teams", "after", "before"]
    );
    assert_eq!(
        contents(&callers[1].user),
        ["before"],
        "who was removed sees no more"
    );

    let participants = store.thread_overview(&thread, 0).unwrap().0.participants;
    let teams = participants.last().unwrap();
    assert_eq!(teams.id.as_str(), format!("8:orgid:{GUID}"));
    assert_eq!(store.state().archived_users().len(), 3);
    let id = store.send_message(
        &callers[0],
        &thread,
        UserMessage {
            sender: callers[0].user.clone(),
            sender_display_name: String::new(),
            content_type: ContentType::Text,
            content: String::new(),
            metadata: Default::default(),
            attachments: Vec::new(),
        },
    );
    let sent = store.message(&callers[0], &thread, id.unwrap()).unwrap();
    assert_eq!(sent.sequence, 91, "it goes on after the last one");
}

/// Messages that a resource may hold, and the emulator would never write.
fn foreign() -> Vec<Value> {
    let initiator = json!({"rawId": "4:+15551234567"});
    let message = |number: u64, kind: &str, content: Value| {
        json!({
            "id": format!("176722570000{number}"), "type": kind, "sequenceId": format!("9{number}"),
            "version": format!("176722570000{number}"), "content": content,
            "createdOn": "2026-01-01T00:01:40Z",
        })
    };
    let mut poll = message(
        1,
        "poll",
        json!({"options": ["a", {"deep": [1, null]}], "message": "?"}),
    );
    poll["senderDisplayName"] = "Anna".into();
    poll["senderCommunicationIdentifier"] = json!({
        "rawId": format!("8:orgid:{GUID}"),
        "microsoftTeamsUser": {"userId": GUID, "isAnonymous": false, "cloud": "public"},
    });
    poll["metadata"] = json!({"tag": "x"});
    poll["editedOn"] = "2026-01-01T00:01:41Z".into();
    vec![
        poll,
        message(2, "participantAdded", json!({"participants": []})),
        message(
            3,
            "participantRemoved",
            json!({"initiatorCommunicationIdentifier": initiator}),
        ),
        message(
            4,
            "topicUpdated",
            json!({"topic": "Nobody knows who has named it"}),
        ),
        message(5, "text", json!({"message": "nobody has sent it"})),
        message(6, "callStarted", json!({})),
    ]
}

#[test]
fn messages_that_nobody_here_knows_are_kept_and_shown_as_they_were() {
    let mut world = World::new(1);
    let thread = world.thread();
    world.send(0, &thread, "known");
    let caller = world.callers[0].clone();
    let foreign = foreign();
    let files = sealed(&world.export(), |files, manifest| {
        let entry = &mut manifest.threads[0];
        entry.message_count += foreign.len() as u64;
        let messages = files.get_mut(&named(files, "messages.jsonl")).unwrap();
        for message in &foreign {
            messages.extend(format!("{message}\n").bytes());
        }
    });
    let state = read(folder(&files).path()).unwrap();
    let again = read(folder(&exported(&state)).path()).unwrap();
    for state in [state, again] {
        let mut store = Store::continuing(
            state,
            Arc::clone(&world.clock) as _,
            Box::new(RandomIds),
            Limits::default(),
            Capacity::default(),
        );
        let grant = store
            .issue_token(&caller.user, vec![Scope::Chat], 60)
            .unwrap();
        let caller = store.authorize(&grant).unwrap();
        let list = ListMessages {
            page_size: 100,
            start: Timestamp::EPOCH,
            before: u64::MAX,
        };
        let messages = store.list_messages(&caller, &thread, &list).unwrap().items;
        let links = crate::wire::attachment::Links {
            base: "",
            thread: &thread,
        };
        let version = crate::wire::version::ChatVersion::NEWEST;
        let shown = messages.iter().map(|message| {
            // As a data file has it.
            let row = serde_json::to_vec(&**message).unwrap();
            let kept: crate::store::Message = serde_json::from_slice(&row).unwrap();
            json!(crate::wire::message::ChatMessage::new(
                &kept, version, links
            ))
        });
        let shown: Vec<_> = shown.take(foreign.len()).collect();
        assert_eq!(shown, foreign.iter().rev().cloned().collect::<Vec<_>>());
        let newest = messages[0].id;
        let change = crate::store::MessageChange {
            content: Some("mine".to_owned()),
            metadata: None,
        };
        assert!(
            store
                .update_message(&caller, &thread, newest, change)
                .is_err()
        );
    }
}

#[test]
fn a_thread_whose_properties_nobody_could_read_is_left_out_and_users_may_be_in_another_file() {
    let mut world = World::new(3);
    let (thread, other) = (world.thread(), world.thread());
    world.send(1, &thread, "before");
    let files = sealed(&world.export(), |files, manifest| {
        let users = files.remove("users.jsonl").unwrap();
        files.insert("users-2.jsonl".to_owned(), users);
        let entry = manifest.files.remove("users.jsonl").unwrap();
        manifest.files.insert("users-2.jsonl".to_owned(), entry);
        manifest.users_file = Some("users-2.jsonl".to_owned());
        let of_other = manifest.threads.iter();
        let mut of_other = of_other.filter(|entry| entry.id == other.as_str());
        let document = format!("{}/thread.json", of_other.next().unwrap().folder);
        strip(files.get_mut(&document).unwrap(), &["properties"]);
    });
    let state = read(folder(&files).path()).unwrap();
    assert_eq!(state.archived_users().len(), 3);
    let threads: Vec<_> = state.archived_threads().collect();
    assert_eq!(threads.len(), 1);
    assert_eq!(threads[0].properties.id, thread);
}
