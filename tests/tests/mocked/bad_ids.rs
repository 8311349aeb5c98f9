//! Ids that would leave their place in a path: refused by every operation that takes one, and
//! nothing is sent.

use chat::models::{ChatParticipant, CommunicationUserIdentifier, TokenScope};
use chat_tests::mock::{MESSAGE, MockService};

use crate::bad_input::assert_refused;

const BAD_IDS: [&str; 10] = [
    "", ".", "..", "a/b", "a\\b", "a?b", "a#b", "a%2Fb", "a\nb", "a\0b",
];

#[tokio::test]
async fn bad_thread_ids_are_refused_by_every_operation() {
    let service = MockService::unused().await;
    let client = service.chat_client();
    let nobody: [ChatParticipant; 0] = [];
    for id in BAD_IDS {
        let thread = client.chat_thread_client(id);
        let bob = CommunicationUserIdentifier::new("8:acs:res_bob");
        let errors = [
            client.delete_chat_thread(id).await.unwrap_err(),
            thread.properties().await.unwrap_err(),
            thread.update_topic("topic").await.unwrap_err(),
            thread.send_message("hello").await.unwrap_err(),
            thread.message(MESSAGE).await.unwrap_err(),
            thread.update_message(MESSAGE).await.unwrap_err(),
            thread.delete_message(MESSAGE).await.unwrap_err(),
            thread.add_participants(nobody.clone()).await.unwrap_err(),
            thread.remove_participant(bob).await.unwrap_err(),
            thread.send_typing_notification().await.unwrap_err(),
            thread.send_read_receipt(MESSAGE).await.unwrap_err(),
            thread
                .list_messages()
                .into_stream()
                .try_next()
                .await
                .unwrap_err(),
            thread
                .list_participants()
                .into_stream()
                .try_next()
                .await
                .unwrap_err(),
            thread
                .list_read_receipts()
                .into_stream()
                .try_next()
                .await
                .unwrap_err(),
        ];
        for error in &errors {
            assert_refused(error, id);
        }
    }
    assert_eq!(service.calls(), 0);
}

#[tokio::test]
async fn bad_message_ids_are_refused_by_every_operation() {
    let service = MockService::unused().await;
    let thread = service.thread_client();
    for id in BAD_IDS {
        let errors = [
            thread.message(id).await.unwrap_err(),
            thread.update_message(id).content("new").await.unwrap_err(),
            thread.delete_message(id).await.unwrap_err(),
            thread.send_read_receipt(id).await.unwrap_err(),
        ];
        for error in &errors {
            assert_refused(error, id);
        }
    }
    assert_eq!(service.calls(), 0);
}

#[tokio::test]
async fn bad_user_ids_are_refused_by_every_operation() {
    let service = MockService::unused().await;
    let identity = service.identity_client();
    let chat = [TokenScope::Chat];
    for id in BAD_IDS {
        let user = CommunicationUserIdentifier::new(id);
        let errors = [
            identity.issue_token(&user, chat.clone()).await.unwrap_err(),
            identity.revoke_tokens(&user).await.unwrap_err(),
            identity.delete_user(&user).await.unwrap_err(),
        ];
        for error in &errors {
            assert_refused(error, id);
        }
    }
    assert_eq!(service.calls(), 0);
}
