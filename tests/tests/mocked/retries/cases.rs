//! Every operation, and the service's answer when all goes well.

use std::time::Duration;

use chat::models::{CommunicationUserIdentifier, TokenScope};
use chat::paging::ItemStream;
use chat::{ChatClient, CommunicationIdentityClient, Error, RetryOptions};
use chat_tests::mock::{
    Answer, MESSAGE, MockService, THREAD, message, read_receipt, thread, thread_item,
};
use futures_util::future::BoxFuture;
use serde_json::{Value, json};

pub(super) const ALICE: &str = "8:acs:res_alice";
pub(super) const BOB: &str = "8:acs:res_bob";

/// Repeats at once, so that no test has to wait.
pub(super) fn at_once() -> RetryOptions {
    RetryOptions::exponential().initial_delay(Duration::ZERO)
}

pub(super) fn client(service: &MockService) -> ChatClient {
    let builder = service.chat_client_builder().retry(at_once());
    builder.build().unwrap()
}

pub(super) fn identity(service: &MockService) -> CommunicationIdentityClient {
    let builder = service.identity_client_builder().retry(at_once());
    builder.build().unwrap()
}

pub(super) fn bob() -> CommunicationUserIdentifier {
    CommunicationUserIdentifier::new(BOB)
}

/// An operation, and the service's answer when all goes well.
pub(super) struct Case {
    pub(super) operation: &'static str,
    pub(super) call: fn(&MockService) -> BoxFuture<'static, Result<(), Error>>,
    pub(super) success: Answer,
}

/// Makes a case of a call of a client or of a thread client.
macro_rules! case {
    ($operation:literal, $success:expr, |$client:ident, $thread:ident, $identity:ident| $call:expr) => {
        Case {
            operation: $operation,
            call: |service| {
                let $client = client(service);
                let $thread = $client.chat_thread_client(THREAD);
                let $identity = identity(service);
                let _ = (&$client, &$thread, &$identity);
                Box::pin(async move { $call.await.map(drop) })
            },
            success: $success,
        }
    };
}

pub(super) async fn first<T: Send + 'static>(mut items: ItemStream<T>) -> Result<Option<T>, Error> {
    items.try_next().await
}

pub(super) fn page(item: &Value) -> Answer {
    Answer::json(200, &json!({ "value": [item] }))
}

/// Every operation of the two services.
pub(super) fn cases() -> Vec<Case> {
    let nothing = || Answer::status(204);
    let token = json!({ "token": "secret", "expiresOn": "2033-01-01T00:00:00.0000000+00:00" });
    let user = json!({ "identity": { "id": BOB } });
    vec![
        case!(
            "createChatThread",
            Answer::json(201, &json!({ "chatThread": thread() })),
            |c, t, i| { c.create_chat_thread("topic") }
        ),
        case!("listChatThreads", page(&thread_item(THREAD)), |c, t, i| {
            first(c.list_chat_threads().into_stream())
        }),
        case!("deleteChatThread", nothing(), |c, t, i| c
            .delete_chat_thread(THREAD)),
        case!(
            "getChatThreadProperties",
            Answer::json(200, &thread()),
            |c, t, i| t.properties()
        ),
        case!("updateChatThreadProperties", nothing(), |c, t, i| t
            .update_topic("topic")),
        case!("listChatMessages", page(&message(MESSAGE)), |c, t, i| {
            first(t.list_messages().into_stream())
        }),
        case!(
            "sendChatMessage",
            Answer::json(201, &json!({ "id": MESSAGE })),
            |c, t, i| { t.send_message("hello") }
        ),
        case!(
            "getChatMessage",
            Answer::json(200, &message(MESSAGE)),
            |c, t, i| t.message(MESSAGE)
        ),
        case!("updateChatMessage", nothing(), |c, t, i| t
            .update_message(MESSAGE)
            .content("x")),
        case!("deleteChatMessage", nothing(), |c, t, i| t
            .delete_message(MESSAGE)),
        case!("listChatParticipants", page(&json!({})), |c, t, i| {
            first(t.list_participants().into_stream())
        }),
        case!(
            "addChatParticipants",
            Answer::json(201, &json!({})),
            |c, t, i| { t.add_participants([bob()]) }
        ),
        case!("removeChatParticipant", nothing(), |c, t, i| t
            .remove_participant(bob())),
        case!(
            "listChatReadReceipts",
            page(&read_receipt(MESSAGE)),
            |c, t, i| { first(t.list_read_receipts().into_stream()) }
        ),
        case!("sendChatReadReceipt", Answer::status(200), |c, t, i| t
            .send_read_receipt(MESSAGE)),
        case!("sendTypingNotification", Answer::status(200), |c, t, i| {
            t.send_typing_notification()
        }),
        case!("createIdentity", Answer::json(201, &user), |c, t, i| i
            .create_user()),
        case!("deleteIdentity", nothing(), |c, t, i| i.delete_user(bob())),
        case!("issueAccessToken", Answer::json(200, &token), |c, t, i| {
            i.issue_token(bob(), [TokenScope::Chat])
        }),
        case!("revokeAccessTokens", nothing(), |c, t, i| i
            .revoke_tokens(bob())),
        case!(
            "exchangeTeamsUserAccessToken",
            Answer::json(200, &token),
            |c, t, i| { i.exchange_teams_user_token("token", "app", "user") }
        ),
    ]
}

#[test]
fn every_operation_of_the_documents_has_a_case() {
    let cases = cases();
    for operation in chat_tests::documents::operations() {
        let cases = cases.iter().filter(|case| case.operation == operation.id);
        let (id, count) = (&operation.id, cases.count());
        assert_eq!(count, 1, "{id} needs one case in {}", file!());
    }
}
