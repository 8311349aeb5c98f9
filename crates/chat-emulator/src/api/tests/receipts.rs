use super::*;

#[test]
fn receipts_and_typing_answer_200_with_no_body_and_no_content_type() {
    let world = World::new();
    let alice = world.user();
    let thread = world.thread(&[&alice]);
    let id = world.message(&alice, &thread, "x");
    let replies = [
        world.call(
            &alice,
            &format!("POST {thread}/readReceipts"),
            json!({"chatMessageId": id}),
        ),
        world.call(
            &alice,
            &format!("POST {thread}/typing"),
            json!({"senderDisplayName": "John"}),
        ),
        world.call(&alice, &format!("POST {thread}/typing"), json!({})),
        world.call(&alice, &format!("POST {thread}/typing"), Value::Null),
    ];
    for reply in replies {
        assert_eq!((reply.status, reply.text.as_str()), (200, ""));
        assert_eq!(reply.header("content-type"), None);
    }
}

#[test]
fn receipts_are_listed_with_the_recorded_fields() {
    let world = World::new();
    let (alice, bob) = (world.user(), world.user());
    let thread = world.thread(&[&alice, &bob]);
    let id = world.message(&alice, &thread, "x");
    world.later(7);
    let body = json!({"chatMessageId": id});
    world
        .call(&bob, &format!("POST {thread}/readReceipts"), body)
        .expect(200);
    let listed = world
        .get(&alice, &format!("{thread}/readReceipts"))
        .expect(200);
    let expected = json!({"value": [{
        "senderCommunicationIdentifier": identifier(&bob.id),
        "chatMessageId": id,
        "readOn": "2026-01-01T00:00:07Z",
    }]});
    assert_eq!(listed, expected);
}

#[test]
fn a_receipt_for_no_message_is_refused() {
    let world = World::new();
    let alice = world.user();
    let thread = world.thread(&[&alice]);
    let send = |id: &str| {
        world.call(
            &alice,
            &format!("POST {thread}/readReceipts"),
            json!({"chatMessageId": id}),
        )
    };
    let message = send("nonsense").expect_error(400, "BadRequest");
    assert_eq!(message, "Value for MessageId (nonsense) is not valid.");
    let message = send("1638847871698").expect_error(404, "NotFound");
    assert_eq!(message, Value::Null, "as it was seen");
}

#[test]
fn receipts_of_more_than_20_participants_are_200_and_none_is_listed() {
    let world = World::new();
    let users: Vec<_> = (0..21).map(|_| world.user()).collect();
    let thread = world.thread(&users.iter().collect::<Vec<_>>());
    let id = world.message(&users[0], &thread, "x");
    let receipts = format!("{thread}/readReceipts");
    let body = json!({"chatMessageId": id});
    let sent = world.call(&users[1], &format!("POST {receipts}"), body);
    assert_eq!((sent.status, sent.text.as_str()), (200, ""));
    let listed = world.get(&users[0], &receipts).expect(200);
    assert_eq!(listed, json!({"value": []}));
    let typing = world.call(&users[1], &format!("POST {thread}/typing"), json!({}));
    assert_eq!(typing.status, 200);
}
