//! Who takes part.

use chat::ErrorKind;
use chat::models::{
    ChatMessageType, ChatParticipant, CommunicationIdentifier, CommunicationUserIdentifier,
    MicrosoftTeamsUserIdentifier, PhoneNumberIdentifier,
};
use futures_util::TryStreamExt;

use crate::stage::{all_messages, on_stage};

async fn ids(thread: &chat::ChatThreadClient) -> Vec<String> {
    let list = thread.list_participants().into_stream();
    let mut ids: Vec<_> = list
        .map_ok(|participant| participant.identifier().to_string())
        .try_collect()
        .await
        .unwrap();
    ids.sort();
    ids
}

#[tokio::test]
async fn participants_come_and_go() {
    on_stage(async |stage| {
        let (alice, bob, carol) = (
            stage.person().await,
            stage.person().await,
            stage.user().await,
        );
        let (alices, bobs) = alice.thread_with(&bob).await;

        let carol_named = ChatParticipant::new(&carol).with_display_name("Carol");
        assert!(
            alices
                .add_participants([carol_named])
                .await
                .unwrap()
                .is_complete()
        );

        let mut all = [&alice.user, &bob.user, &carol].map(ToString::to_string);
        all.sort();
        assert_eq!(ids(&bobs).await, all);
        let listed: Vec<_> = bobs
            .list_participants()
            .into_stream()
            .try_collect()
            .await
            .unwrap();
        let is_carol =
            |participant: &&ChatParticipant| *participant.identifier() == (&carol).into();
        let listed_carol = listed.iter().find(is_carol).unwrap();
        assert_eq!(listed_carol.display_name(), Some("Carol"));

        bobs.remove_participant(&carol).await.unwrap();

        assert!(!ids(&alices).await.contains(&carol.to_string()));
        let newest = all_messages(&alices).await.remove(0);
        assert_eq!(newest.message_type(), &ChatMessageType::ParticipantRemoved);
        assert_eq!(
            newest.content().participants()[0].identifier(),
            &CommunicationIdentifier::from(&carol)
        );
        assert_eq!(newest.content().initiator(), Some(&(&bob.user).into()));
    })
    .await;
}

#[tokio::test]
async fn who_is_removed_reads_what_was_before_and_is_shut_out_of_all_else() {
    on_stage(async |stage| {
        let (alice, bob) = (stage.person().await, stage.person().await);
        let (alices, bobs) = alice.thread_with(&bob).await;
        let before = bobs.send_message("still here").await.unwrap();

        alices.remove_participant(&bob.user).await.unwrap();
        let after = alices.send_message("bob is gone").await.unwrap();

        let errors = [
            bobs.send_message("hello?").await.unwrap_err(),
            bobs.list_participants()
                .into_stream()
                .try_next()
                .await
                .unwrap_err(),
            bobs.send_typing_notification().await.unwrap_err(),
        ];
        for error in errors {
            assert_eq!(error.kind(), ErrorKind::Forbidden, "{error}");
            assert!(error.is_forbidden() && !error.is_retryable());
        }
        let read = bobs.message(before.id()).await.unwrap();
        assert_eq!(read.content().message(), Some("still here"));
        let error = bobs.message(after.id()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
    })
    .await;
}

#[tokio::test]
async fn one_can_leave_a_thread() {
    on_stage(async |stage| {
        let (alice, bob) = (stage.person().await, stage.person().await);
        let (alices, bobs) = alice.thread_with(&bob).await;

        bobs.remove_participant(&bob.user).await.unwrap();

        assert_eq!(ids(&alices).await, [alice.user.to_string()]);
    })
    .await;
}

#[tokio::test]
async fn who_can_not_be_added_to_a_new_thread_is_named_and_the_others_are_in() {
    on_stage(async |stage| {
        let (alice, bob) = (stage.person().await, stage.person().await);
        let gone = stage.user().await;
        stage.identity.delete_user(&gone).await.unwrap();

        let created = alice
            .client
            .create_chat_thread("Lunch")
            .participant(&bob.user)
            .participant(ChatParticipant::new(&gone).with_display_name("Gone"))
            .await
            .unwrap();

        let [failed] = created.failed_participants() else {
            panic!("{created:?}")
        };
        assert_eq!(
            failed.participant(),
            &ChatParticipant::new(&gone).with_display_name("Gone")
        );
        assert_eq!(failed.error().target(), Some(gone.raw_id()));
        assert!(["403", "404"].contains(&failed.error().code()), "{failed}");
        assert!(!failed.is_retryable() && created.unmatched_errors().is_empty());
        let thread = bob.client.chat_thread_client(created.chat_thread().id());
        assert_eq!(ids(&thread).await.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn the_emulator_has_neither_phones_nor_teams_users() {
    on_stage(async |stage| {
        if stage
            .emulator("a resource may have phones and Teams users")
            .is_none()
        {
            return;
        }
        let (alice, bob) = (stage.person().await, stage.person().await);
        let (alices, _) = alice.thread_with(&bob).await;
        let carol = stage.user().await;
        let teams_id = "11111111-2222-3333-4444-555555555555";
        let given: [CommunicationIdentifier; 3] = [
            PhoneNumberIdentifier::new("+15551234567").into(),
            CommunicationIdentifier::from(&carol),
            MicrosoftTeamsUserIdentifier::new(teams_id).into(),
        ];

        let added = alices.add_participants(&given).await.unwrap();

        let failed: Vec<_> = added
            .failed_participants()
            .iter()
            .map(|failed| failed.participant().identifier().clone())
            .collect();
        assert_eq!(failed, [given[0].clone(), given[2].clone()]);
        assert!(ids(&alices).await.contains(&carol.to_string()));
    })
    .await;
}

#[tokio::test]
async fn one_malformed_identifier_fails_the_whole_call() {
    on_stage(async |stage| {
        let (alice, bob) = (stage.person().await, stage.person().await);
        let (alices, _) = alice.thread_with(&bob).await;
        let carol = stage.user().await;
        let malformed = CommunicationUserIdentifier::new("8:acs:invalidUserId");

        let errors = [
            alices
                .add_participants([&carol, &malformed])
                .await
                .unwrap_err(),
            alices.remove_participant(&malformed).await.unwrap_err(),
            alice
                .client
                .create_chat_thread("x")
                .participant(&malformed)
                .await
                .unwrap_err(),
        ];

        for error in errors {
            assert_eq!(error.kind(), ErrorKind::BadRequest, "{error}");
        }
        assert!(!ids(&alices).await.contains(&carol.to_string()));
    })
    .await;
}
