//! Raw ids: the one text that stands for an identifier of any kind.
//!
//! The prefixes are those the service's other clients agree on.

use super::identifier::{
    CommunicationCloudEnvironment as Cloud, CommunicationIdentifier, CommunicationUserIdentifier,
    MicrosoftTeamsAppIdentifier, MicrosoftTeamsUserIdentifier, PhoneNumberIdentifier,
    TeamsExtensionUserIdentifier, UnknownIdentifier,
};

const PHONE_NUMBER: &str = "4:";
const SPOOL_USER: &str = "8:spool:";
const TEAMS_VISITOR: &str = "8:teamsvisitor:";

/// Prefixes that differ by cloud: of users of the service, of Teams users, of Teams apps.
const USER: [(&str, Cloud); 3] = [
    ("8:acs:", Cloud::Public),
    ("8:dod-acs:", Cloud::Dod),
    ("8:gcch-acs:", Cloud::Gcch),
];
const TEAMS_USER: [(&str, Cloud); 3] = [
    ("8:orgid:", Cloud::Public),
    ("8:dod:", Cloud::Dod),
    ("8:gcch:", Cloud::Gcch),
];
const TEAMS_APP: [(&str, Cloud); 3] = [
    ("28:orgid:", Cloud::Public),
    ("28:dod:", Cloud::Dod),
    ("28:gcch:", Cloud::Gcch),
];

