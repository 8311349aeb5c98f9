//! What users of the emulator do to set the stage.

use serde_json::{Value, json};

use super::story::{Story, is_changed, user_of};
use super::world::World;

/// Does something in a thread, given as method, recorded thread and the rest of the path.
pub(super) async fn act(
    world: &mut World,
    user: &str,
    (method, thread, rest): (&str, &str, &str),
    body: Value,
) -> Value {
    let user = world.user(user).await;
    let thread = world.known_thread(thread).expect("a thread");
    let path = format!("/chat/threads/{thread}{rest}");
    world.act(&user, method, &path, body).await
}

fn participant(id: &str) -> Value {
    json!({ "communicationIdentifier": { "communicationUser": { "id": id } } })
}

/// Someone who takes part in threads of which the participants are not known, so that nobody is
/// alone.
pub(super) async fn somebody(world: &mut World) -> Value {
    participant(&world.user("somebody").await.id)
}

/// The participants, with the users of the emulator in them.
pub(super) async fn participants(world: &mut World, recorded: &[Value]) -> Vec<Value> {
    let mut participants = Vec::new();
    for participant in recorded {
        let id = user_of(&participant["communicationIdentifier"]).expect("a participant");
        let mut mapped = self::participant(&world.user(id).await.id);
        if let Some(name) = participant.get("displayName") {
            mapped["displayName"] = name.clone();
        }
        participants.push(mapped);
    }
    participants
}

/// Creates a thread as it was before the session does anything to it.
pub(super) async fn create(world: &mut World, story: Story<'_>, thread: &str, creator: &str) {
    let mut with = participants(world, story.participants(thread)).await;
    if with.is_empty() {
        with.push(somebody(world).await);
    }
    let mut body = json!({ "topic": story.topic(thread).unwrap_or("Test"), "participants": with });
    if let Some(metadata) = story.metadata(thread).and_then(Value::as_object) {
        let before = metadata.iter().filter(|(key, _)| !story.sets_metadata(key));
        body["metadata"] = before
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect();
    }
    create_from(world, thread, creator, body).await;
}

pub(super) async fn create_from(world: &mut World, thread: &str, creator: &str, body: Value) {
    let creator = world.user(creator).await;
    let created = world.act(&creator, "POST", "/chat/threads", body).await;
    let id = created["chatThread"]["id"]
        .as_str()
        .expect("the thread's id");
    world.learn_thread(thread, id);
}

/// Makes happen what a message tells of.
pub(super) async fn happen(world: &mut World, thread: &str, message: &Value) {
    let sequence: u64 = message["sequenceId"]
        .as_str()
        .and_then(|id| id.parse().ok())
        .expect("a sequence id");
    // The first two come with the thread.
    if sequence <= 2 {
        return;
    }
    let content = &message["content"];
    let initiator = user_of(&content["initiatorCommunicationIdentifier"]);
    match (message["type"].as_str(), initiator) {
        (Some("text" | "html"), _) => {
            let sender = user_of(&message["senderCommunicationIdentifier"]).expect("a sender");
            if !is_changed(message) {
                reach(world, thread, sequence - 1, sender).await;
            }
            send(world, thread, message, sender).await;
            return;
        }
        (Some("topicUpdated"), Some(initiator)) => {
            let body = json!({ "topic": content["topic"] });
            act(world, initiator, ("PATCH", thread, ""), body).await;
        }
        (Some("participantAdded"), Some(initiator)) => {
            let added = content["participants"]
                .as_array()
                .map_or(&[][..], Vec::as_slice);
            let body = json!({ "participants": participants(world, added).await });
            act(
                world,
                initiator,
                ("POST", thread, "/participants/:add"),
                body,
            )
            .await;
        }
        (unknown, _) => panic!("it is not known what {unknown:?} tells of"),
    }
    // The message that tells of it is there now, under an id of its own.
    let initiator = initiator.expect("somebody who has done it");
    let id = top(world, thread, initiator).await["id"].clone();
    let recorded = message["id"].as_str().expect("an id");
    world.learn_message(recorded, id.as_str().expect("an id"));
}

/// The newest message of the thread.
async fn top(world: &mut World, thread: &str, user: &str) -> Value {
    act(
        world,
        user,
        ("GET", thread, "/messages?maxPageSize=1"),
        Value::Null,
    )
    .await["value"][0]
        .clone()
}

/// Lets things happen of which the recording does not tell, until the thread is that far.
async fn reach(world: &mut World, thread: &str, sequence: u64, user: &str) {
    loop {
        let newest = top(world, thread, user).await;
        let reached = newest["sequenceId"]
            .as_str()
            .and_then(|id| id.parse::<u64>().ok());
        if reached >= Some(sequence) {
            return;
        }
        act(
            world,
            user,
            ("PATCH", thread, ""),
            json!({ "topic": "in between" }),
        )
        .await;
    }
}

/// Sends a message as it was before it was changed, if it was.
pub(super) async fn send(world: &mut World, thread: &str, message: &Value, sender: &str) {
    let mut body = json!({ "content": "before the change", "type": message["type"] });
    if !is_changed(message) {
        body["content"] = message["content"]["message"].clone();
        body["metadata"] = message.get("metadata").cloned().unwrap_or_default();
    }
    let name = message["senderDisplayName"]
        .as_str()
        .filter(|name| !name.is_empty());
    body["senderDisplayName"] = name.map(Value::from).unwrap_or_default();
    let sent = act(world, sender, ("POST", thread, "/messages"), body).await;
    let recorded = message["id"].as_str().expect("an id");
    world.learn_message(recorded, sent["id"].as_str().expect("the message's id"));
}
