//! Identifiers: an object for each kind going in, a user's raw id going out.

use serde::{Deserialize, Serialize};

use crate::store::Refusal;
use crate::store::identifier::{MalformedIdentifier, RawId};
use crate::wire::error::ApiError;

use super::object::Object;

/// As the service answers. No recorded answer has a `kind`. Others than communication users come from archives.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Identifier<'a> {
    raw_id: &'a str,
    /// Nothing of those whose kind is unknown.
    #[serde(flatten)]
    nested: Option<Nested<'a>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
enum Nested<'a> {
    CommunicationUser {
        id: &'a str,
    },
    PhoneNumber {
        value: &'a str,
    },
    MicrosoftTeamsUser {
        user_id: &'a str,
        is_anonymous: bool,
        cloud: &'static str,
    },
    MicrosoftTeamsApp {
        app_id: &'a str,
        cloud: &'static str,
    },
}

/// Clouds, and what raw ids call them.
const CLOUDS: [(&str, &str); 3] = [("orgid", "public"), ("dod", "dod"), ("gcch", "gcch")];

impl<'a> From<&'a RawId> for Identifier<'a> {
    fn from(id: &'a RawId) -> Self {
        let raw_id = id.as_str();
        Self {
            raw_id,
            nested: nested(raw_id),
        }
    }
}

fn nested(raw_id: &str) -> Option<Nested<'_>> {
    let (kind, rest) = raw_id.split_once(':')?;
    if kind == "4" {
        return Some(Nested::PhoneNumber { value: rest });
    }
    let (place, id) = rest.split_once(':')?;
    let cloud = CLOUDS.into_iter().find(|(name, _)| *name == place);
    match (kind, cloud) {
        ("8", None) if place == "teamsvisitor" => Some(Nested::MicrosoftTeamsUser {
            user_id: id,
            is_anonymous: true,
            cloud: "public",
        }),
        ("8", Some((_, cloud))) => Some(Nested::MicrosoftTeamsUser {
            user_id: id,
            is_anonymous: false,
            cloud,
        }),
        ("8", None) => Some(Nested::CommunicationUser { id: raw_id }),
        ("28", Some((_, cloud))) => Some(Nested::MicrosoftTeamsApp { app_id: id, cloud }),
        _ => None,
    }
}

/// As callers send it. `kind` says nothing that the nested object does not.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct IdentifierRequest {
    raw_id: Option<String>,
    communication_user: Option<Object<CommunicationUserRequest>>,
    phone_number: Option<Object<PhoneNumberRequest>>,
    microsoft_teams_user: Option<Object<TeamsUserRequest>>,
    microsoft_teams_app: Option<Object<TeamsAppRequest>>,
}

#[derive(Debug, Deserialize)]
struct CommunicationUserRequest {
    id: String,
}

