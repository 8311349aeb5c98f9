//! How far one thread was followed.

use serde::{Deserialize, Serialize};

/// How far one thread was followed, as cursors store it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Place {
    /// The sequence id up to which all was given.
    pub(crate) place: u64,
    /// Messages that were created up to this time (their id) were given before.
    pub(crate) created: u64,
    /// What was given above that place, and when its message was created. Other changes may still
    /// turn up between these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) recent: Vec<(u64, u64)>,
    /// The exceptions: messages that were edited before they could be given. They come later.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) unseen: Vec<u64>,
    /// Up to which message each participant has read, by the participant's fingerprint. Nothing if
    /// receipts were not followed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) receipts: Option<Vec<(u64, u64)>>,
    #[serde(default, skip_serializing_if = "Access::is_open")]
    pub(crate) access: Access,
}

impl Place {
    /// Whether a message was given, or was there before.
    pub(crate) fn has_messages(&self) -> bool {
        self.place > 0 || !self.recent.is_empty()
    }

    /// Whether it is known how far the thread was followed.
    pub(crate) fn is_known(&self) -> bool {
        self.access != Access::Pending
    }

    /// Whether two numbers say all.
    pub(crate) fn is_at_rest(&self) -> bool {
        let at_rest = Self {
            place: self.place,
            created: self.created,
            ..Self::default()
        };
        *self == at_rest
    }
}

/// Whether a thread can be followed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Access {
    #[default]
    Open,
    /// It was there when the watch began, and could not be read yet.
    Pending,
    /// The user is no participant, as far as is known.
    Lost,
    /// The thread is gone, and nothing comes any more.
    Gone,
}

impl Access {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
    fn is_open(&self) -> bool {
        *self == Self::Open
    }
}

/// A number that stands for an id, the same everywhere and for ever: FNV-1a.
pub(crate) fn fingerprint(id: &str) -> u64 {
    id.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fingerprints_are_those_of_the_published_test_vectors() {
        assert_eq!(fingerprint(""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fingerprint("a"), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(fingerprint("foobar"), 0x8594_4171_f739_67e8);
    }
}
