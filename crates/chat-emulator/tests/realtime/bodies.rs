//! What each of the ten notifications says.

use serde_json::{Value, json};

use crate::client::{Client, Notification, Socket};
use crate::world::{User, World, participant};

/// Alice and Bob, who is notified.
struct Scene {
    world: World,
    alice: User,
    bob: User,
    socket: Socket,
}

impl Scene {
    async fn new() -> Self {
        let world = World::new().await;
        let (alice, bob) = (world.user("alice"), world.user("bob"));
        let (_, socket) = Client::new(&world, &bob).start().await;
        Self {
            world,
            alice,
            bob,
            socket,
        }
    }

    /// A thread of both, and what is told of it.
    async fn thread(&mut self) -> (String, Notification) {
        let people = [(&self.alice, "Alice"), (&self.bob, "Bob")];
        let thread = self.world.thread(&people).await;
        (thread, self.socket.notification().await)
    }

    async fn call(&self, user: &User, call: &str, body: Value) {
        let (method, path) = call.split_once(' ').unwrap();
        self.world.call(user, method, path, body).await;
    }

    /// What all notifications of messages say, and that each has an id of its own.
    fn of_message(&self, thread: &str, body: &Value) -> Value {
        let mut common = self.common(body);
        common["recipientMri"] = self.bob.id.clone().into();
        common["groupId"] = id_of(thread).into();
        common["collapseId"] = body["collapseId"].clone();
        assert_eq!(body["collapseId"].as_str().unwrap().len(), 44);
        common
    }

    /// What all notifications of threads say.
    fn of_thread(&self, thread: &str, body: &Value) -> Value {
        let mut common = self.common(body);
        common["groupId"] = "".into();
        common["collapseId"] = "".into();
        common["threadId"] = id_of(thread).into();
        common["threadType"] = "chat".into();
        common["createTime"] = body["createTime"].clone();
        common["version"] = body["version"].clone();
        assert_time(&body["createTime"], 7);
        assert!(body["version"].as_str().unwrap().parse::<i64>().is_ok());
        common
    }

    fn common(&self, body: &Value) -> Value {
        json!({
            "eventId": body["eventId"],
            "senderId": self.alice.id,
            "recipientId": self.bob.id.strip_prefix("8:").unwrap(),
            "transactionId": body["transactionId"],
        })
    }
}

fn id_of(thread: &str) -> &str {
    thread.strip_prefix("chat/threads/").unwrap()
}

/// A time with so many digits of a second.
#[track_caller]
fn assert_time(time: &Value, digits: usize) {
    let text = time.as_str().unwrap();
    let (_, fraction) = text.split_once('.').unwrap();
    assert_eq!(fraction.len(), digits + 1, "{text}");
    assert!(fraction.ends_with('Z'), "{text}");
}

/// The JSON in a string.
#[track_caller]
fn inner(text: &Value) -> Value {
    serde_json::from_str(text.as_str().unwrap()).unwrap()
}

fn with(mut common: Value, more: Value) -> Value {
    let more = more.as_object().unwrap().clone();
    common.as_object_mut().unwrap().extend(more);
    common
}

