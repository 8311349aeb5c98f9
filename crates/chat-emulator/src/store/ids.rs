//! New ids: injected, so that a test can foresee them.

use std::fmt;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
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

/// The id of a thread, such as `19:…@thread.v2`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct ThreadId(Arc<str>);

impl ThreadId {
    const PREFIX: &str = "19:";
    const SUFFIX: &str = "@thread.v2";

    /// 44 URL-safe characters that end in `1`, as the service makes them: 32 bytes in base64 with the
    /// number of padding characters in place of the padding.
    pub(crate) fn generate(ids: &mut dyn IdSource) -> Self {
        let mut bytes = [0; 32];
        bytes[..16].copy_from_slice(ids.next().as_bytes());
        bytes[16..].copy_from_slice(ids.next().as_bytes());
        let name = URL_SAFE_NO_PAD.encode(bytes);
        Self(format!("{}{name}1{}", Self::PREFIX, Self::SUFFIX).into())
    }

    /// Reads either form that the service has been seen to make.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let name = text
            .strip_prefix(Self::PREFIX)?
            .strip_suffix(Self::SUFFIX)?;
        let well_formed = match name.len() {
            44 => name
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'),
            32 => name.bytes().all(|b| b.is_ascii_hexdigit()),
            _ => false,
        };
        well_formed.then(|| Self(text.into()))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// The id of a message: the time of its creation in milliseconds, unique in its thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
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
    fn a_new_thread_id_has_44_characters_that_end_in_1() {
        let id = ThreadId::generate(&mut RandomIds);
        let name = id
            .as_str()
            .strip_prefix("19:")
            .unwrap()
            .strip_suffix("@thread.v2")
            .unwrap();
        assert_eq!(name.len(), 44);
        assert!(name.ends_with('1'));
        assert_eq!(ThreadId::parse(id.as_str()), Some(id.clone()));
        assert_ne!(id, ThreadId::generate(&mut RandomIds));
    }

    #[test]
    fn both_recorded_forms_of_a_thread_id_are_read_and_others_are_not() {
        for text in [
            "19:95YXvojnpLCedk1MudaahmvaUaBg_a6ZzChkbQ5WCPc1@thread.v2",
            "19:00000000000000000000000000000000@thread.v2",
        ] {
            assert!(ThreadId::parse(text).is_some(), "{text}");
        }
        for text in [
            "",
            "invalid_chat_thread_id",
            "19:@thread.v2",
            "19:abc@thread.v2",
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
