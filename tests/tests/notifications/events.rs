//! What happens in a thread, as it is told.

use chat::models::{ChatMessageType, ChatParticipant, ChatRetentionPolicy};
use chat::notifications::NotificationData;
use chat_emulator::NotificationOutcome;

use crate::scene::Scene;

#[tokio::test]
async fn all_ten_events_are_told_with_what_they_are_about() {
    let scene = Scene::set().await;
    let carol = scene.identity.create_user().await.unwrap();
    let (alice, bob) = (&scene.alice, &scene.bob);
    let mut bobs = scene.notified().await;

    let create = alice.client.create_chat_thread("Lunch 100% \"q\"");
    let create = create.participant(ChatParticipant::new(&bob.user).with_display_name("Bob"));
    let create = create.metadata([("k", "v")]);
    let created = create
        .retention_policy(ChatRetentionPolicy::thread_creation_date(60))
        .await
        .unwrap();
    let id = created.chat_thread().id().clone();
    let told = bobs.notification().await;
    assert_eq!(told.event_id(), Some(257));
    assert_eq!(told.thread_id(), Some(&id));
    assert_eq!(told.recipient().unwrap().raw_id(), bob.user.id());
    let NotificationData::ThreadCreated(thread) = told.data() else {
        panic!("{told:?}");
    };
    assert_eq!(thread.topic(), Some("Lunch 100% \"q\""));
    assert_eq!(thread.metadata()["k"], "v");
    assert_eq!(thread.by().unwrap().identifier().raw_id(), alice.user.id());
    assert_eq!(thread.participants().len(), 2);
    let days = ChatRetentionPolicy::thread_creation_date(60);
    assert_eq!(thread.retention_policy(), Some(&days));

    let alices = alice.client.chat_thread_client(&id);
    let send = alices
        .send_message("<p>hi</p>")
        .message_type(ChatMessageType::Html);
    let sent = send
        .sender_display_name("Alice")
        .metadata([("m", "n")])
        .await
        .unwrap();
    let told = bobs.notification().await;
    let NotificationData::MessageReceived(message) = told.data() else {
        panic!("{told:?}");
    };
    assert_eq!(message.message_id(), Some(sent.id()));
    assert_eq!(message.message_type(), Some(&ChatMessageType::Html));
    assert_eq!(message.content(), Some("<p>hi</p>"));
    assert_eq!(message.sender_display_name(), Some("Alice"));
    assert_eq!(message.sender().unwrap().raw_id(), alice.user.id());
    assert_eq!(message.metadata()["m"], "n");
    assert!(message.created_on().is_some() && message.edited_on().is_none());

    alices
        .update_message(sent.id())
        .content("hi all")
        .await
        .unwrap();
    let told = bobs.notification().await;
    let NotificationData::MessageEdited(message) = told.data() else {
        panic!("{told:?}");
    };
    assert_eq!(
        (message.message_id(), message.content()),
        (Some(sent.id()), Some("hi all"))
    );
    assert!(message.edited_on().is_some());

    alices.send_typing_notification().await.unwrap();
    let told = bobs.notification().await;
    let NotificationData::TypingIndicatorReceived(typing) = told.data() else {
        panic!("{told:?}");
    };
    assert_eq!(typing.sender().unwrap().raw_id(), alice.user.id());

    alices.send_read_receipt(sent.id()).await.unwrap();
    let told = bobs.notification().await;
    let NotificationData::ReadReceiptReceived(receipt) = told.data() else {
        panic!("{told:?}");
    };
    assert_eq!(receipt.chat_message_id(), sent.id());
    assert_eq!(receipt.sender().unwrap().raw_id(), alice.user.id());

    alices.delete_message(sent.id()).await.unwrap();
    let told = bobs.notification().await;
    let NotificationData::MessageDeleted(message) = told.data() else {
        panic!("{told:?}");
    };
    assert_eq!(message.message_id(), Some(sent.id()));
    assert!(message.deleted_on().is_some() && message.content().is_none());

    alices.update_topic("Dinner").await.unwrap();
    let told = bobs.notification().await;
    let NotificationData::ThreadPropertiesUpdated(thread) = told.data() else {
        panic!("{told:?}");
    };
    assert_eq!(thread.topic(), Some("Dinner"));
    assert!(thread.updated_on().is_some());

    let add = ChatParticipant::new(&carol).with_display_name("Carol");
    assert!(alices.add_participants([add]).await.unwrap().is_complete());
    let told = bobs.notification().await;
    let NotificationData::ParticipantsAdded(change) = told.data() else {
        panic!("{told:?}");
    };
    let [added] = change.participants() else {
        panic!("{change:?}");
    };
    assert_eq!(
        (added.identifier().raw_id(), added.display_name()),
        (carol.id(), Some("Carol"))
    );
    assert_eq!(change.by().unwrap().identifier().raw_id(), alice.user.id());

    alices.remove_participant(&carol).await.unwrap();
    let told = bobs.notification().await;
    let NotificationData::ParticipantsRemoved(change) = told.data() else {
        panic!("{told:?}");
    };
    assert_eq!(change.participants()[0].identifier().raw_id(), carol.id());
    assert!(change.time().is_some());

    alice.client.delete_chat_thread(&id).await.unwrap();
    let told = bobs.notification().await;
    let NotificationData::ThreadDeleted(thread) = told.data() else {
        panic!("{told:?}");
    };
    assert!(thread.deleted_on().is_some());

    bobs.notifications.close().await;
    let entries = scene.emulator.notifications().entries();
    assert_eq!(entries.len(), 10);
    let answered = NotificationOutcome::Answered { status: 200 };
    assert!(
        entries.iter().all(|entry| entry.outcome() == answered),
        "{entries:?}"
    );
}

