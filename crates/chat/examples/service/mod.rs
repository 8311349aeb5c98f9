//! The service that an example uses, and people in it.

use std::env;
use std::error::Error;

use chat::builders::TransportBuilder;
use chat::models::{CommunicationUserIdentifier, TokenScope};
use chat::{ChatClient, CommunicationIdentityClient, CommunicationTokenCredential, Transport};
use chat_emulator::Emulator;

/// A resource of Azure if `COMMUNICATION_SERVICES_CONNECTION_STRING` is set, and else the service
/// on this machine, which ends with the program.
pub(crate) struct Service {
    pub(crate) identity: CommunicationIdentityClient,
    transport: Transport,
    _emulator: Option<Emulator>,
}

impl Service {
    /// People's requests go through a transport that this makes.
    pub(crate) async fn find(transport: TransportBuilder) -> Result<Self, Box<dyn Error>> {
        let (connection_string, emulator) =
            match env::var("COMMUNICATION_SERVICES_CONNECTION_STRING") {
                Ok(connection_string) => (connection_string, None),
                Err(_) => {
                    let emulator = Emulator::start().await?;
                    (emulator.connection_string(), Some(emulator))
                }
            };
        Ok(Self {
            identity: CommunicationIdentityClient::from_connection_string(&connection_string)?,
            transport: transport.build()?,
            _emulator: emulator,
        })
    }

    /// A new user, and a client that acts for it.
    pub(crate) async fn person(
        &self,
    ) -> Result<(CommunicationUserIdentifier, ChatClient), chat::Error> {
        let (user, token) = self
            .identity
            .create_user_and_token([TokenScope::Chat])
            .await?;
        let credential = CommunicationTokenCredential::new(token)?;
        let client = ChatClient::builder(self.identity.endpoint(), credential)
            .transport(&self.transport)
            .build()?;
        Ok((user, client))
    }
}
