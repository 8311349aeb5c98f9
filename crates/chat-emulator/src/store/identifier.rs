//! Raw ids: whom they name, and whether they are well formed.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize, Serializer};
use uuid::Uuid;

/// Longer than any that is known.
const MAX_LENGTH: usize = 256;

/// A raw id that is well formed, such as `8:acs:RESOURCE_USER`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct RawId(Arc<str>);

/// Whom a raw id names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum IdentifierKind {
    /// A user of a communication resource, with the id of that resource.
    CommunicationUser {
        resource: Uuid,
    },
    PhoneNumber,
    MicrosoftTeamsUser,
    MicrosoftTeamsApp,
}

/// A raw id that names nobody.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Identifier format is invalid ({0}).")]
pub(crate) struct MalformedIdentifier(pub(crate) String);

impl RawId {
    /// The id of the user `user` of the resource `resource`.
    pub(crate) fn communication_user(resource: Uuid, user: Uuid) -> Self {
        Self(format!("8:acs:{resource}_{user}").into())
    }

    /// Checks that `text` is well formed.
    pub(crate) fn parse(text: &str) -> Result<Self, MalformedIdentifier> {
        match classify(text) {
            Some(_) => Ok(Self(text.into())),
            None => Err(MalformedIdentifier(text.to_owned())),
        }
    }

    /// Reads an id of an archive, which may be of a kind that nobody here knows.
    pub(crate) fn archived(text: &str) -> Result<Self, MalformedIdentifier> {
        let printable = !text.is_empty() && !text.contains(char::is_control);
        match printable && text.len() <= MAX_LENGTH {
            true => Ok(Self(text.into())),
            false => Err(MalformedIdentifier(text.to_owned())),
        }
    }

    /// Whom it names.
    pub(crate) fn kind(&self) -> Option<IdentifierKind> {
        classify(&self.0)
    }

    /// As on the wire.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RawId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for RawId {
    type Error = MalformedIdentifier;

    fn try_from(text: String) -> Result<Self, MalformedIdentifier> {
        Self::archived(&text)
    }
}

impl Serialize for RawId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

fn classify(raw: &str) -> Option<IdentifierKind> {
    if raw.len() > MAX_LENGTH {
        return None;
    }
    if let Some(rest) = strip_any(raw, &["8:acs:", "8:dod-acs:", "8:gcch-acs:"]) {
        let mut parts = rest.split('_');
        let resource = guid(parts.next()?)?;
        guid(parts.next()?)?;
        // A third part makes it a Teams user's phone extension, which is a Teams user here.
        return match (parts.next(), parts.next()) {
            (None, _) => Some(IdentifierKind::CommunicationUser { resource }),
            (Some(user), None) => guid(user).map(|_| IdentifierKind::MicrosoftTeamsUser),
            _ => None,
        };
    }
    if let Some(rest) = strip_any(raw, &["8:orgid:", "8:dod:", "8:gcch:"]) {
        return guid(rest).map(|_| IdentifierKind::MicrosoftTeamsUser);
    }
    if let Some(rest) = raw.strip_prefix("8:teamsvisitor:") {
        return token(rest).then_some(IdentifierKind::MicrosoftTeamsUser);
    }
    if let Some(rest) = strip_any(raw, &["28:orgid:", "28:dod:", "28:gcch:"]) {
        return guid(rest).map(|_| IdentifierKind::MicrosoftTeamsApp);
    }
    if let Some(rest) = raw.strip_prefix("4:") {
        let digits = rest.strip_prefix('+').unwrap_or(rest);
        let number = (1..=32).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        return (number || rest == "anonymous").then_some(IdentifierKind::PhoneNumber);
    }
    None
}

fn strip_any<'a>(text: &'a str, prefixes: &[&str]) -> Option<&'a str> {
    prefixes.iter().find_map(|prefix| text.strip_prefix(prefix))
}

