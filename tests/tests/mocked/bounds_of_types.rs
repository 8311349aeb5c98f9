//! Everything can be sent between threads and kept: held by the compiler.

use chat::builders::*;
use chat::models::*;
use chat::operations::*;
use chat::paging::*;
use chat::*;

fn free<T: Send + Sync + 'static>() {}
fn free_and_unpin<T: Send + Sync + Unpin + 'static>() {}
fn shared<T: Clone + Send + Sync + 'static>() {}
fn future<T: IntoFuture<IntoFuture: Send + 'static> + Send + Sync + 'static>() {}

#[test]
fn clients_and_credentials_are_shared_freely() {
    shared::<ChatClient>();
    shared::<ChatThreadClient>();
    shared::<CommunicationIdentityClient>();
    shared::<CommunicationTokenCredential>();
    shared::<AccessToken>();
    shared::<RetryOptions>();
    free::<ChatClientBuilder>();
    free::<CommunicationIdentityClientBuilder>();
}

#[test]
fn builders_and_their_futures_are_free() {
    future::<CreateChatThread>();
    future::<DeleteChatThread>();
    future::<GetProperties>();
    future::<UpdateProperties>();
    future::<SendMessage>();
    future::<SendExactlyOnce>();
    future::<NewSendKey>();
    future::<FindMessages>();
    free::<SendMessages>();
    future::<GetMessage>();
    future::<UpdateMessage>();
    future::<DeleteMessage>();
    future::<DownloadAttachment>();
    future::<AddParticipants>();
    future::<RemoveParticipant>();
    future::<SendTypingNotification>();
    future::<SendReadReceipt>();
    future::<CreateUser>();
    future::<CreateUserAndToken>();
    future::<DeleteUser>();
    future::<IssueToken>();
    future::<RevokeTokens>();
    future::<ExchangeTeamsUserToken>();
    free::<ListChatThreads>();
    free::<ListMessages>();
    free::<ListParticipants>();
    free::<ListReadReceipts>();
}

#[test]
fn streams_are_free_and_need_no_pinning() {
    free_and_unpin::<SendStream>();
    free_and_unpin::<ItemStream<ChatThreadItem>>();
    free_and_unpin::<ItemStream<ChatMessage>>();
    free_and_unpin::<ItemStream<ChatParticipant>>();
    free_and_unpin::<ItemStream<ChatMessageReadReceipt>>();
    free_and_unpin::<AttachmentDownload>();
    free_and_unpin::<PageStream<ChatThreadItem>>();
    free_and_unpin::<PageStream<ChatMessage>>();
    free_and_unpin::<PageStream<ChatParticipant>>();
    free_and_unpin::<PageStream<ChatMessageReadReceipt>>();
}

#[test]
fn errors_and_models_are_free() {
    free_and_unpin::<Error>();
    free::<Box<dyn std::error::Error + Send + Sync>>();
    shared::<ErrorKind>();
    shared::<RequestEffect>();
    shared::<ChatError>();
    shared::<ChatMessage>();
    shared::<ChatMessageContent>();
    shared::<ChatAttachment>();
    shared::<ChatParticipant>();
    shared::<FailedParticipant>();
    shared::<ChatThreadItem>();
    shared::<ChatThreadProperties>();
    shared::<ChatMessageReadReceipt>();
    shared::<CreateChatThreadResult>();
    shared::<AddChatParticipantsResult>();
    shared::<SendChatMessageResult>();
    shared::<ExactlyOnceReport>();
    shared::<SendKey>();
    shared::<CommunicationIdentifier>();
    shared::<ChatRetentionPolicy>();
    shared::<IdempotencyToken>();
    shared::<Continuation>();
    shared::<Page<ChatMessage>>();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_send_can_be_spawned() {
    let service = chat_tests::mock::MockService::start([chat_tests::mock::Answer::json(
        201,
        &serde_json::json!({ "id": "17" }),
    )])
    .await;

    let send = service.thread_client().send_message("hello");
    let sent = tokio::spawn(send.send()).await.unwrap().unwrap();

    assert_eq!(sent.id().as_str(), "17");
}
