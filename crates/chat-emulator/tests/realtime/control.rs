//! What the control API tells of clients of notifications, and takes for them.

use serde_json::{Value, json};

use crate::faults::Scene;

#[tokio::test]
async fn the_control_api_tells_who_is_there_and_what_became_of_what_was_sent() {
    let mut scene = Scene::new().await;
    scene.send("hello").await;
    let notification = scene.socket.notification().await;
    scene.send("again").await;
    scene.socket.notification().await;
    scene.socket.answer(notification.id, 200).await;
    scene.socket.ping(2).await;
    let (status, told) = scene.control("GET", "notifications", &Value::Null).await;
    assert_eq!(status, 200);
    assert_eq!(
        (&told["connections"], &told["registrations"]),
        (&json!(1), &json!(1))
    );
    let thread = scene.thread.strip_prefix("chat/threads/").unwrap();
    let expected = |number: u64, outcome: &str| {
        let at = &told["notifications"][usize::try_from(number - 1).unwrap()]["at"];
        json!({
            "number": number, "at": at, "name": "chatMessageReceived", "threadId": thread,
            "recipient": scene.alice.id, "outcome": outcome,
        })
    };
    let mut first = expected(1, "answered");
    first["status"] = json!(200);
    assert_eq!(told["notifications"], json!([first, expected(2, "sent")]));
}

#[tokio::test]
async fn the_control_api_cuts_one_connection_and_names_it_before() {
    let mut scene = Scene::new().await;
    let (_, told) = scene.control("GET", "notifications", &Value::Null).await;
    let clients = told["clients"].as_array().unwrap();
    let [client] = &clients[..] else {
        panic!("{told}");
    };
    let connection = &client["connection"];
    let expected = json!({
        "connection": connection, "user": scene.alice.id, "connectedOn": client["connectedOn"],
        "registeredUntil": client["registeredUntil"], "answeredOn": null, "status": null,
        "unacknowledgedLoss": false,
    });
    assert_eq!(client, &expected);
    assert!(client["registeredUntil"].as_str() > client["connectedOn"].as_str());

    let with_user = json!({"cut": {"connection": connection}, "user": scene.alice.id});
    assert_eq!(
        scene.control("POST", "notifications", &with_user).await.0,
        400
    );
    let another = json!({"cut": {"connection": 1_000}});
    let cut = json!({"cut": {"connection": connection}});
    for (command, count) in [(another, 0), (cut, 1)] {
        let answer = scene.control("POST", "notifications", &command).await;
        assert_eq!(answer, (200, json!({ "count": count })));
    }
    assert_eq!(scene.socket.next().await, None);
}

#[tokio::test]
async fn commands_that_make_no_sense_are_refused() {
    let mut scene = Scene::new().await;
    for command in [
        json!({}),
        json!({"cut": {}, "lose": {}}),
        json!({"disconnect": "because"}),
        json!({"reconnect": "elsewhere"}),
        json!({"user": "nobody", "cut": {}}),
        json!({"post": {"name": "x", "body": {}}}),
        json!({"cut": {"when": "now"}}),
        json!({"cut": {}, "when": "now"}),
    ] {
        let (status, answer) = scene.control("POST", "notifications", &command).await;
        assert_eq!(status, 400, "{command}: {answer}");
    }
    scene.socket.ping(2).await;
}
