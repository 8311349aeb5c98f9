//! A thread for the examples that follow one.

use std::env;
use std::error::Error;

use chat::models::TokenScope;
use chat::{
    ChatClient, ChatThreadClient, CommunicationIdentityClient, CommunicationTokenCredential,
};
use chat_emulator::Emulator;

/// Alice and a bot in a thread of the service.
pub(crate) struct Scene {
    /// Alice's client, who may delete the thread.
    pub(crate) alice: ChatClient,
    /// The thread, as the bot sees it.
    pub(crate) thread: ChatThreadClient,
    /// The raw id of the bot.
    pub(crate) bot: String,
    _emulator: Option<Emulator>,
}

impl Scene {
    /// The service is a resource of Azure if `COMMUNICATION_SERVICES_CONNECTION_STRING` is set,
    /// and else one on this machine that ends with the program.
    pub(crate) async fn set() -> Result<Self, Box<dyn Error>> {
        let variable = env::var("COMMUNICATION_SERVICES_CONNECTION_STRING");
        let (connection_string, emulator) = match variable {
            Ok(connection_string) => (connection_string, None),
            Err(_) => {
                let emulator = Emulator::start().await?;
                (emulator.connection_string(), Some(emulator))
            }
        };
        let identity = CommunicationIdentityClient::from_connection_string(&connection_string)?;
        let (_, token) = identity.create_user_and_token([TokenScope::Chat]).await?;
        let alice = ChatClient::new(
            identity.endpoint(),
            CommunicationTokenCredential::new(token)?,
        )?;
        let (user, token) = identity.create_user_and_token([TokenScope::Chat]).await?;
        let bot = alice.with_credential(CommunicationTokenCredential::new(token)?);
        let created = alice.create_chat_thread("Echo").participant(&user).await?;
        Ok(Self {
            thread: bot.chat_thread_client(created.chat_thread().id()),
            bot: user.id().to_owned(),
            alice,
            _emulator: emulator,
        })
    }
}
