//! Who takes part in a chat: identifiers of every kind the service knows.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::open_enum;
use super::raw_id;

open_enum! {
    /// The Azure cloud an identifier belongs to.
    pub enum CommunicationCloudEnvironment {
        /// The public cloud.
        Public = "public",
        /// The cloud of the US Department of Defense.
        Dod = "dod",
        /// The US Government Community Cloud High.
        Gcch = "gcch",
    }
}

impl Default for CommunicationCloudEnvironment {
    /// The public cloud, which the service means when it names none.
    fn default() -> Self {
        Self::Public
    }
}

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
    /// A Teams user in the guise of a user of a Communication Services resource.
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
        raw_id::parse(raw_id.into())
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

/// What every kind of identifier has: a raw id that can be given explicitly, equality by it, and
/// the way into [`CommunicationIdentifier`].
macro_rules! identifier {
    ($name:ident, $variant:ident) => {
        impl $name {
            /// Takes this raw id instead of the one that follows from the parts.
            #[must_use]
            pub fn with_raw_id(mut self, raw_id: impl Into<String>) -> Self {
                self.raw_id = raw_id.into();
                self
            }

            /// The raw id.
            #[must_use]
            pub fn raw_id(&self) -> &str {
                &self.raw_id
            }
        }

        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                self.raw_id == other.raw_id
            }
        }

        impl Eq for $name {}

        impl Hash for $name {
            fn hash<H: Hasher>(&self, state: &mut H) {
                self.raw_id.hash(state);
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.raw_id)
            }
        }

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
    };
}

/// A user of a Communication Services resource, made by the identity service.
#[derive(Clone, Debug)]
pub struct CommunicationUserIdentifier {
    id: String,
    raw_id: String,
}

identifier!(CommunicationUserIdentifier, CommunicationUser);

impl CommunicationUserIdentifier {
    /// The user with this id, such as `8:acs:…`.
    #[must_use]
    pub fn new(id: impl Into<String>) -> Self {
        let id = id.into();
        Self {
            raw_id: id.clone(),
            id,
        }
    }

    /// The id of the user; the raw id is the same unless it was given explicitly.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }
}

impl From<&CommunicationUserIdentifier> for CommunicationUserIdentifier {
    fn from(user: &CommunicationUserIdentifier) -> Self {
        user.clone()
    }
}

/// A phone number.
#[derive(Clone, Debug)]
pub struct PhoneNumberIdentifier {
    value: String,
    raw_id: String,
}

identifier!(PhoneNumberIdentifier, PhoneNumber);

impl PhoneNumberIdentifier {
    /// The phone number `value` in E.164 format, such as `+15551234567`.
    #[must_use]
    pub fn new(value: impl Into<String>) -> Self {
        let value = value.into();
        Self {
            raw_id: raw_id::of_phone_number(&value),
            value,
        }
    }

    /// The number in E.164 format.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }

    /// Whether this stands for a caller who withholds the number.
    #[must_use]
    pub fn is_anonymous(&self) -> bool {
        self.value == "anonymous"
    }
}

/// A Microsoft Teams user.
#[derive(Clone, Debug)]
pub struct MicrosoftTeamsUserIdentifier {
    user_id: String,
    is_anonymous: bool,
    cloud: CommunicationCloudEnvironment,
    raw_id: String,
}

identifier!(MicrosoftTeamsUserIdentifier, MicrosoftTeamsUser);

impl MicrosoftTeamsUserIdentifier {
    /// The Teams user with this object id of Microsoft Entra ID, in the public cloud.
    #[must_use]
    pub fn new(user_id: impl Into<String>) -> Self {
        Self {
            user_id: user_id.into(),
            is_anonymous: false,
            cloud: CommunicationCloudEnvironment::Public,
            raw_id: String::new(),
        }
        .derive_raw_id()
    }

    /// Says that the user joined without an account. Replaces the raw id.
    #[must_use]
    pub fn anonymous(mut self) -> Self {
        self.is_anonymous = true;
        self.derive_raw_id()
    }

    /// Says which cloud the user belongs to. Replaces the raw id.
    #[must_use]
    pub fn with_cloud(mut self, cloud: CommunicationCloudEnvironment) -> Self {
        self.cloud = cloud;
        self.derive_raw_id()
    }

    fn derive_raw_id(mut self) -> Self {
        self.raw_id = raw_id::of_teams_user(&self.user_id, self.is_anonymous, &self.cloud);
        self
    }

    /// The object id of the user in Microsoft Entra ID, or the visitor's id.
    #[must_use]
    pub fn user_id(&self) -> &str {
        &self.user_id
    }

    /// Whether the user joined without an account.
    #[must_use]
    pub fn is_anonymous(&self) -> bool {
        self.is_anonymous
    }

    /// The cloud the user belongs to.
    #[must_use]
    pub fn cloud_environment(&self) -> &CommunicationCloudEnvironment {
        &self.cloud
    }
}

/// A Microsoft Teams application (a bot).
#[derive(Clone, Debug)]
pub struct MicrosoftTeamsAppIdentifier {
    app_id: String,
    cloud: CommunicationCloudEnvironment,
    raw_id: String,
}