#[tokio::test]
async fn of_a_message_that_comes_changes_and_goes() {
    let mut scene = Scene::new().await;
    let (thread, _) = scene.thread().await;
    let alice = scene.alice.clone();
    let path = format!("{thread}/messages");
    let new = json!({
        "content": "<b>hello</b>", "type": "html", "senderDisplayName": "Alice",
        "metadata": {"tag": "one"},
    });
    let sent = scene.world.call(&alice, "POST", &path, new).await;
    let id = sent["id"].as_str().unwrap().to_owned();
    let message = format!("{path}/{id}");

    let received = scene.socket.notification().await;
    let body = &received.body;
    assert_eq!(received.name, "chatMessageReceived");
    let content = json!({
        "messageId": id, "messageType": "RichText/Html", "messageBody": "<b>hello</b>",
        "senderDisplayName": "Alice", "clientMessageId": "", "priority": "",
        "originalArrivalTime": body["originalArrivalTime"], "version": id,
        "acsChatMessageMetadata": "{\"tag\":\"one\"}",
    });
    assert_eq!(*body, with(scene.of_message(&thread, body), content));
    assert_eq!(body["eventId"], 200);
    assert_time(&body["originalArrivalTime"], 3);

    let change = json!({"content": "<i>hello</i>", "metadata": {"tag": ""}});
    scene
        .call(&alice, &format!("PATCH {message}"), change)
        .await;
    let edited = scene.socket.notification().await;
    assert_eq!(edited.name, "chatMessageEdited");
    let content = json!({
        "eventId": 247, "messageId": id, "messageType": "RichText/Html",
        "messageBody": "<i>hello</i>", "senderDisplayName": "Alice", "clientMessageId": "",
        "priority": "", "originalArrivalTime": body["originalArrivalTime"],
        "composetime": body["originalArrivalTime"], "edittime": edited.body["edittime"],
        "version": edited.body["version"], "acsChatMessageMetadata": "null",
    });
    let common = scene.of_message(&thread, &edited.body);
    assert_eq!(edited.body, with(common, content));
    assert_time(&edited.body["edittime"], 3);
    assert!(edited.body["version"].as_str() > Some(&id));
    assert_eq!(edited.body["collapseId"], body["collapseId"]);

    scene
        .call(&alice, &format!("DELETE {message}"), Value::Null)
        .await;
    let deleted = scene.socket.notification().await;
    assert_eq!(deleted.name, "chatMessageDeleted");
    let content = json!({
        "eventId": 248, "messageId": id, "messageType": "RichText/Html",
        "senderDisplayName": "Alice", "clientMessageId": "",
        "originalArrivalTime": body["originalArrivalTime"],
        "composetime": body["originalArrivalTime"], "deletetime": deleted.body["deletetime"],
        "version": deleted.body["version"],
    });
    let common = scene.of_message(&thread, &deleted.body);
    assert_eq!(deleted.body, with(common, content));
    assert_time(&deleted.body["deletetime"], 3);
}

#[tokio::test]
async fn of_somebody_who_types_or_reads() {
    let mut scene = Scene::new().await;
    let (thread, _) = scene.thread().await;
    let alice = scene.alice.clone();
    let typing = format!("POST {thread}/typing");
    scene
        .call(&alice, &typing, json!({"senderDisplayName": "A."}))
        .await;
    scene.call(&alice, &typing, Value::Null).await;
    let mut names = Vec::new();
    for _ in 0..2 {
        let typed = scene.socket.notification().await;
        assert_eq!(typed.name, "typingIndicatorReceived");
        let body = &typed.body;
        let content = json!({
            "eventId": 245, "messageType": "Control/Typing", "messageId": body["version"],
            "senderDisplayName": body["senderDisplayName"], "version": body["version"],
            "originalArrivalTime": body["originalArrivalTime"],
        });
        assert_eq!(*body, with(scene.of_message(&thread, body), content));
        assert_time(&body["originalArrivalTime"], 3);
        names.push(body["senderDisplayName"].clone());
    }
    assert_eq!(names, ["A.", ""]);

    let message = scene.world.send(&alice, &thread, "hello").await;
    scene.socket.notification().await;
    let receipt = json!({"chatMessageId": message});
    scene
        .call(&alice, &format!("POST {thread}/readReceipts"), receipt)
        .await;
    let read = scene.socket.notification().await;
    assert_eq!(read.name, "readReceiptReceived");
    let horizon = inner(&read.body["messageBody"]);
    let content = json!({
        "eventId": 246, "messageType": "ThreadActivity/MemberConsumptionHorizonUpdate",
        "messageId": message, "messageBody": read.body["messageBody"],
        "clientMessageId": "0", "senderDisplayName": "",
    });
    let common = scene.of_message(&thread, &read.body);
    assert_eq!(read.body, with(common, content));
    let version = horizon["version"].as_str().unwrap();
    let expected = json!({
        "user": alice.id, "consumptionhorizon": format!("{message};{version};0"),
        "messageVisibilityTime": horizon["messageVisibilityTime"], "version": version,
    });
    assert_eq!(horizon, expected);
    assert!(horizon["messageVisibilityTime"].is_u64());
    assert!(version.parse::<i64>().unwrap() >= message.parse().unwrap());
}

