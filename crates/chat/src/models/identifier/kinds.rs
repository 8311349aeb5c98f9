//! The kinds of identifiers, each with its parts and its raw id.

use std::fmt;
use std::hash::{Hash, Hasher};

use super::raw_id;
use crate::models::CommunicationCloudEnvironment;

/// What every kind of identifier has: a raw id that can be given explicitly, and equality by it.
macro_rules! identifier {
    ($name:ident) => {
        identifier!($name, |identifier, raw_id| identifier.raw_id = raw_id);
    };
    ($name:ident, |$identifier:ident, $raw_id:ident| $set:expr) => {
        impl $name {
            /// Takes this raw id instead of the one that follows from the parts.
            #[must_use]
            pub fn with_raw_id(self, raw_id: impl Into<String>) -> Self {
                let mut $identifier = self;
                let $raw_id: String = raw_id.into();
                $set;
                $identifier
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
    };
}

/// A user of a Communication Services resource, made by the identity service.
///
/// ```
/// use chat::models::{CommunicationIdentifier, CommunicationUserIdentifier};
///
/// let alice = CommunicationUserIdentifier::new("8:acs:resource_alice");
/// assert_eq!(alice.id(), "8:acs:resource_alice");
/// assert_eq!(CommunicationIdentifier::from(alice).raw_id(), "8:acs:resource_alice");
/// ```
#[derive(Clone, Debug)]
pub struct CommunicationUserIdentifier {
    /// Where it is not the raw id.
    id: Option<Box<str>>,
    raw_id: String,
}

identifier!(CommunicationUserIdentifier, |user, raw_id| {
    if raw_id != user.raw_id {
        let before = std::mem::replace(&mut user.raw_id, raw_id);
        user.id.get_or_insert_with(|| before.into());
    }
});

impl CommunicationUserIdentifier {
    /// The user with this id, such as `8:acs:…`.
    #[must_use]
    pub fn new(id: impl Into<String>) -> Self {
        Self {
            id: None,
            raw_id: id.into(),
        }
    }

    /// The id of the user; the raw id is the same unless it was given explicitly.
    #[must_use]
    pub fn id(&self) -> &str {
        self.id.as_deref().unwrap_or(&self.raw_id)
    }
}

impl From<&str> for CommunicationUserIdentifier {
    fn from(id: &str) -> Self {
        Self::new(id)
    }
}

impl From<String> for CommunicationUserIdentifier {
    fn from(id: String) -> Self {
        Self::new(id)
    }
}

impl From<&CommunicationUserIdentifier> for CommunicationUserIdentifier {
    fn from(user: &CommunicationUserIdentifier) -> Self {
        user.clone()
    }
}

/// A phone number.
///
/// ```
/// use chat::models::PhoneNumberIdentifier;
///
/// let phone = PhoneNumberIdentifier::new("+15551234567");
/// assert_eq!(phone.raw_id(), "4:+15551234567");
/// assert!(!phone.is_anonymous());
/// ```
#[derive(Clone, Debug)]
pub struct PhoneNumberIdentifier {
    value: Box<str>,
    raw_id: String,
}

identifier!(PhoneNumberIdentifier);

impl PhoneNumberIdentifier {
    /// The phone number `value` in E.164 format, such as `+15551234567`.
    #[must_use]
    pub fn new(value: impl Into<String>) -> Self {
        let value: String = value.into();
        Self {
            raw_id: raw_id::of_phone_number(&value),
            value: value.into(),
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
        &*self.value == "anonymous"
    }
}

/// A Microsoft Teams user.
///
/// ```
/// use chat::models::{CommunicationCloudEnvironment, MicrosoftTeamsUserIdentifier};
///
/// let user = MicrosoftTeamsUserIdentifier::new("45ab2481-1c1c-4005-be24-0ffb879b1130");
/// assert_eq!(user.raw_id(), "8:orgid:45ab2481-1c1c-4005-be24-0ffb879b1130");
///
/// let of_government = user.with_cloud(CommunicationCloudEnvironment::Gcch);
/// assert_eq!(of_government.raw_id(), "8:gcch:45ab2481-1c1c-4005-be24-0ffb879b1130");
/// ```
#[derive(Clone, Debug)]
pub struct MicrosoftTeamsUserIdentifier {
    parts: Box<TeamsUser>,
    raw_id: String,
}

/// Kept apart, as the parts of all kinds that are rare: in lists they would make every identifier
/// as large as the largest.
#[derive(Clone, Debug)]
struct TeamsUser {
    user_id: String,
    is_anonymous: bool,
    cloud: CommunicationCloudEnvironment,
}

identifier!(MicrosoftTeamsUserIdentifier);

impl MicrosoftTeamsUserIdentifier {
    /// The Teams user with this object id of Microsoft Entra ID, in the public cloud.
    #[must_use]
    pub fn new(user_id: impl Into<String>) -> Self {
        let parts = TeamsUser {
            user_id: user_id.into(),
            is_anonymous: false,
            cloud: CommunicationCloudEnvironment::Public,
        };
        Self {
            parts: Box::new(parts),
            raw_id: String::new(),
        }
        .derive_raw_id()
    }

    /// Says that the user joined without an account. Replaces the raw id.
    #[must_use]
    pub fn anonymous(mut self) -> Self {
        self.parts.is_anonymous = true;
        self.derive_raw_id()
    }

    /// Says which cloud the user belongs to. Replaces the raw id.
    #[must_use]
    pub fn with_cloud(mut self, cloud: CommunicationCloudEnvironment) -> Self {
        self.parts.cloud = cloud;
        self.derive_raw_id()
    }

    fn derive_raw_id(mut self) -> Self {
        let TeamsUser {
            user_id,
            is_anonymous,
            cloud,
        } = &*self.parts;
        self.raw_id = raw_id::of_teams_user(user_id, *is_anonymous, cloud);
        self
    }

    /// The object id of the user in Microsoft Entra ID, or the visitor's id.
    #[must_use]
    pub fn user_id(&self) -> &str {
        &self.parts.user_id
    }

    /// Whether the user joined without an account.
    #[must_use]
    pub fn is_anonymous(&self) -> bool {
        self.parts.is_anonymous
    }

    /// The cloud the user belongs to.
    #[must_use]
    pub fn cloud_environment(&self) -> &CommunicationCloudEnvironment {
        &self.parts.cloud
    }
}

/// A Microsoft Teams application (a bot).
///
/// ```
/// use chat::models::MicrosoftTeamsAppIdentifier;
///
/// let bot = MicrosoftTeamsAppIdentifier::new("45ab2481-1c1c-4005-be24-0ffb879b1130");
/// assert_eq!(bot.raw_id(), "28:orgid:45ab2481-1c1c-4005-be24-0ffb879b1130");
/// ```
#[derive(Clone, Debug)]
pub struct MicrosoftTeamsAppIdentifier {
    parts: Box<TeamsApp>,
    raw_id: String,
}

#[derive(Clone, Debug)]
struct TeamsApp {
    app_id: String,
    cloud: CommunicationCloudEnvironment,
}

identifier!(MicrosoftTeamsAppIdentifier);

impl MicrosoftTeamsAppIdentifier {
    /// The Teams application with this id, in the public cloud.
    #[must_use]
    pub fn new(app_id: impl Into<String>) -> Self {
        let parts = TeamsApp {
            app_id: app_id.into(),
            cloud: CommunicationCloudEnvironment::Public,
        };
        Self {
            parts: Box::new(parts),
            raw_id: String::new(),
        }
        .with_cloud(CommunicationCloudEnvironment::Public)
    }

    /// Says which cloud the application belongs to. Replaces the raw id.
    #[must_use]
    pub fn with_cloud(mut self, cloud: CommunicationCloudEnvironment) -> Self {
        self.raw_id = raw_id::of_teams_app(&self.parts.app_id, &cloud);
        self.parts.cloud = cloud;
        self
    }

    /// The id of the application.
    #[must_use]
    pub fn app_id(&self) -> &str {
        &self.parts.app_id
    }

    /// The cloud the application belongs to.
    #[must_use]
    pub fn cloud_environment(&self) -> &CommunicationCloudEnvironment {
        &self.parts.cloud
    }
}

/// A Teams user who acts through a Communication Services resource ("Teams phone extensibility").
///
/// ```
/// use chat::models::TeamsExtensionUserIdentifier;
///
/// let user = TeamsExtensionUserIdentifier::new("user", "tenant", "resource");
/// assert_eq!(user.raw_id(), "8:acs:resource_tenant_user");
/// ```
#[derive(Clone, Debug)]
pub struct TeamsExtensionUserIdentifier {
    parts: Box<TeamsExtensionUser>,
    raw_id: String,
}

#[derive(Clone, Debug)]
struct TeamsExtensionUser {
    user_id: String,
    tenant_id: String,
    resource_id: String,
    cloud: CommunicationCloudEnvironment,
}

identifier!(TeamsExtensionUserIdentifier);

impl TeamsExtensionUserIdentifier {
    /// The user `user_id` of the tenant `tenant_id` at the Communication Services resource
    /// `resource_id`, in the public cloud.
    #[must_use]
    pub fn new(
        user_id: impl Into<String>,
        tenant_id: impl Into<String>,
        resource_id: impl Into<String>,
    ) -> Self {
        let parts = TeamsExtensionUser {
            user_id: user_id.into(),
            tenant_id: tenant_id.into(),
            resource_id: resource_id.into(),
            cloud: CommunicationCloudEnvironment::Public,
        };
        Self {
            parts: Box::new(parts),
            raw_id: String::new(),
        }
        .with_cloud(CommunicationCloudEnvironment::Public)
    }

    /// Says which cloud the user belongs to. Replaces the raw id.
    #[must_use]
    pub fn with_cloud(mut self, cloud: CommunicationCloudEnvironment) -> Self {
        self.raw_id = raw_id::of_teams_extension_user(
            &self.parts.resource_id,
            &self.parts.tenant_id,
            &self.parts.user_id,
            &cloud,
        );
        self.parts.cloud = cloud;
        self
    }

    /// The object id of the user in Microsoft Entra ID.
    #[must_use]
    pub fn user_id(&self) -> &str {
        &self.parts.user_id
    }

    /// The tenant of the user.
    #[must_use]
    pub fn tenant_id(&self) -> &str {
        &self.parts.tenant_id
    }

    /// The Communication Services resource.
    #[must_use]
    pub fn resource_id(&self) -> &str {
        &self.parts.resource_id
    }

    /// The cloud the user belongs to.
    #[must_use]
    pub fn cloud_environment(&self) -> &CommunicationCloudEnvironment {
        &self.parts.cloud
    }
}

/// An identifier of a kind this version of the library does not know, kept as it is.
///
/// ```
/// use chat::models::{CommunicationIdentifier, UnknownIdentifier};
///
/// let new = CommunicationIdentifier::from_raw_id("99:something-new");
/// assert_eq!(new, UnknownIdentifier::new("99:something-new").into());
/// ```
#[derive(Clone, Debug)]
pub struct UnknownIdentifier {
    raw_id: String,
}

identifier!(UnknownIdentifier);

impl UnknownIdentifier {
    /// The identifier with this raw id.
    #[must_use]
    pub fn new(raw_id: impl Into<String>) -> Self {
        Self {
            raw_id: raw_id.into(),
        }
    }
}