identifier!(MicrosoftTeamsAppIdentifier, MicrosoftTeamsApp);

impl MicrosoftTeamsAppIdentifier {
    /// The Teams application with this id, in the public cloud.
    #[must_use]
    pub fn new(app_id: impl Into<String>) -> Self {
        Self {
            app_id: app_id.into(),
            cloud: CommunicationCloudEnvironment::Public,
            raw_id: String::new(),
        }
        .with_cloud(CommunicationCloudEnvironment::Public)
    }

    /// Says which cloud the application belongs to. Replaces the raw id.
    #[must_use]
    pub fn with_cloud(mut self, cloud: CommunicationCloudEnvironment) -> Self {
        self.raw_id = raw_id::of_teams_app(&self.app_id, &cloud);
        self.cloud = cloud;
        self
    }

    /// The id of the application.
    #[must_use]
    pub fn app_id(&self) -> &str {
        &self.app_id
    }

    /// The cloud the application belongs to.
    #[must_use]
    pub fn cloud_environment(&self) -> &CommunicationCloudEnvironment {
        &self.cloud
    }
}

/// A Teams user in the guise of a user of a Communication Services resource ("Teams phone
/// extensibility").
#[derive(Clone, Debug)]
pub struct TeamsExtensionUserIdentifier {
    user_id: String,
    tenant_id: String,
    resource_id: String,
    cloud: CommunicationCloudEnvironment,
    raw_id: String,
}

identifier!(TeamsExtensionUserIdentifier, TeamsExtensionUser);

impl TeamsExtensionUserIdentifier {
    /// The user `user_id` of the tenant `tenant_id` at the Communication Services resource
    /// `resource_id`, in the public cloud.
    #[must_use]
    pub fn new(
        user_id: impl Into<String>,
        tenant_id: impl Into<String>,
        resource_id: impl Into<String>,
    ) -> Self {
        Self {
            user_id: user_id.into(),
            tenant_id: tenant_id.into(),
            resource_id: resource_id.into(),
            cloud: CommunicationCloudEnvironment::Public,
            raw_id: String::new(),
        }
        .with_cloud(CommunicationCloudEnvironment::Public)
    }

    /// Says which cloud the user belongs to. Replaces the raw id.
    #[must_use]
    pub fn with_cloud(mut self, cloud: CommunicationCloudEnvironment) -> Self {
        self.raw_id = raw_id::of_teams_extension_user(
            &self.resource_id,
            &self.tenant_id,
            &self.user_id,
            &cloud,
        );
        self.cloud = cloud;
        self
    }

    /// The object id of the user in Microsoft Entra ID.
    #[must_use]
    pub fn user_id(&self) -> &str {
        &self.user_id
    }

    /// The tenant of the user.
    #[must_use]
    pub fn tenant_id(&self) -> &str {
        &self.tenant_id
    }

    /// The Communication Services resource.
    #[must_use]
    pub fn resource_id(&self) -> &str {
        &self.resource_id
    }

    /// The cloud the user belongs to.
    #[must_use]
    pub fn cloud_environment(&self) -> &CommunicationCloudEnvironment {
        &self.cloud
    }
}

/// An identifier of a kind this version of the library does not know, kept as it is.
#[derive(Clone, Debug)]
pub struct UnknownIdentifier {
    raw_id: String,
}

identifier!(UnknownIdentifier, Unknown);

impl UnknownIdentifier {
    /// The identifier with this raw id.
    #[must_use]
    pub fn new(raw_id: impl Into<String>) -> Self {
        Self {
            raw_id: raw_id.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_explicit_raw_id_wins() {
        let user = CommunicationUserIdentifier::new("8:acs:a_b").with_raw_id("8:acs:other");
        assert_eq!(user.id(), "8:acs:a_b");
        assert_eq!(CommunicationIdentifier::from(user).raw_id(), "8:acs:other");
    }

    #[test]
    fn identifiers_are_equal_when_their_raw_ids_are() {
        let as_user =
            CommunicationIdentifier::from(CommunicationUserIdentifier::new("8:acs:r_t_u"));
        let as_extension =
            CommunicationIdentifier::from(TeamsExtensionUserIdentifier::new("u", "t", "r"));
        assert_eq!(as_user, as_extension);
        assert_ne!(as_user, CommunicationIdentifier::from_raw_id("8:acs:r_t_U"));
    }

    #[test]
    fn an_unknown_cloud_formats_as_the_public_one_and_is_kept() {
        let cloud = CommunicationCloudEnvironment::from("mars");
        let app = MicrosoftTeamsAppIdentifier::new("app").with_cloud(cloud);
        assert_eq!(app.raw_id(), "28:orgid:app");
        assert_eq!(app.cloud_environment().as_str(), "mars");
    }

    #[test]
    fn serde_writes_and_reads_the_raw_id() {
        let phone = CommunicationIdentifier::from(PhoneNumberIdentifier::new("+1"));
        let json = serde_json::to_string(&phone).unwrap();
        assert_eq!(json, "\"4:+1\"");
        let read: CommunicationIdentifier = serde_json::from_str(&json).unwrap();
        assert!(matches!(read, CommunicationIdentifier::PhoneNumber(_)));
    }
}
