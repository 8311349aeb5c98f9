use super::*;
use crate::models::CommunicationCloudEnvironment as Cloud;

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
        "", ":", "a", "a:b", "a:b:c", "a_b", "a_b_c", "__", "_", "a_b_c_d", "ü 😀", "4:8:acs:", " ",
    ];
    for prefix in prefixes {
        for rest in rests {
            let raw_id = format!("{prefix}{rest}");
            assert_eq!(parsed(&raw_id).raw_id(), raw_id);
            assert_eq!(parsed(&raw_id).to_string(), raw_id);
        }
    }
}

#[test]
fn an_explicit_raw_id_wins() {
    let user = CommunicationUserIdentifier::new("8:acs:a_b").with_raw_id("8:acs:other");
    assert_eq!(user.id(), "8:acs:a_b");
    assert_eq!(CommunicationIdentifier::from(user).raw_id(), "8:acs:other");
}

#[test]
fn identifiers_are_equal_when_their_raw_ids_are() {
    let as_user = CommunicationIdentifier::from(CommunicationUserIdentifier::new("8:acs:r_t_u"));
    let as_extension =
        CommunicationIdentifier::from(TeamsExtensionUserIdentifier::new("u", "t", "r"));
    assert_eq!(as_user, as_extension);
    assert_ne!(as_user, CommunicationIdentifier::from_raw_id("8:acs:r_t_U"));
}

#[test]
fn an_unknown_cloud_formats_as_the_public_one_and_is_kept() {
    let cloud = Cloud::from("mars");
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
