//! Typing notifications and read receipts.

use crate::stage::on_stage;

#[tokio::test]
async fn a_read_receipt_is_seen_by_the_other() {
    on_stage(async |stage| {
        let (alice, bob) = (stage.person().await, stage.person().await);
        let (alices, bobs) = alice.thread_with(&bob).await;
        let sent = alices.send_message("hello").await.unwrap();

        bobs.send_typing_notification()
            .sender_display_name("Bob")
            .await
            .unwrap();
        bobs.send_read_receipt(sent.id()).await.unwrap();

        let mut receipts = alices.list_read_receipts().into_stream();
        let mut of_bob = None;
        while let Some(receipt) = receipts.try_next().await.unwrap() {
            if receipt.sender() == Some(&(&bob.user).into()) {
                of_bob = Some(receipt);
            }
        }
        let receipt = of_bob.expect("a receipt of Bob's");
        assert_eq!(receipt.chat_message_id(), sent.id());
    })
    .await;
}

#[tokio::test]
async fn the_latest_receipt_of_each_counts() {
    on_stage(async |stage| {
        if stage
            .emulator("receipts of a resource may lag behind")
            .is_none()
        {
            return;
        }
        let (alice, bob) = (stage.person().await, stage.person().await);
        let (alices, bobs) = alice.thread_with(&bob).await;
        let first = alices.send_message("first").await.unwrap();
        let second = alices.send_message("second").await.unwrap();

        for id in [second.id(), first.id()] {
            bobs.send_read_receipt(id).await.unwrap();
        }
        alices.send_read_receipt(first.id()).await.unwrap();

        let mut pages = alices.list_read_receipts().page_size(1).into_pages();
        let mut seen = Vec::new();
        while let Some(page) = pages.try_next().await.unwrap() {
            assert_eq!(page.items().len(), 1);
            seen.extend(page.into_items().into_iter().map(|receipt| {
                (
                    receipt.sender().unwrap().to_string(),
                    receipt.chat_message_id().to_string(),
                )
            }));
        }
        let one = |user: &chat::models::CommunicationUserIdentifier,
                   id: &chat::models::ChatMessageId| {
            (user.to_string(), id.to_string())
        };
        assert_eq!(
            seen,
            [one(&alice.user, first.id()), one(&bob.user, second.id())]
        );

        let skipped = alices
            .list_read_receipts()
            .skip(1)
            .into_pages()
            .try_next()
            .await;
        assert_eq!(skipped.unwrap().unwrap().items().len(), 1);
    })
    .await;
}
