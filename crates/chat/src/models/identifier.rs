//! Who takes part in a chat: identifiers of every kind the service knows.

pub(super) mod kinds;
mod raw_id;
#[cfg(test)]
mod tests;

use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use kinds::{
    CommunicationUserIdentifier, MicrosoftTeamsAppIdentifier, MicrosoftTeamsUserIdentifier,
    PhoneNumberIdentifier, TeamsExtensionUserIdentifier, UnknownIdentifier,
};

/// Anyone who can take part in a conversation.
///
/// An identifier has a *raw id*, one text from which its kind and parts can be read again
/// ([`from_raw_id`](Self::from_raw_id)) and which is what `Display`, [`FromStr`] and serde use.
/// Two identifiers are equal when their raw ids are.
///
/// ```
/// use chat::models::{CommunicationIdentifier, CommunicationUserIdentifier, PhoneNumberIdentifier};
///
/// let alice = CommunicationIdentifier::from(CommunicationUserIdentifier::new("8:acs:resource_alice"));
/// assert_eq!(alice.raw_id(), "8:acs:resource_alice");
///
/// let phone = CommunicationIdentifier::from_raw_id("4:+15551234567");
/// assert_eq!(phone, PhoneNumberIdentifier::new("+15551234567").into());
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
#[non_exhaustive]
pub enum CommunicationIdentifier {
    /// A user of a Communication Services resource.
    CommunicationUser(CommunicationUserIdentifier),
    /// A phone number.
    PhoneNumber(PhoneNumberIdentifier),
    /// A Microsoft Teams user.
    MicrosoftTeamsUser(MicrosoftTeamsUserIdentifier),
    /// A Microsoft Teams application (a bot).
    MicrosoftTeamsApp(MicrosoftTeamsAppIdentifier),
    /// A Teams user who acts through a Communication Services resource.
    TeamsExtensionUser(TeamsExtensionUserIdentifier),
    /// An identifier of a kind this version of the library does not know.
    Unknown(UnknownIdentifier),
}

impl CommunicationIdentifier {
    /// Reads a raw id. Every text is one: what has no known prefix is
    /// [`Unknown`](Self::Unknown), and [`raw_id`](Self::raw_id) gives each text back unchanged.
    #[must_use]
    #[doc(alias("identifier_from_raw_id", "createIdentifierFromRawId"))]
    pub fn from_raw_id(raw_id: impl Into<String>) -> Self {
        parse(raw_id.into())
    }

    /// The raw id.
    #[must_use]
    pub fn raw_id(&self) -> &str {
        match self {
            Self::CommunicationUser(user) => user.raw_id(),
            Self::PhoneNumber(number) => number.raw_id(),
            Self::MicrosoftTeamsUser(user) => user.raw_id(),
            Self::MicrosoftTeamsApp(app) => app.raw_id(),
            Self::TeamsExtensionUser(user) => user.raw_id(),
            Self::Unknown(unknown) => unknown.raw_id(),
        }
    }
}

impl PartialEq for CommunicationIdentifier {
    fn eq(&self, other: &Self) -> bool {
        self.raw_id() == other.raw_id()
    }
}

impl Eq for CommunicationIdentifier {}

impl Hash for CommunicationIdentifier {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.raw_id().hash(state);
    }
}

impl fmt::Display for CommunicationIdentifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.raw_id())
    }
}

impl FromStr for CommunicationIdentifier {
    type Err = std::convert::Infallible;

    fn from_str(raw_id: &str) -> Result<Self, Self::Err> {
        Ok(Self::from_raw_id(raw_id))
    }
}

impl From<&str> for CommunicationIdentifier {
    fn from(raw_id: &str) -> Self {
        Self::from_raw_id(raw_id)
    }
}

impl From<String> for CommunicationIdentifier {
    fn from(raw_id: String) -> Self {
        Self::from_raw_id(raw_id)
    }
}

impl From<CommunicationIdentifier> for String {
    fn from(identifier: CommunicationIdentifier) -> Self {
        identifier.raw_id().to_owned()
    }
}

impl From<&CommunicationIdentifier> for CommunicationIdentifier {
    fn from(identifier: &CommunicationIdentifier) -> Self {
        identifier.clone()
    }
}

/// The way of each kind into [`CommunicationIdentifier`].
macro_rules! into_identifier {
    ($($name:ident => $variant:ident,)+) => {
        $(
            impl From<$name> for CommunicationIdentifier {
                fn from(identifier: $name) -> Self {
                    Self::$variant(identifier)
                }
            }

            impl From<&$name> for CommunicationIdentifier {
                fn from(identifier: &$name) -> Self {
                    Self::$variant(identifier.clone())
                }
            }
        )+
    };
}

into_identifier! {
    CommunicationUserIdentifier => CommunicationUser,
    PhoneNumberIdentifier => PhoneNumber,
    MicrosoftTeamsUserIdentifier => MicrosoftTeamsUser,
    MicrosoftTeamsAppIdentifier => MicrosoftTeamsApp,
    TeamsExtensionUserIdentifier => TeamsExtensionUser,
    UnknownIdentifier => Unknown,
}

fn parse(raw_id: String) -> CommunicationIdentifier {
    if let Some(value) = raw_id.strip_prefix(raw_id::PHONE_NUMBER) {
        return PhoneNumberIdentifier::new(value).into();
    }
    if let Some((rest, cloud)) = raw_id::strip(&raw_id::USER, &raw_id) {
        // Nearly all users have two parts, and are told by this alone.
        let mut separators = memchr::memchr_iter(b'_', rest.as_bytes());
        if let (Some(_), Some(_), None) = (separators.next(), separators.next(), separators.next())
            && let Some((resource, rest)) = rest.split_once('_')
            && let Some((tenant, user)) = rest.split_once('_')
        {
            return TeamsExtensionUserIdentifier::new(user, tenant, resource)
                .with_cloud(cloud)
                .into();
        }
        return CommunicationUserIdentifier::new(raw_id).into();
    }
    if raw_id.starts_with(raw_id::SPOOL_USER) {
        return CommunicationUserIdentifier::new(raw_id).into();
    }
    if let Some(user_id) = raw_id.strip_prefix(raw_id::TEAMS_VISITOR) {
        return MicrosoftTeamsUserIdentifier::new(user_id)
            .anonymous()
            .into();
    }
    if let Some((user_id, cloud)) = raw_id::strip(&raw_id::TEAMS_USER, &raw_id) {
        return MicrosoftTeamsUserIdentifier::new(user_id)
            .with_cloud(cloud)
            .into();
    }
    if let Some((app_id, cloud)) = raw_id::strip(&raw_id::TEAMS_APP, &raw_id) {
        return MicrosoftTeamsAppIdentifier::new(app_id)
            .with_cloud(cloud)
            .into();
    }
    UnknownIdentifier::new(raw_id).into()
}