/// A GUID in its hyphenated form; no other form is on the wire.
fn guid(text: &str) -> Option<Uuid> {
    (text.len() == 36)
        .then(|| Uuid::try_parse(text).ok())
        .flatten()
}

fn token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;

    const GUID: &str = "357e39d2-a29a-4bf6-88cc-fda0afc2c0ed";

    #[test]
    fn a_recorded_user_is_well_formed() {
        let id = RawId::parse(
            "8:acs:357e39d2-a29a-4bf6-88cc-fda0afc2c0ed_0000000c-005a-9fcc-ac00-343a0d007710",
        )
        .unwrap();
        let resource = Uuid::parse_str(GUID).unwrap();
        assert_eq!(
            id.kind(),
            Some(IdentifierKind::CommunicationUser { resource })
        );
    }

    #[test]
    fn a_new_user_is_well_formed() {
        let resource = Uuid::from_u128(7);
        let id = RawId::communication_user(resource, Uuid::from_u128(9));
        assert_eq!(RawId::parse(id.as_str()), Ok(id.clone()));
        assert_eq!(
            id.kind(),
            Some(IdentifierKind::CommunicationUser { resource })
        );
    }

    #[test]
    fn each_prefix_names_its_kind() {
        for (raw, kind) in [
            (
                format!("8:orgid:{GUID}"),
                IdentifierKind::MicrosoftTeamsUser,
            ),
            (format!("8:gcch:{GUID}"), IdentifierKind::MicrosoftTeamsUser),
            (
                "8:teamsvisitor:abc".to_owned(),
                IdentifierKind::MicrosoftTeamsUser,
            ),
            (
                format!("8:acs:{GUID}_{GUID}_{GUID}"),
                IdentifierKind::MicrosoftTeamsUser,
            ),
            (format!("28:dod:{GUID}"), IdentifierKind::MicrosoftTeamsApp),
            ("4:+15551234567".to_owned(), IdentifierKind::PhoneNumber),
            ("4:anonymous".to_owned(), IdentifierKind::PhoneNumber),
        ] {
            assert_eq!(RawId::parse(&raw).unwrap().kind(), Some(kind), "{raw}");
        }
    }

    #[test]
    fn malformed_ids_are_refused_with_their_text() {
        for raw in [
            "",
            "8:acs:",
            "8:acs:invalidUserId",
            "8:acs:357e39d2-a29a-4bf6-88cc-fda0afc2c0ed",
            "8:acs:357e39d2-a29a-4bf6-88cc-fda0afc2c0ed_",
            "8:orgid:me",
            "4:",
            "4:+1 555",
            "28:x",
            "48:y",
            "alice",
        ] {
            assert_eq!(
                RawId::parse(raw),
                Err(MalformedIdentifier(raw.to_owned())),
                "{raw}"
            );
        }
    }

    #[test]
    fn an_id_is_bounded_and_printable() {
        let visitor = |length: usize| format!("8:teamsvisitor:{}", "x".repeat(length - 15));
        assert!(RawId::parse(&visitor(256)).is_ok());
        for raw in [&visitor(257), "8:teamsvisitor:", "8:teamsvisitor:a b"] {
            assert!(RawId::parse(raw).is_err(), "{raw}");
        }
    }

    #[test]
    fn an_archive_may_have_ids_of_any_kind_but_only_some_that_can_be_printed() {
        for raw in ["48:calendar", "8:spool:x", "28:x"] {
            let id = RawId::archived(raw).unwrap();
            assert_eq!((id.as_str(), id.kind()), (raw, None));
            let json = serde_json::to_string(&id).unwrap();
            assert_eq!(serde_json::from_str::<RawId>(&json).unwrap(), id);
        }
        for raw in ["", "48:a\0b", "48:a\nb", &"x".repeat(257)] {
            assert!(RawId::archived(raw).is_err(), "{raw}");
        }
    }
}
