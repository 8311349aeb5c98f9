//! Which resource a sample uses, and how it shows times.

use std::env;
use std::error::Error;

use chat::CommunicationIdentityClient;
use chat_emulator::Emulator;
use time::OffsetDateTime;
use time::macros::format_description;

/// A resource of Azure, or the service on this machine, which ends with the sample.
pub(crate) struct Resource {
    pub(crate) endpoint: String,
    pub(crate) identity: CommunicationIdentityClient,
    _emulator: Option<Emulator>,
}

impl Resource {
    /// The resource that the environment names, else the emulator.
    pub(crate) async fn find() -> Result<Self, Box<dyn Error>> {
        let (connection_string, emulator) =
            match variable("COMMUNICATION_SAMPLES_CONNECTION_STRING") {
                Some(connection_string) => (connection_string, None),
                None => {
                    let emulator = Emulator::start().await?;
                    (emulator.connection_string(), Some(emulator))
                }
            };
        let identity = CommunicationIdentityClient::from_connection_string(&connection_string)?;
        let endpoint = variable("AZURE_COMMUNICATION_SERVICE_ENDPOINT")
            .filter(|_| emulator.is_none())
            .unwrap_or_else(|| identity.endpoint().to_owned());
        Ok(Self {
            endpoint,
            identity,
            _emulator: emulator,
        })
    }
}

/// A variable of the environment, with quotes around its value forgiven.
fn variable(name: &str) -> Option<String> {
    let value = env::var(name).ok()?;
    let value = value.trim().trim_matches(['"', '\'']);
    (!value.is_empty()).then(|| value.to_owned())
}

/// As people read it, such as `24 November 2026 at 20:15 UTC`.
pub(crate) fn day_and_time(time: OffsetDateTime) -> String {
    let form =
        format_description!("[day padding:none] [month repr:long] [year] at [hour]:[minute] UTC");
    let utc = time.to_offset(time::UtcOffset::UTC);
    utc.format(form).unwrap_or_else(|_| utc.to_string())
}
