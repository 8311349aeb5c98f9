//! Two people who write to each other.

use chat::ErrorKind;
use chat::models::ChatMessageType;

use crate::stage::{all_messages, on_stage, texts};

#[tokio::test]
async fn what_one_writes_the_other_reads() {
    on_stage(async |stage| {
        let (alice, bob) = (stage.person().await, stage.person().await);
        let (alices, bobs) = alice.thread_with(&bob).await;

        let hello = alices
            .send_message("hello")
            .sender_display_name("Alice")
            .metadata([("mood", "good"), ("empty", "")])
            .await
            .unwrap();
        let hi = bobs
            .send_message("<b>hi</b>")
            .message_type(ChatMessageType::Html)
            .await
            .unwrap();

        let read = bobs.message(hello.id()).await.unwrap();
        assert_eq!(read.id(), hello.id());
        assert_eq!(read.message_type(), &ChatMessageType::Text);
        assert_eq!(read.content().message(), Some("hello"));
        assert_eq!(read.sender_display_name(), Some("Alice"));
        assert_eq!(read.sender(), Some(&(&alice.user).into()));
        assert_eq!(read.metadata()["mood"], "good");
        // As sent, an empty value is kept.
        assert_eq!(read.metadata()["empty"], "");
        assert_eq!(read.version(), read.id().as_str());
        assert_eq!((read.edited_on(), read.deleted_on()), (None, None));

        let read = alices.message(hi.id()).await.unwrap();
        assert_eq!(read.message_type(), &ChatMessageType::Html);
        assert_eq!(read.content().message(), Some("<b>hi</b>"));
        assert_eq!(read.sender(), Some(&(&bob.user).into()));
        assert!(read.metadata().is_empty());

        assert_eq!(texts(&alices).await, ["<b>hi</b>", "hello"]);
        assert_eq!(texts(&bobs).await, ["<b>hi</b>", "hello"]);
    })
    .await;
}

#[tokio::test]
async fn an_edited_message_moves_to_the_top() {
    on_stage(async |stage| {
        let (alice, bob) = (stage.person().await, stage.person().await);
        let (alices, bobs) = alice.thread_with(&bob).await;
        let first = alices
            .send_message("first")
            .metadata([("a", "1"), ("b", "2")])
            .await
            .unwrap();
        alices.send_message("second").await.unwrap();
        assert_eq!(texts(&bobs).await, ["second", "first"]);

        alices
            .update_message(first.id())
            .content("first, edited")
            .metadata([("b", ""), ("c", "3")])
            .await
            .unwrap();

        assert_eq!(texts(&bobs).await, ["first, edited", "second"]);
        let edited = bobs.message(first.id()).await.unwrap();
        assert!(edited.edited_on().is_some());
        assert_ne!(edited.version(), edited.id().as_str());
        // Merged: left out stays, empty vanishes.
        let metadata: Vec<_> = edited.metadata().iter().collect();
        assert_eq!(
            metadata,
            [
                (&"a".to_owned(), &"1".to_owned()),
                (&"c".into(), &"3".into())
            ]
        );
    })
    .await;
}

#[tokio::test]
async fn a_deleted_message_stays_without_its_content() {
    on_stage(async |stage| {
        let (alice, bob) = (stage.person().await, stage.person().await);
        let (alices, bobs) = alice.thread_with(&bob).await;
        let first = alices.send_message("first").await.unwrap();
        alices
            .update_message(first.id())
            .content("edited")
            .await
            .unwrap();
        alices.send_message("second").await.unwrap();

        alices.delete_message(first.id()).await.unwrap();

        assert_eq!(texts(&bobs).await, ["", "second"]);
        let deleted = bobs.message(first.id()).await.unwrap();
        assert!(deleted.deleted_on().is_some() && deleted.edited_on().is_none());
        assert_eq!(deleted.content().message(), Some(""));
        assert_eq!(deleted.sender(), Some(&(&alice.user).into()));
    })
    .await;
}

#[tokio::test]
async fn a_new_thread_says_who_came_and_what_it_is_about() {
    on_stage(async |stage| {
        let (alice, bob) = (stage.person().await, stage.person().await);
        let (alices, bobs) = alice.thread_with(&bob).await;
        alices.send_message("hello").await.unwrap();

        let messages = all_messages(&bobs).await;

        let seen: Vec<_> = messages
            .iter()
            .map(|message| {
                (
                    message.sequence_id().as_str(),
                    message.message_type().clone(),
                )
            })
            .collect();
        use ChatMessageType::{ParticipantAdded, Text, TopicUpdated};
        assert_eq!(
            seen,
            [("3", Text), ("2", TopicUpdated), ("1", ParticipantAdded)]
        );
        assert_eq!(messages[1].content().topic(), Some("Lunch"));
        let added = messages[2].content().participants();
        assert_eq!(added.len(), 2);
        assert!(
            added
                .iter()
                .any(|participant| *participant.identifier() == (&bob.user).into())
        );
        assert_eq!(
            messages[2].content().initiator(),
            Some(&(&alice.user).into())
        );
        assert_eq!(messages[2].sender(), None);
    })
    .await;
}

#[tokio::test]
async fn only_the_sender_changes_a_message() {
    on_stage(async |stage| {
        let (alice, bob) = (stage.person().await, stage.person().await);
        let (alices, bobs) = alice.thread_with(&bob).await;
        let sent = alices.send_message("mine").await.unwrap();

        let edit = bobs
            .update_message(sent.id())
            .content("yours")
            .await
            .unwrap_err();
        let delete = bobs.delete_message(sent.id()).await.unwrap_err();

        assert_eq!(
            (edit.kind(), delete.kind()),
            (ErrorKind::Forbidden, ErrorKind::Forbidden)
        );
        assert_eq!(texts(&alices).await, ["mine"]);
    })
    .await;
}

#[tokio::test]
async fn a_message_id_that_is_malformed_is_a_bad_request() {
    on_stage(async |stage| {
        let (alice, bob) = (stage.person().await, stage.person().await);
        let (alices, _) = alice.thread_with(&bob).await;

        let error = alices.message("invalid_chat_message_id").await.unwrap_err();

        assert_eq!(error.kind(), ErrorKind::BadRequest);
        assert_eq!(error.error_code(), Some("BadRequest"));
        let said = error.service_error().unwrap().message().unwrap();
        assert!(said.contains("invalid_chat_message_id"), "{said}");
    })
    .await;
}