#[tokio::test]
async fn of_a_thread_that_comes_changes_and_goes() {
    let mut scene = Scene::new().await;
    let (thread, created) = scene.thread().await;
    let (alice, bob) = (scene.alice.clone(), scene.bob.clone());
    let hers = json!({"displayName": "Alice", "participantId": alice.id});
    let his = json!({"displayName": "Bob", "participantId": bob.id});

    assert_eq!(created.name, "chatThreadCreated");
    let body = &created.body;
    assert_eq!(inner(&body["createdBy"]), hers);
    assert_eq!(inner(&body["members"]), json!([hers, his]));
    let properties = json!({"topic": "Lunch", "partnerName": "spool", "isMigrated": true});
    assert_eq!(inner(&body["properties"]), properties);
    let content = json!({
        "eventId": 257, "createdBy": body["createdBy"], "members": body["members"],
        "properties": body["properties"],
    });
    assert_eq!(*body, with(scene.of_thread(&thread, body), content));

    let change = json!({
        "topic": "Dinner 100%", "metadata": {"k": "v"},
        "retentionPolicy": {"kind": "threadCreationDate", "deleteThreadAfterDays": 60},
    });
    scene.call(&alice, &format!("PATCH {thread}"), change).await;
    let updated = scene.socket.notification().await;
    assert_eq!(updated.name, "chatThreadPropertiesUpdated");
    let body = &updated.body;
    assert_eq!(inner(&body["editedBy"]), hers);
    let properties = inner(&body["properties"]);
    assert_eq!(properties["topic"], "Dinner 100%");
    let metadata = inner(&properties["acsChatThreadMetadata"]);
    assert_eq!(metadata, json!({"k": "v"}));
    let retention = json!({
        "retentionPolicyType": "DeleteAfterCreationTime", "executeAfter": "60.00:00:00",
    });
    assert_eq!(inner(&properties["retentionPolicy"]), retention);
    let content = json!({
        "eventId": 258, "editedBy": body["editedBy"], "editTime": body["editTime"],
        "properties": body["properties"],
    });
    assert_eq!(*body, with(scene.of_thread(&thread, body), content));
    assert_time(&body["editTime"], 7);

    scene
        .call(&alice, &format!("DELETE {thread}"), Value::Null)
        .await;
    let deleted = scene.socket.notification().await;
    assert_eq!(deleted.name, "chatThreadDeleted");
    let body = &deleted.body;
    assert_eq!(inner(&body["deletedBy"]), hers);
    let content = json!({
        "eventId": 259, "deletedBy": body["deletedBy"], "deleteTime": body["deleteTime"],
        "reason": "deletedByUser",
    });
    assert_eq!(*body, with(scene.of_thread(&thread, body), content));
    assert_time(&body["deleteTime"], 7);
}

