//! Lists over many pages.

use chat::paging::Continuation;
use futures_util::TryStreamExt;

use crate::stage::{on_stage, texts};

#[tokio::test]
async fn a_long_thread_is_read_page_by_page_and_in_order() {
    on_stage(async |stage| {
        let (alice, bob) = (stage.person().await, stage.person().await);
        let (alices, bobs) = alice.thread_with(&bob).await;
        // A resource takes about ten messages in ten seconds.
        let (count, page_size) = if stage.is_emulated() {
            (205, 200)
        } else {
            (7, 5)
        };
        for n in 0..count {
            alices.send_message(n.to_string()).await.unwrap();
        }

        let mut pages = bobs.list_messages().page_size(page_size).into_pages();
        let first = pages.try_next().await.unwrap().unwrap();
        assert_eq!(first.items().len(), page_size as usize);
        assert_eq!(
            first.items()[0].content().message(),
            Some(&*(count - 1).to_string())
        );

        let newest_first: Vec<_> = (0..count).rev().map(|n: i32| n.to_string()).collect();
        assert_eq!(texts(&bobs).await, newest_first);
        let by_item = bobs.list_messages().page_size(3).into_stream();
        let sequence: Vec<_> = by_item
            .map_ok(|message| message.sequence_id().as_u64().unwrap())
            .try_collect()
            .await
            .unwrap();
        // The messages of the service are there too, and no number comes twice.
        assert_eq!(sequence, (1..=count as u64 + 2).rev().collect::<Vec<_>>());
    })
    .await;
}

#[tokio::test]
async fn a_stored_continuation_goes_on_where_it_stopped() {
    on_stage(async |stage| {
        let (alice, bob) = (stage.person().await, stage.person().await);
        let (alices, bobs) = alice.thread_with(&bob).await;
        for text in ["1", "2", "3"] {
            alices.send_message(text).await.unwrap();
        }
        let mut pages = alices.list_messages().page_size(2).into_pages();
        let page = pages.try_next().await.unwrap().unwrap();
        let stored = page.continuation().unwrap().to_string();
        // What comes in between is not in the older pages.
        alices.send_message("4").await.unwrap();

        let continuation: Continuation = stored.parse().unwrap();
        let rest = bobs
            .list_messages()
            .continue_from(continuation)
            .into_stream();
        let rest: Vec<_> = rest.try_collect().await.unwrap();

        assert_eq!(rest[0].content().message(), Some("1"));
        assert_eq!(rest.len(), 3, "one message and two of the service");
    })
    .await;
}

#[tokio::test]
async fn threads_and_participants_come_in_pages() {
    on_stage(async |stage| {
        let alice = stage.person().await;
        let mut created = Vec::new();
        for topic in ["one", "two", "three"] {
            let thread = alice.client.create_chat_thread(topic).await.unwrap();
            created.push(thread.chat_thread().id().clone());
        }

        let list = alice.client.list_chat_threads().page_size(2).into_stream();
        let listed: Vec<_> = list
            .map_ok(|thread| thread.id().clone())
            .try_collect()
            .await
            .unwrap();

        assert_eq!(listed.len(), 3);
        assert!(created.iter().all(|id| listed.contains(id)));

        let thread = alice.client.chat_thread_client(&created[0]);
        let others = [stage.user().await, stage.user().await];
        assert!(
            thread
                .add_participants(&others)
                .await
                .unwrap()
                .is_complete()
        );
        let list = thread
            .list_participants()
            .page_size(1)
            .skip(1)
            .into_stream();
        let rest: Vec<_> = list.try_collect().await.unwrap();
        assert_eq!(rest.len(), 2);
    })
    .await;
}
