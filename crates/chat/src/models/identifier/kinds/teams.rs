//! The kinds of identifiers that come from Microsoft Teams.

use std::fmt;
use std::hash::{Hash, Hasher};

use super::super::raw_id;
use crate::models::CommunicationCloudEnvironment;

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
