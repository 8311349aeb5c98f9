//! The prefixes of raw ids, and how a raw id follows from the parts of an identifier.
//!
//! The prefixes are those the service's other clients agree on.

use crate::models::CommunicationCloudEnvironment as Cloud;

pub(super) const PHONE_NUMBER: &str = "4:";
pub(super) const SPOOL_USER: &str = "8:spool:";
pub(super) const TEAMS_VISITOR: &str = "8:teamsvisitor:";

/// Prefixes that differ by cloud: of users of the service, of Teams users, of Teams apps.
pub(super) const USER: [(&str, Cloud); 3] = [
    ("8:acs:", Cloud::Public),
    ("8:dod-acs:", Cloud::Dod),
    ("8:gcch-acs:", Cloud::Gcch),
];
pub(super) const TEAMS_USER: [(&str, Cloud); 3] = [
    ("8:orgid:", Cloud::Public),
    ("8:dod:", Cloud::Dod),
    ("8:gcch:", Cloud::Gcch),
];
pub(super) const TEAMS_APP: [(&str, Cloud); 3] = [
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
#[inline]
pub(super) fn strip<'a>(table: &[(&str, Cloud); 3], raw_id: &'a str) -> Option<(&'a str, Cloud)> {
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
