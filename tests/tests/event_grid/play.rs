//! A conversation in which everything happens once that there is an event of.

use bytes::Bytes;
use chat::event_grid::Event;
use chat::models::{ChatParticipant, TokenScope};
use chat::{ChatClient, CommunicationIdentityClient, CommunicationTokenCredential};
use chat_emulator::{Emulator, EventGridSchema, EventGridSubscription};

use crate::EXPECTED;
use crate::webhook::Endpoint;

/// Who took part, in which thread and with which message, by their ids.
#[derive(Debug)]
pub(crate) struct Cast {
    pub(crate) anna: String,
    pub(crate) cleo: String,
    pub(crate) thread: String,
    pub(crate) message: String,
}

/// The events of the play.
pub(crate) async fn perform(schema: EventGridSchema) -> (Vec<Event>, Cast) {
    let ((events, _), cast) = play(schema).await;
    (events, cast)
}

/// The bodies of the deliveries of the play.
pub(crate) async fn deliveries(schema: EventGridSchema) -> (Vec<Bytes>, Cast) {
    let ((_, bodies), cast) = play(schema).await;
    (bodies, cast)
}

async fn play(schema: EventGridSchema) -> ((Vec<Event>, Vec<Bytes>), Cast) {
    let endpoint = Endpoint::start().await;
    let subscription = EventGridSubscription::new(&endpoint.url).schema(schema);
    let emulator = Emulator::builder().event_grid(subscription).start();
    let emulator = emulator.await.unwrap();
    let cast = act(&emulator).await;
    let count = EXPECTED.iter().map(|(_, count)| count).sum();
    let told = endpoint.wait(count).await;
    // What is still under way is delivered, too, and would be one too many.
    emulator.shutdown().await;
    let all = endpoint.wait(count).await;
    assert_eq!((told.0.len(), all.0.len()), (count, count));
    (all, cast)
}

async fn act(emulator: &Emulator) -> Cast {
    let connection_string = emulator.connection_string();
    let identity = CommunicationIdentityClient::from_connection_string(&connection_string).unwrap();
    let scopes = [TokenScope::Chat];
    let (anna, token) = identity.create_user_and_token(scopes).await.unwrap();
    let ben = identity.create_user().await.unwrap();
    let cleo = identity.create_user().await.unwrap();
    let credential = CommunicationTokenCredential::new(token).unwrap();
    let client = ChatClient::new(identity.endpoint(), credential).unwrap();
    let named = |user: &_, name| ChatParticipant::new(user).with_display_name(name);

    let created = client
        .create_chat_thread("Lunch")
        .metadata([("team", "north")]);
    let created = created
        .participant(named(&anna, "Anna"))
        .participant(named(&ben, "Ben"));
    let created = created.await.unwrap();
    let thread = client.chat_thread_client(created.chat_thread().id());
    thread
        .send_typing_notification()
        .sender_display_name("Anna")
        .await
        .unwrap();
    let message = thread.send_message("At noon?").sender_display_name("Anna");
    let sent = message.metadata([("tag", "lunch")]).await.unwrap();
    thread.send_read_receipt(sent.id()).await.unwrap();
    thread
        .update_message(sent.id())
        .content("At one?")
        .await
        .unwrap();
    thread.delete_message(sent.id()).await.unwrap();
    let added = thread.add_participants([named(&cleo, "Cleo")]).await;
    assert!(added.unwrap().failed_participants().is_empty());
    thread.remove_participant(&cleo).await.unwrap();
    // Both have a time of their own in the same second.
    emulator.advance_clock(std::time::Duration::from_millis(10));
    thread.update_topic("Dinner").await.unwrap();
    client.delete_chat_thread(thread.thread_id()).await.unwrap();
    Cast {
        anna: anna.id().to_owned(),
        cleo: cleo.id().to_owned(),
        thread: thread.thread_id().as_str().to_owned(),
        message: sent.id().as_str().to_owned(),
    }
}