/// The prefix for `cloud`; that of the public cloud where the cloud is not a known one.
fn prefix_of(table: &[(&'static str, Cloud); 3], cloud: &Cloud) -> &'static str {
    table
        .iter()
        .find(|(_, known)| known == cloud)
        .map_or(table[0].0, |(prefix, _)| prefix)
}

/// The rest behind the first prefix of `table` that `raw_id` starts with, and its cloud.
fn strip<'a>(table: &[(&str, Cloud); 3], raw_id: &'a str) -> Option<(&'a str, Cloud)> {
    table
        .iter()
        .find_map(|(prefix, cloud)| Some((raw_id.strip_prefix(prefix)?, cloud.clone())))
}

pub(super) fn of_phone_number(value: &str) -> String {
    format!("{PHONE_NUMBER}{value}")
}

pub(super) fn of_teams_user(user_id: &str, is_anonymous: bool, cloud: &Cloud) -> String {
    let prefix = if is_anonymous {
        TEAMS_VISITOR
    } else {
        prefix_of(&TEAMS_USER, cloud)
    };
    format!("{prefix}{user_id}")
}

pub(super) fn of_teams_app(app_id: &str, cloud: &Cloud) -> String {
    format!("{}{app_id}", prefix_of(&TEAMS_APP, cloud))
}

pub(super) fn of_teams_extension_user(
    resource_id: &str,
    tenant_id: &str,
    user_id: &str,
    cloud: &Cloud,
) -> String {
    format!(
        "{}{resource_id}_{tenant_id}_{user_id}",
        prefix_of(&USER, cloud)
    )
}

pub(super) fn parse(raw_id: String) -> CommunicationIdentifier {
    if let Some(value) = raw_id.strip_prefix(PHONE_NUMBER) {
        return PhoneNumberIdentifier::new(value).into();
    }
    if let Some((rest, cloud)) = strip(&USER, &raw_id) {
        let mut parts = rest.split('_');
        if let (Some(resource), Some(tenant), Some(user), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        {
            return TeamsExtensionUserIdentifier::new(user, tenant, resource)
                .with_cloud(cloud)
                .into();
        }
        return CommunicationUserIdentifier::new(raw_id).into();
    }
    if raw_id.starts_with(SPOOL_USER) {
        return CommunicationUserIdentifier::new(raw_id).into();
    }
    if let Some(user_id) = raw_id.strip_prefix(TEAMS_VISITOR) {
        return MicrosoftTeamsUserIdentifier::new(user_id)
            .anonymous()
            .into();
    }
    if let Some((user_id, cloud)) = strip(&TEAMS_USER, &raw_id) {
        return MicrosoftTeamsUserIdentifier::new(user_id)
            .with_cloud(cloud)
            .into();
    }
    if let Some((app_id, cloud)) = strip(&TEAMS_APP, &raw_id) {
        return MicrosoftTeamsAppIdentifier::new(app_id)
            .with_cloud(cloud)
            .into();
    }
    UnknownIdentifier::new(raw_id).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(raw_id: &str) -> CommunicationIdentifier {
        CommunicationIdentifier::from_raw_id(raw_id)
    }

    #[test]
    fn every_prefix_gives_its_kind() {
        use CommunicationIdentifier as Id;
        type Check = fn(&Id) -> bool;
        let cases: [(&str, Check); 17] = [
            (
                "4:+15551234567",
                |i| matches!(i, Id::PhoneNumber(p) if p.value() == "+15551234567"),
            ),
            (
                "4:anonymous",
                |i| matches!(i, Id::PhoneNumber(p) if p.is_anonymous()),
            ),
            (
                "8:acs:res_user",
                |i| matches!(i, Id::CommunicationUser(u) if u.id() == "8:acs:res_user"),
            ),
            ("8:dod-acs:res_user", |i| {
                matches!(i, Id::CommunicationUser(_))
            }),
            ("8:gcch-acs:x", |i| matches!(i, Id::CommunicationUser(_))),
            (
                "8:spool:a_b_c",
                |i| matches!(i, Id::CommunicationUser(u) if u.id() == "8:spool:a_b_c"),
            ),
            ("8:acs:r_t_u", |i| {
                matches!(i, Id::TeamsExtensionUser(u)
                if (u.resource_id(), u.tenant_id(), u.user_id()) == ("r", "t", "u") && *u.cloud_environment() == Cloud::Public)
            }),
            (
                "8:gcch-acs:r_t_u",
                |i| matches!(i, Id::TeamsExtensionUser(u) if *u.cloud_environment() == Cloud::Gcch),
            ),
            ("8:acs:a_b_c_d", |i| matches!(i, Id::CommunicationUser(_))),
            (
                "8:teamsvisitor:v",
                |i| matches!(i, Id::MicrosoftTeamsUser(u) if u.is_anonymous() && u.user_id() == "v"),
            ),
            (
                "8:orgid:u",
                |i| matches!(i, Id::MicrosoftTeamsUser(u) if !u.is_anonymous() && *u.cloud_environment() == Cloud::Public),
            ),
            (
                "8:dod:u",
                |i| matches!(i, Id::MicrosoftTeamsUser(u) if *u.cloud_environment() == Cloud::Dod),
            ),
            (
                "8:gcch:u",
                |i| matches!(i, Id::MicrosoftTeamsUser(u) if *u.cloud_environment() == Cloud::Gcch),
            ),
            (
                "28:orgid:a",
                |i| matches!(i, Id::MicrosoftTeamsApp(a) if a.app_id() == "a"),
            ),
            (
                "28:dod:a",
                |i| matches!(i, Id::MicrosoftTeamsApp(a) if *a.cloud_environment() == Cloud::Dod),
            ),
            (
                "28:gcch:a",
                |i| matches!(i, Id::MicrosoftTeamsApp(a) if *a.cloud_environment() == Cloud::Gcch),
            ),
            ("28:x", |i| matches!(i, Id::Unknown(_))),
        ];
        for (raw_id, holds) in cases {
            let identifier = parsed(raw_id);
            assert!(holds(&identifier), "{raw_id} became {identifier:?}");
        }
        for raw_id in ["", "28:gcch-global:y", "48:z", "8:other:x", "no colon"] {
            assert!(matches!(parsed(raw_id), Id::Unknown(_)), "{raw_id}");
        }
    }

    #[test]
    fn parsing_and_formatting_round_trip_for_every_input() {
        let prefixes = [
            "",
            "4:",
            "8:",
            "8:acs:",
            "8:dod-acs:",
            "8:gcch-acs:",
            "8:spool:",
            "8:teamsvisitor:",
            "8:orgid:",
            "8:dod:",
            "8:gcch:",
            "28:",
            "28:orgid:",
            "28:dod:",
            "28:gcch:",
            "48:",
        ];
        let rests = [
            "", ":", "a", "a:b", "a:b:c", "a_b", "a_b_c", "__", "_", "a_b_c_d", "ü 😀", "4:8:acs:",
            " ",
        ];
        for prefix in prefixes {
            for rest in rests {
                let raw_id = format!("{prefix}{rest}");
                assert_eq!(parsed(&raw_id).raw_id(), raw_id);
                assert_eq!(parsed(&raw_id).to_string(), raw_id);
            }
        }
    }
}
