//! Parts of a thread's history.

use chat::models::{ChatMessage, ChatMessageType, SequenceId};
use chat::operations::ListMessages;
use futures_util::TryStreamExt;
use time::Duration;

use crate::stage::on_stage;

async fn read(list: ListMessages) -> Vec<ChatMessage> {
    list.into_stream().try_collect().await.unwrap()
}

fn places(messages: &[ChatMessage]) -> Vec<u64> {
    let places = messages
        .iter()
        .map(|message| message.sequence_id().as_u64());
    places.map(Option::unwrap).collect()
}

#[tokio::test]
async fn a_history_is_read_in_parts_from_the_newest_message_down() {
    on_stage(async |stage| {
        let (alice, bob) = (stage.person().await, stage.person().await);
        let (thread, _) = alice.thread_with(&bob).await;
        let mut sent = Vec::new();
        for text in ["a", "b", "c", "d"] {
            sent.push(thread.send_message(text).await.unwrap());
        }
        // Places 1 and 2 are messages of the service; b leaves its place 4 for the place 7.
        thread
            .update_message(sent[1].id())
            .content("B")
            .await
            .unwrap();
        let list = || thread.list_messages();

        let latest = read(list().latest(2)).await;
        assert_eq!(places(&latest), [7, 6]);
        assert_eq!(latest[0].content().message(), Some("B"));

        let older = read(list().older_than(&latest[1])).await;
        assert_eq!(places(&older), [5, 3, 2, 1]);
        let next = read(list().older_than(&latest[1]).latest(2)).await;
        assert_eq!(places(&next), [5, 3]);

        let changes = read(list().changes_since(SequenceId::from(5))).await;
        assert_eq!(places(&changes), [7, 6]);
        assert!(read(list().newer_than(&latest[0])).await.is_empty());

        let topics = read(list().only([ChatMessageType::TopicUpdated])).await;
        assert_eq!(places(&topics), [2]);

        let start = older[3].created_on();
        let all = read(list().between(start, start + Duration::hours(1))).await;
        assert_eq!(places(&all), [7, 6, 5, 3, 2, 1]);
        let before = list().between(start - Duration::hours(1), start);
        assert!(read(before).await.is_empty());

        let ahead = read(list().page_size(1).prefetch()).await;
        assert_eq!(places(&ahead), [7, 6, 5, 3, 2, 1]);
    })
    .await;
}
