//! New ids: injected, so that a test can foresee them.

use std::fmt;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize, Serializer};
use uuid::Uuid;

/// Where the store takes new ids from.
pub(crate) trait IdSource: fmt::Debug + Send {
    /// A value never given before.
    fn next(&mut self) -> Uuid;
}

/// Ids that nobody can foresee.
#[derive(Debug, Default)]
pub(crate) struct RandomIds;

impl IdSource for RandomIds {
    fn next(&mut self) -> Uuid {
        Uuid::new_v4()
    }
}

/// 1, 2, 3, …
#[cfg(test)]
#[derive(Debug, Default)]
pub(crate) struct SequentialIds(u128);

#[cfg(test)]
impl IdSource for SequentialIds {
    fn next(&mut self) -> Uuid {
        self.0 += 1;
        Uuid::from_u128(self.0)
    }
}

/// The id of a thread, such as `19:acsV2_…@thread.v2`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct ThreadId(Arc<str>);

/// The text is the id of no thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is no id of a thread")]
pub(crate) struct MalformedThreadId;

impl ThreadId {
    const PREFIX: &str = "19:";
    const SUFFIX: &str = "@thread.v2";
    /// How names begin that are of any length.
    const KINDS: [&str; 3] = ["acsV2_", "uni01_", "meeting_"];
    /// Longer than any that is known.
    const MAX_NAME: usize = 128;

    /// `acsV2_` and 44 URL-safe characters that end in `1`, as the service makes them: 32 bytes in base64
    /// with the number of padding characters in place of the padding.
    pub(crate) fn generate(ids: &mut dyn IdSource) -> Self {
        let mut bytes = [0; 32];
        bytes[..16].copy_from_slice(ids.next().as_bytes());
        bytes[16..].copy_from_slice(ids.next().as_bytes());
        Self::from_bytes(bytes)
    }

    /// The id that consists of these bytes.
    pub(crate) fn from_bytes(bytes: [u8; 32]) -> Self {
        let name = URL_SAFE_NO_PAD.encode(bytes);
        Self(format!("{}acsV2_{name}1{}", Self::PREFIX, Self::SUFFIX).into())
    }

    /// Reads every form that is known of the service: today's, with `gcch:` before it in the cloud of the
    /// US government, those of meetings, and the two older ones without a kind.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let name = text
            .strip_prefix(Self::PREFIX)?
            .strip_suffix(Self::SUFFIX)?;
        let name = name.strip_prefix("gcch:").unwrap_or(name);
        let url_safe = |name: &str| {
            name.bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
        };
        let rest = Self::KINDS.iter().find_map(|kind| name.strip_prefix(kind));
        let well_formed = match (rest, name.len()) {
            (Some(rest), length) => !rest.is_empty() && length <= Self::MAX_NAME && url_safe(rest),
            (None, 44) => url_safe(name),
            (None, 32) => name.bytes().all(|byte| byte.is_ascii_hexdigit()),
            _ => false,
        };
        well_formed.then(|| Self(text.into()))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for ThreadId {
    type Error = MalformedThreadId;

    fn try_from(text: String) -> Result<Self, MalformedThreadId> {
        Self::parse(&text).ok_or(MalformedThreadId)
    }
}

impl Serialize for ThreadId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

/// The id of a message: the time of its creation in milliseconds, unique in its thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct MessageId(pub(crate) i64);

impl MessageId {
    /// Reads decimal digits without a leading zero.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let canonical = !text.starts_with('0') && text.bytes().all(|b| b.is_ascii_digit());
        canonical.then(|| text.parse().ok().map(Self)).flatten()
    }
}

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_thread_id_has_todays_form() {
        let id = ThreadId::generate(&mut RandomIds);
        let name = id
            .as_str()
            .strip_prefix("19:acsV2_")
            .unwrap()
            .strip_suffix("@thread.v2")
            .unwrap();
        assert_eq!(name.len(), 44);
        assert!(name.ends_with('1'));
        assert_eq!(ThreadId::parse(id.as_str()), Some(id.clone()));
        assert_ne!(id, ThreadId::generate(&mut RandomIds));
    }

    #[test]
    fn every_known_form_of_a_thread_id_is_read_and_others_are_not() {
        for text in [
            "19:acsV2_4BsWnBe6gDzqBvXg8kcbnIXVZM7J2cJBA8kw4vCTkrE1@thread.v2",
            "19:gcch:acsV2_4BsWnBe6gDzqBvXg8kcbnIXVZM7J2cJBA8kw4vCTkrE1@thread.v2",
            "19:uni01_uy5ucb66ugp3lrhe7pxso6xx4hsmm3dl6eyjfefv2n6x3rrurpea@thread.v2",
            "19:meeting_NDNiZDQ5MWYtYTRhYy00MTZj@thread.v2",
            "19:95YXvojnpLCedk1MudaahmvaUaBg_a6ZzChkbQ5WCPc1@thread.v2",
            "19:00000000000000000000000000000000@thread.v2",
        ] {
            assert!(ThreadId::parse(text).is_some(), "{text}");
        }
        let endless = format!("19:acsV2_{}@thread.v2", "x".repeat(200));
        for text in [
            "",
            "invalid_chat_thread_id",
            "19:@thread.v2",
            "19:abc@thread.v2",
            "19:acsV2_@thread.v2",
            "19:acsV2_a/b@thread.v2",
            "19:acsV2_a\0b@thread.v2",
            "19:moon:acsV2_abc@thread.v2",
            &endless,
        ] {
            assert!(ThreadId::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn a_message_id_is_a_plain_decimal_number() {
        assert_eq!(
            MessageId::parse("1638847871698"),
            Some(MessageId(1_638_847_871_698))
        );
        for text in [
            "",
            "invalid_chat_message_id",
            "-1",
            "+1",
            "01",
            "1 ",
            "99999999999999999999",
        ] {
            assert_eq!(MessageId::parse(text), None, "{text}");
        }
    }
}