#[derive(Debug, Deserialize)]
struct PhoneNumberRequest {
    value: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct TeamsUserRequest {
    user_id: String,
    is_anonymous: Option<bool>,
    cloud: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct TeamsAppRequest {
    app_id: String,
    cloud: Option<String>,
}

impl IdentifierRequest {
    /// The raw id that is meant, of a kind that the service knows.
    pub(crate) fn raw_id(self) -> Result<RawId, ApiError> {
        RawId::parse(&self.text()?).map_err(|error| Refusal::from(error).into())
    }

    /// The text of the raw id that is meant. A raw id that is given stands; one that contradicts the id of a
    /// communication user is refused.
    pub(crate) fn text(self) -> Result<String, ApiError> {
        let mut nested = Vec::new();
        if let Some(Object(user)) = self.communication_user {
            if self
                .raw_id
                .as_ref()
                .is_some_and(|raw_id| *raw_id != user.id)
            {
                return Err(malformed(user.id));
            }
            nested.push(user.id);
        }
        if let Some(Object(number)) = self.phone_number {
            nested.push(format!("4:{}", number.value));
        }
        if let Some(Object(user)) = self.microsoft_teams_user {
            nested.push(if user.is_anonymous == Some(true) {
                format!("8:teamsvisitor:{}", user.user_id)
            } else {
                format!("8:{}:{}", cloud(user.cloud)?, user.user_id)
            });
        }
        if let Some(Object(app)) = self.microsoft_teams_app {
            nested.push(format!("28:{}:{}", cloud(app.cloud)?, app.app_id));
        }
        if nested.len() > 1 {
            return Err(ApiError::invalid(
                "identifier",
                "An identifier names more than one identity.",
            ));
        }
        Ok(self.raw_id.or_else(|| nested.pop()).unwrap_or_default())
    }
}

fn malformed(id: String) -> ApiError {
    Refusal::from(MalformedIdentifier(id)).into()
}

fn cloud(cloud: Option<String>) -> Result<&'static str, ApiError> {
    let given = cloud.as_deref().unwrap_or("public");
    let mut clouds = CLOUDS.into_iter();
    let found = clouds.find(|(_, cloud)| cloud.eq_ignore_ascii_case(given));
    found.map(|(name, _)| name).ok_or_else(|| {
        ApiError::invalid(
            "cloud",
            "The cloud of an identifier must be public, dod or gcch.",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    const USER: &str =
        "8:acs:357e39d2-a29a-4bf6-88cc-fda0afc2c0ed_0000000c-005a-9fcc-ac00-343a0d007710";
    const GUID: &str = "357e39d2-a29a-4bf6-88cc-fda0afc2c0ed";

    fn raw_id(json: Value) -> Result<String, String> {
        let request: IdentifierRequest = serde_json::from_value(json).unwrap();
        match request.raw_id() {
            Ok(id) => Ok(id.to_string()),
            Err(error) => Err(error.message.unwrap()),
        }
    }

    #[test]
    fn every_recorded_way_to_name_a_user_is_read() {
        for json in [
            json!({"communicationUser": {"id": USER}}),
            json!({"rawId": USER}),
            json!({"rawId": USER, "communicationUser": {"id": USER}}),
            json!({"kind": "communicationUser", "communicationUser": {"id": USER}, "rawId": null}),
        ] {
            assert_eq!(raw_id(json).as_deref(), Ok(USER));
        }
    }

    #[test]
    fn other_kinds_become_raw_ids() {
        for (json, raw) in [
            (
                json!({"phoneNumber": {"value": "+15551234567"}}),
                "4:+15551234567".to_owned(),
            ),
            (
                json!({"microsoftTeamsUser": {"userId": GUID}}),
                format!("8:orgid:{GUID}"),
            ),
            (
                json!({"microsoftTeamsUser": {"userId": GUID, "cloud": "GCCH"}}),
                format!("8:gcch:{GUID}"),
            ),
            (
                json!({"microsoftTeamsUser": {"userId": "v", "isAnonymous": true}}),
                "8:teamsvisitor:v".to_owned(),
            ),
            (
                json!({"microsoftTeamsApp": {"appId": GUID, "cloud": "dod"}}),
                format!("28:dod:{GUID}"),
            ),
        ] {
            assert_eq!(raw_id(json), Ok(raw));
        }
    }

    #[test]
    fn malformed_identifiers_are_named_in_the_error() {
        let invalid = "Identifier format is invalid (8:acs:invalidUserId).".to_owned();
        let json = json!({"communicationUser": {"id": "8:acs:invalidUserId"}});
        assert_eq!(raw_id(json), Err(invalid));
        assert_eq!(
            raw_id(json!({})),
            Err("Identifier format is invalid ().".to_owned())
        );
        let contradiction = json!({"rawId": "4:+1", "communicationUser": {"id": USER}});
        assert_eq!(
            raw_id(contradiction),
            Err(format!("Identifier format is invalid ({USER})."))
        );
        let two = json!({"phoneNumber": {"value": "+1"}, "communicationUser": {"id": USER}});
        assert!(raw_id(two).is_err());
        let cloud = json!({"microsoftTeamsUser": {"userId": GUID, "cloud": "moon"}});
        assert!(raw_id(cloud).unwrap_err().contains("public, dod or gcch"));
    }

    #[test]
    fn every_kind_of_identifier_comes_out_as_it_goes_in() {
        for (raw, nested) in [
            (USER.to_owned(), json!({"communicationUser": {"id": USER}})),
            (
                "4:+15551234567".to_owned(),
                json!({"phoneNumber": {"value": "+15551234567"}}),
            ),
            (
                format!("8:gcch:{GUID}"),
                json!({"microsoftTeamsUser": {"userId": GUID, "isAnonymous": false, "cloud": "gcch"}}),
            ),
            (
                "8:teamsvisitor:v".to_owned(),
                json!({"microsoftTeamsUser": {"userId": "v", "isAnonymous": true, "cloud": "public"}}),
            ),
            (
                format!("28:orgid:{GUID}"),
                json!({"microsoftTeamsApp": {"appId": GUID, "cloud": "public"}}),
            ),
        ] {
            let id = RawId::parse(&raw).unwrap();
            let json = serde_json::to_value(Identifier::from(&id)).unwrap();
            let mut expected = nested;
            expected["rawId"] = raw.clone().into();
            assert_eq!(json, expected);
            assert_eq!(raw_id(json), Ok(raw));
        }
        let unknown = RawId::archived("48:calendar").unwrap();
        let json = serde_json::to_value(Identifier::from(&unknown)).unwrap();
        assert_eq!(json, json!({"rawId": "48:calendar"}));
    }
}
