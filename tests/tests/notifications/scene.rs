//! An emulator, two people, and what one of them is told.

use std::time::Duration;

use chat::models::{ChatParticipant, CommunicationUserIdentifier, TokenScope};
use chat::notifications::{Notification, NotificationEvent, Notifications};
use chat::{
    ChatClient, ChatThreadClient, CommunicationIdentityClient, CommunicationTokenCredential, Error,
};
use chat_emulator::Emulator;
use chat_tests::mock::plain_http;

/// Longer than anything here takes that goes well. Nothing waits for it.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct Scene {
    pub(crate) emulator: Emulator,
    pub(crate) identity: CommunicationIdentityClient,
    pub(crate) alice: Person,
    pub(crate) bob: Person,
}

pub(crate) struct Person {
    pub(crate) user: CommunicationUserIdentifier,
    pub(crate) client: ChatClient,
}

impl Scene {
    pub(crate) async fn set() -> Self {
        Self::on(Emulator::start().await.unwrap(), plain_http).await
    }

    /// On an emulator that is reached by this HTTP client.
    pub(crate) async fn on(
        emulator: Emulator,
        http: impl Fn() -> reqwest::ClientBuilder + Send + Sync + 'static,
    ) -> Self {
        let connection_string = emulator.connection_string();
        let identity = CommunicationIdentityClient::builder(&connection_string);
        let identity = identity.http_client(http).build().unwrap();
        Self {
            alice: person(&identity).await,
            bob: person(&identity).await,
            emulator,
            identity,
        }
    }

    /// A thread of Alice with Bob in it, for both.
    pub(crate) async fn thread(&self) -> (ChatThreadClient, ChatThreadClient) {
        let bob = ChatParticipant::new(&self.bob.user).with_display_name("Bob");
        let create = self.alice.client.create_chat_thread("Lunch");
        let created = create.participant(bob).await.unwrap();
        let id = created.chat_thread().id();
        (
            self.alice.client.chat_thread_client(id),
            self.bob.client.chat_thread_client(id),
        )
    }

    /// What Bob is told, once he is connected.
    pub(crate) async fn notified(&self) -> Listener {
        let mut listener = Listener::of(&self.bob.client);
        assert_eq!(listener.state().await, "Connected");
        listener
    }
}

async fn person(identity: &CommunicationIdentityClient) -> Person {
    let create = identity.create_user_and_token([TokenScope::Chat]);
    let (user, token) = create.await.unwrap();
    let client = identity.chat_client(CommunicationTokenCredential::new(token).unwrap());
    Person { user, client }
}

/// Reads what is told.
pub(crate) struct Listener {
    pub(crate) notifications: Notifications,
}

impl Listener {
    pub(crate) fn of(client: &ChatClient) -> Self {
        let notifications = client.notifications().connect().unwrap();
        Self { notifications }
    }

    pub(crate) async fn next(&mut self) -> NotificationEvent {
        self.result().await.unwrap().unwrap()
    }

    async fn result(&mut self) -> Option<Result<NotificationEvent, Error>> {
        let next = tokio::time::timeout(PATIENCE, self.notifications.next()).await;
        next.expect("something is told")
    }

    /// The error at the end; all that is told before it is passed over.
    pub(crate) async fn error(&mut self) -> Error {
        loop {
            if let Err(error) = self.result().await.expect("an error comes first") {
                assert!(self.notifications.next().await.is_none());
                return error;
            }
        }
    }

    /// The next event that is no notification.
    pub(crate) async fn state(&mut self) -> String {
        loop {
            match self.next().await {
                NotificationEvent::Received(_) => {}
                event => return format!("{event:?}"),
            }
        }
    }

    /// The next event, which has to be a notification.
    pub(crate) async fn notification(&mut self) -> Notification {
        match self.next().await {
            NotificationEvent::Received(notification) => notification,
            event => panic!("{event:?}"),
        }
    }
}