#[tokio::test]
async fn events_that_are_not_known_are_told_and_what_can_not_be_read_is_a_gap() {
    let scene = Scene::set().await;
    let mut bobs = scene.notified().await;
    let of_bob = scene.emulator.notifications().of(scene.bob.user.id());
    assert_eq!(
        of_bob.post("somethingNew", r#"{"eventId":999,"news":[1]}"#),
        1
    );
    let told = bobs.notification().await;
    assert!(matches!(told.data(), NotificationData::Unknown));
    assert_eq!(
        (told.event_id(), &told.raw()["news"][0]),
        (Some(999), &1.into())
    );

    assert_eq!(of_bob.post("chatMessageReceived", "H4sIAAAAAAAA"), 1);
    assert_eq!(bobs.state().await, "Gap(Unreadable)");
    // The next one shows that nothing came of it.
    assert_eq!(of_bob.post("chatMessageReceived", r#"{"eventId":200}"#), 1);
    assert_eq!(bobs.notification().await.event_id(), Some(200));
    bobs.notifications.close().await;
    let outcomes = of_bob.entries().into_iter().map(|entry| entry.outcome());
    let outcomes: Vec<_> = outcomes.collect();
    let answered = |status| NotificationOutcome::Answered { status };
    assert_eq!(outcomes, [answered(200), answered(404), answered(200)]);
}

#[tokio::test]
async fn a_notification_is_acknowledged_whether_it_is_read_or_not() {
    let scene = Scene::set().await;
    let (alices, _) = scene.thread().await;
    let connect = scene.bob.client.notifications().queue_capacity(2);
    let mut bobs = crate::scene::Listener {
        notifications: connect.connect().unwrap(),
    };
    assert_eq!(bobs.state().await, "Connected");
    for number in 0..5 {
        alices.send_message(number.to_string()).await.unwrap();
    }
    let of_bob = scene.emulator.notifications().of(scene.bob.user.id());
    let answered = NotificationOutcome::Answered { status: 200 };
    while of_bob
        .entries()
        .iter()
        .filter(|entry| entry.outcome() == answered)
        .count()
        < 5
    {
        tokio::task::yield_now().await;
    }
    // Nobody has read so far.
    for _ in 0..2 {
        bobs.notification().await;
    }
    assert_eq!(bobs.state().await, "Gap(QueueFull)");
    alices.send_message("5").await.unwrap();
    let told = bobs.notification().await;
    let NotificationData::MessageReceived(message) = told.data() else {
        panic!("{told:?}");
    };
    assert_eq!(message.content(), Some("5"));
}
