//! How much of the past participants see.

use chat::models::ChatParticipant;
use time::{Duration, OffsetDateTime};

use crate::stage::{on_stage, texts};

#[tokio::test]
async fn who_is_added_later_sees_the_whole_history_unless_told_otherwise() {
    on_stage(async |stage| {
        let (alice, bob) = (stage.person().await, stage.person().await);
        let carol = stage.person().await;
        let (alices, bobs) = alice.thread_with(&bob).await;
        alices.send_message("before").await.unwrap();
        let tomorrow = OffsetDateTime::now_utc() + Duration::DAY;

        let late = stage.person().await;
        let added = alices
            .add_participants([
                ChatParticipant::new(&carol.user),
                ChatParticipant::new(&late.user).with_share_history_time(tomorrow),
            ])
            .await
            .unwrap();
        assert!(added.is_complete());

        let carols = carol.client.chat_thread_client(bobs.thread_id());
        let lates = late.client.chat_thread_client(bobs.thread_id());
        assert_eq!(texts(&carols).await, ["before"]);
        assert!(texts(&lates).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_start_time_leaves_out_what_is_older() {
    on_stage(async |stage| {
        let (alice, bob) = (stage.person().await, stage.person().await);
        let (alices, _) = alice.thread_with(&bob).await;
        alices.send_message("hello").await.unwrap();
        let now = OffsetDateTime::now_utc();

        let since = alices.list_messages().start_time(now - Duration::HOUR);
        let mut since = since.into_stream();
        assert_eq!(
            since.try_next().await.unwrap().unwrap().content().message(),
            Some("hello")
        );

        let future = alices.list_messages().start_time(now + Duration::HOUR);
        assert!(future.into_stream().try_next().await.unwrap().is_none());
        let future = alice
            .client
            .list_chat_threads()
            .start_time(now + Duration::HOUR);
        assert!(future.into_stream().try_next().await.unwrap().is_none());
    })
    .await;
}
