//! What a snippet of a page takes for granted: a service, and a user in a thread.

use chat::models::{CommunicationUserIdentifier, TokenScope};
use chat::{
    ChatClient, ChatThreadClient, CommunicationIdentityClient, CommunicationTokenCredential,
};
use chat_emulator::Emulator;

/// A service with Alice, whose clients these are, and Bob.
#[derive(Debug)]
pub struct Scene {
    /// The service; it ends with the scene.
    pub emulator: Emulator,
    /// Its connection string.
    pub connection_string: String,
    /// Its endpoint.
    pub endpoint: String,
    /// Its access key.
    pub access_key: String,
    /// Makes users and tokens.
    pub identity: CommunicationIdentityClient,
    /// A user who is in no thread.
    pub bob: CommunicationUserIdentifier,
    /// Alice's client.
    pub client: ChatClient,
    /// A thread of Alice's with some messages.
    pub thread: ChatThreadClient,
}

impl Scene {
    /// Sets the scene.
    ///
    /// # Errors
    /// Those of the clients and of the service.
    pub async fn set() -> Result<Self, Box<dyn std::error::Error>> {
        let emulator = Emulator::start().await?;
        let connection_string = emulator.connection_string();
        let identity = CommunicationIdentityClient::from_connection_string(&connection_string)?;
        let (_, token) = identity.create_user_and_token([TokenScope::Chat]).await?;
        let bob = identity.create_user().await?;
        let endpoint = identity.endpoint().to_owned();
        let client = ChatClient::new(&endpoint, CommunicationTokenCredential::new(token)?)?;
        let created = client.create_chat_thread("Breakfast").await?;
        let thread = client.chat_thread_client(created.chat_thread().id());
        for n in 0..5 {
            thread.send_message(format!("message {n}")).await?;
        }
        Ok(Self {
            access_key: emulator.access_key().to_owned(),
            emulator,
            connection_string,
            endpoint,
            identity,
            bob,
            client,
            thread,
        })
    }
}

/// Sets the scene and binds its parts to these names.
#[macro_export]
macro_rules! scene {
    ($($part:ident),+) => {
        let scene = $crate::scene::Scene::set().await?;
        let _emulator = scene.emulator;
        #[allow(unused_variables, reason = "no snippet needs all")]
        let ($($part,)+) = ($(scene.$part,)+);
    };
}
