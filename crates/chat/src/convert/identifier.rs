//! Identifiers on the wire: a nested object that says which kind it is, and a raw id.

use chat_rest::CommunicationIdentifierModelKind as Kind;
use chat_rest::chat::types;

use crate::models::{
    CommunicationIdentifier, CommunicationUserIdentifier, MicrosoftTeamsAppIdentifier,
    MicrosoftTeamsUserIdentifier, PhoneNumberIdentifier, TeamsExtensionUserIdentifier,
    UnknownIdentifier,
};

pub(crate) type Wire = types::CommunicationIdentifierModel;

/// Trusts the nested object first, then the kind, then the raw id's prefix. Nothing that is
/// missing or unknown is an error.
pub(crate) fn from_wire(wire: Wire) -> CommunicationIdentifier {
    let raw_id = wire.raw_id.filter(|raw_id| !raw_id.is_empty());
    /// An explicit raw id wins over the one that follows from the parts.
    macro_rules! with_raw_id {
        ($identifier:expr) => {
            match raw_id {
                Some(raw_id) => $identifier.with_raw_id(raw_id).into(),
                None => $identifier.into(),
            }
        };
    }
    if let Some(user) = wire.communication_user {
        return with_raw_id!(CommunicationUserIdentifier::new(user.id));
    }
    if let Some(number) = wire.phone_number {
        return with_raw_id!(PhoneNumberIdentifier::new(number.value));
    }
    if let Some(user) = wire.microsoft_teams_user {
        let teams_user = MicrosoftTeamsUserIdentifier::new(user.user_id)
            .with_cloud(user.cloud.unwrap_or_default());
        return match user.is_anonymous {
            Some(true) => with_raw_id!(teams_user.anonymous()),
            _ => with_raw_id!(teams_user),
        };
    }
    if let Some(app) = wire.microsoft_teams_app {
        return with_raw_id!(
            MicrosoftTeamsAppIdentifier::new(app.app_id).with_cloud(app.cloud.unwrap_or_default())
        );
    }
    if let Some(user) = wire.teams_extension_user {
        return with_raw_id!(
            TeamsExtensionUserIdentifier::new(user.user_id, user.tenant_id, user.resource_id)
                .with_cloud(user.cloud.unwrap_or_default())
        );
    }
    let raw_id = raw_id.unwrap_or_default();
    match wire.kind {
        Some(Kind::CommunicationUser) => CommunicationUserIdentifier::new(raw_id).into(),
        Some(Kind::Unknown) => UnknownIdentifier::new(raw_id).into(),
        _ => CommunicationIdentifier::from_raw_id(raw_id),
    }
}

/// With texts that are owned, or borrowed where the identifier outlives what is made of it.
pub(super) fn to_wire<'a, S: From<&'a str> + Default>(
    identifier: &'a CommunicationIdentifier,
) -> types::CommunicationIdentifierModel<S> {
    let mut wire = types::CommunicationIdentifierModel {
        raw_id: Some(identifier.raw_id().into()),
        ..Default::default()
    };
    match identifier {
        CommunicationIdentifier::CommunicationUser(user) => {
            wire.communication_user = Some(types::CommunicationUserIdentifierModel {
                id: user.id().into(),
            });
        }
        CommunicationIdentifier::PhoneNumber(number) => {
            wire.phone_number = Some(Box::new(types::PhoneNumberIdentifierModel {
                value: number.value().into(),
            }));
        }
        CommunicationIdentifier::MicrosoftTeamsUser(user) => {
            wire.microsoft_teams_user = Some(Box::new(types::MicrosoftTeamsUserIdentifierModel {
                user_id: user.user_id().into(),
                is_anonymous: Some(user.is_anonymous()),
                cloud: Some(user.cloud_environment().clone()),
            }));
        }
        CommunicationIdentifier::MicrosoftTeamsApp(app) => {
            wire.microsoft_teams_app = Some(Box::new(types::MicrosoftTeamsAppIdentifierModel {
                app_id: app.app_id().into(),
                cloud: Some(app.cloud_environment().clone()),
            }));
        }
        CommunicationIdentifier::TeamsExtensionUser(user) => {
            wire.teams_extension_user = Some(Box::new(types::TeamsExtensionUserIdentifierModel {
                user_id: user.user_id().into(),
                tenant_id: user.tenant_id().into(),
                resource_id: user.resource_id().into(),
                cloud: Some(user.cloud_environment().clone()),
            }));
        }
        CommunicationIdentifier::Unknown(_) => {}
    }
    wire
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::models::CommunicationCloudEnvironment;

    fn read(wire: serde_json::Value) -> CommunicationIdentifier {
        from_wire(serde_json::from_value(wire).unwrap())
    }

    #[test]
    fn the_nested_object_is_trusted_before_the_kind_and_the_raw_id() {
        use CommunicationIdentifier as Id;
        let identifier = read(json!({
            "kind": "phoneNumber", "rawId": "8:acs:r_t_u", "communicationUser": {"id": "8:acs:r_t_u"}
        }));
        assert!(matches!(identifier, Id::CommunicationUser(_)));

        let identifier = read(json!({"kind": "communicationUser", "rawId": "8:acs:r_t_u"}));
        assert!(matches!(identifier, Id::CommunicationUser(_)));

        let identifier = read(json!({"kind": "newKind", "rawId": "28:orgid:app"}));
        assert!(matches!(identifier, Id::MicrosoftTeamsApp(_)));

        let identifier = read(json!({"rawId": "48:x"}));
        assert!(matches!(identifier, Id::Unknown(_)));
        assert_eq!(identifier.raw_id(), "48:x");
    }

    #[test]
    fn whatever_is_missing_is_no_error() {
        assert_eq!(read(json!({})).raw_id(), "");
        assert_eq!(
            read(json!({"rawId": null, "futureUser": {"id": 1}})).raw_id(),
            ""
        );
        let user = read(json!({"microsoftTeamsUser": {"userId": "u"}}));
        assert_eq!(user.raw_id(), "8:orgid:u");
        let app = read(json!({"microsoftTeamsApp": {"appId": "a", "cloud": "GCCH"}}));
        assert_eq!(app.raw_id(), "28:gcch:a");
    }

    #[test]
    fn an_explicit_raw_id_wins() {
        let user = read(json!({"rawId": "8:acs:x", "communicationUser": {"id": "8:acs:y"}}));
        assert_eq!(user.raw_id(), "8:acs:x");
    }

    #[test]
    fn every_kind_survives_the_wire() {
        let all: [CommunicationIdentifier; 7] = [
            CommunicationUserIdentifier::new("8:acs:r_u").into(),
            PhoneNumberIdentifier::new("+1555").into(),
            MicrosoftTeamsUserIdentifier::new("u").anonymous().into(),
            MicrosoftTeamsUserIdentifier::new("u")
                .with_cloud(CommunicationCloudEnvironment::Dod)
                .into(),
            MicrosoftTeamsAppIdentifier::new("a").into(),
            TeamsExtensionUserIdentifier::new("u", "t", "r").into(),
            UnknownIdentifier::new("48:x").into(),
        ];
        for identifier in all {
            let back = from_wire(to_wire(&identifier));
            assert_eq!(back, identifier);
            assert_eq!(
                std::mem::discriminant(&back),
                std::mem::discriminant(&identifier)
            );
        }
    }
}