#[tokio::test]
async fn of_participants_who_come_and_go() {
    let mut scene = Scene::new().await;
    let (thread, _) = scene.thread().await;
    let (alice, carol) = (scene.alice.clone(), scene.world.user("carol"));
    let mut newcomer = participant(&carol, "Carol");
    newcomer["shareHistoryTime"] = json!("2020-10-30T10:50:50Z");
    newcomer["metadata"] = json!({"role": "r"});
    let add = json!({"participants": [newcomer]});
    scene
        .call(&alice, &format!("POST {thread}/participants/:add"), add)
        .await;
    let added = scene.socket.notification().await;
    assert_eq!(added.name, "participantsAdded");
    let hers = json!({"displayName": "Alice", "participantId": alice.id});
    let member = json!([{
        "shareHistoryTime": 1_604_055_050_000_i64, "displayName": "Carol",
        "participantId": carol.id, "memberMetaData": "{\"role\":\"r\"}",
    }]);
    let body = &added.body;
    assert_eq!(inner(&body["addedBy"]), hers);
    assert_eq!(inner(&body["participantsAdded"]), member);
    let content = json!({
        "eventId": 260, "addedBy": body["addedBy"], "time": body["time"],
        "participantsAdded": body["participantsAdded"],
    });
    assert_eq!(*body, with(scene.of_thread(&thread, body), content));
    assert_time(&body["time"], 3);

    let who = json!({"communicationUser": {"id": carol.id}});
    scene
        .call(&alice, &format!("POST {thread}/participants/:remove"), who)
        .await;
    let removed = scene.socket.notification().await;
    assert_eq!(removed.name, "participantsRemoved");
    let body = &removed.body;
    assert_eq!(inner(&body["removedBy"]), hers);
    assert_eq!(inner(&body["participantsRemoved"]), member);
    let content = json!({
        "eventId": 261, "removedBy": body["removedBy"], "time": body["time"],
        "participantsRemoved": body["participantsRemoved"],
    });
    assert_eq!(*body, with(scene.of_thread(&thread, body), content));
}

#[tokio::test]
async fn a_participant_without_a_name_has_the_name_null() {
    let mut scene = Scene::new().await;
    let (alice, bob) = (scene.alice.clone(), scene.bob.clone());
    let nameless = json!({"communicationIdentifier": {"communicationUser": {"id": bob.id}}});
    let new = json!({"topic": "Lunch", "participants": [nameless]});
    scene.call(&alice, "POST chat/threads", new).await;
    let created = scene.socket.notification().await;
    let expected = json!([
        {"displayName": null, "participantId": alice.id},
        {"displayName": null, "participantId": bob.id},
    ]);
    assert_eq!(inner(&created.body["members"]), expected);
}

#[tokio::test]
async fn of_a_message_with_a_picture_which_is_where_the_client_finds_it() {
    let thread = "chat/threads/19:acsV2_pictures@thread.v2";
    let seed = json!({
        "users": [{"name": "alice"}],
        "threads": [{
            "id": id_of(thread),
            "topic": "Pictures",
            "createdBy": "alice",
            "messages": [{
                "from": "alice", "content": "<p>Look</p>", "type": "html",
                "attachments": [{"id": "0-eus-1", "name": "cat.png", "bytes": "b3JpZ2luYWw="}],
            }],
        }],
    });
    let world = World::of(&seed).await;
    let alice = world.user("alice");
    let path = format!("{thread}/messages");
    let page = world.call(&alice, "GET", &path, Value::Null).await;
    let message = &page["value"][0];
    let (_, mut socket) = Client::new(&world, &alice).start().await;
    let path = format!("{path}/{}", message["id"].as_str().unwrap());
    let change = json!({"content": "<p>Look at that</p>"});
    world.call(&alice, "PATCH", &path, change).await;
    let edited = socket.notification().await;
    let mut attachments = inner(&edited.body["attachments"]);
    let url = attachments[0]["url"].as_str().unwrap().to_owned();
    assert!(url.starts_with(world.emulator.endpoint()), "{url}");
    // The newest version, whatever the one of the request that was answered.
    let shown = message["content"]["attachments"][0]["url"].as_str();
    let place = |url: &str| url.split('?').next().map(str::to_owned);
    assert_eq!(place(&url), shown.and_then(place));
    attachments[0]["url"] = shown.into();
    assert_eq!(attachments, message["content"]["attachments"]);
}
