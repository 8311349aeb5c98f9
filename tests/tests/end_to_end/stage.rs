//! Where the conversations take place, and who takes part.

use std::sync::Mutex;

use chat::models::{ChatMessage, ChatParticipant, CommunicationUserIdentifier, TokenScope};
use chat::{
    ChatClient, ChatThreadClient, CommunicationIdentityClient, CommunicationTokenCredential,
};
use chat_emulator::Emulator;
use futures_util::TryStreamExt;

const CONNECTION_STRING: &str = "COMMUNICATION_SERVICES_CONNECTION_STRING";

/// The service that the conversations are held over.
pub(crate) struct Stage {
    emulator: Option<Emulator>,
    pub(crate) identity: CommunicationIdentityClient,
    users: Mutex<Vec<CommunicationUserIdentifier>>,
}

/// A user with a client of its own.
pub(crate) struct Person {
    pub(crate) user: CommunicationUserIdentifier,
    pub(crate) client: ChatClient,
}

/// Holds a conversation, and deletes its users afterwards where they would stay behind.
pub(crate) async fn on_stage(play: impl AsyncFnOnce(&Stage)) {
    let stage = Stage::set().await;
    play(&stage).await;
    if stage.emulator.is_none() {
        let users = stage.users.into_inner().unwrap();
        for user in users {
            // Some have been deleted in the conversation.
            let _ = stage.identity.delete_user(user).await;
        }
    }
}

impl Stage {
    async fn set() -> Self {
        let (emulator, connection_string) = match std::env::var(CONNECTION_STRING) {
            Ok(connection_string) => (None, connection_string),
            Err(_) => {
                let emulator = Emulator::start().await.unwrap();
                let connection_string = emulator.connection_string();
                (Some(emulator), connection_string)
            }
        };
        let identity =
            CommunicationIdentityClient::from_connection_string(&connection_string).unwrap();
        Self {
            emulator,
            identity,
            users: Mutex::default(),
        }
    }

    /// The emulator; says that `what` is skipped where there is none.
    pub(crate) fn emulator(&self, what: &str) -> Option<&Emulator> {
        if self.emulator.is_none() {
            eprintln!("skipped on a real resource: {what}");
        }
        self.emulator.as_ref()
    }

    pub(crate) fn is_emulated(&self) -> bool {
        self.emulator.is_some()
    }

    /// A new user who may chat.
    pub(crate) async fn person(&self) -> Person {
        let create = self.identity.create_user_and_token([TokenScope::Chat]);
        let (user, token) = create.await.unwrap();
        self.users.lock().unwrap().push(user.clone());
        let client = self.client(CommunicationTokenCredential::new(token).unwrap());
        Person { user, client }
    }

    /// A new user without a token.
    pub(crate) async fn user(&self) -> CommunicationUserIdentifier {
        let user = self.identity.create_user().await.unwrap();
        self.users.lock().unwrap().push(user.clone());
        user
    }

    /// A client with this credential.
    pub(crate) fn client(&self, credential: CommunicationTokenCredential) -> ChatClient {
        ChatClient::new(self.identity.endpoint(), credential).unwrap()
    }
}

impl Person {
    /// Creates a thread with another person in it; both people's clients for it.
    pub(crate) async fn thread_with(&self, other: &Person) -> (ChatThreadClient, ChatThreadClient) {
        let created = self
            .client
            .create_chat_thread("Lunch")
            .participant(ChatParticipant::new(&other.user).with_display_name("Bob"))
            .await
            .unwrap();
        assert!(created.is_complete(), "{created:?}");
        let id = created.chat_thread().id();
        (
            self.client.chat_thread_client(id),
            other.client.chat_thread_client(id),
        )
    }
}

/// All messages that a participant sees, newest first.
pub(crate) async fn all_messages(thread: &ChatThreadClient) -> Vec<ChatMessage> {
    thread
        .list_messages()
        .page_size(200)
        .into_stream()
        .try_collect()
        .await
        .unwrap()
}

/// The texts of the messages people wrote, newest first.
pub(crate) async fn texts(thread: &ChatThreadClient) -> Vec<String> {
    let written = all_messages(thread).await.into_iter();
    let written = written.filter(|message| message.message_type().is_written_by_participants());
    written
        .map(|message| message.content().message().unwrap_or_default().to_owned())
        .collect()
}
