//! What a message is recognised by, so that it is stored once.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

use super::ParseError;

/// The key by which a message that is to be stored exactly once is found again.
///
/// It is sent in the message's metadata under [`SendKey::METADATA`], where all participants can
/// see it; it is no secret. It can be stored as text ([`Display`](fmt::Display) and [`FromStr`],
/// or serde) before the message is sent, so that a program that has crashed can finish what it
/// began: a message sent with a key that was read from text is looked for first.
///
/// A key is for one message in one thread. Let one process at a time send with it.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/scene.rs"));
/// # async fn example(Scene { thread, .. }: Scene) -> Done {
/// use chat::models::SendKey;
///
/// let key = thread.new_send_key().await?;
/// let stored = key.to_string(); // Store it, then send.
///
/// let key: SendKey = stored.parse()?;
/// let sent = thread.send_message("Hello").exactly_once_with(&key).await?;
/// let message = thread.message(sent.id()).await?;
/// assert_eq!(message.metadata()[SendKey::METADATA], key.id().to_string());
/// # Ok(()) }
/// # fn main() -> Done { run(example) }
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SendKey {
    id: Uuid,
    not_before: OffsetDateTime,
    /// Whether no request with this key can have left yet. Clones share it.
    fresh: Arc<AtomicBool>,
}

impl SendKey {
    /// The name of the metadata entry that holds the key's id.
    pub const METADATA: &'static str = "sendKey";

    /// A fresh key. Where the service's time is not known, the whole thread is to be searched.
    pub(crate) fn new(not_before: Option<OffsetDateTime>) -> Self {
        let not_before = not_before.unwrap_or(OffsetDateTime::UNIX_EPOCH);
        Self::of(Uuid::new_v4(), not_before, true)
    }

    fn of(id: Uuid, not_before: OffsetDateTime, fresh: bool) -> Self {
        Self {
            id,
            not_before,
            fresh: Arc::new(AtomicBool::new(fresh)),
        }
    }

    /// The same key with this bound, if it is later.
    pub(crate) fn bounded(mut self, not_before: Option<OffsetDateTime>) -> Self {
        self.not_before = not_before.map_or(self.not_before, |bound| bound.max(self.not_before));
        self
    }

    /// The id, as it stands in the metadata.
    #[must_use]
    pub fn id(&self) -> Uuid {
        self.id
    }

    /// A time of the service before which the message can't have been stored; 1970 where it is not
    /// known. The message is searched for back to ten minutes before it.
    #[must_use]
    pub fn not_before(&self) -> OffsetDateTime {
        self.not_before
    }

    /// Whether no request with this key can have left yet.
    pub(crate) fn is_fresh(&self) -> bool {
        self.fresh.load(Ordering::Acquire)
    }

    /// Uses the key up: a request with it may leave now. Says whether it was fresh.
    pub(crate) fn take_fresh(&self) -> bool {
        self.fresh.swap(false, Ordering::AcqRel)
    }

    /// Takes that back: the only request there was has certainly not been carried out.
    pub(crate) fn make_fresh(&self) {
        self.fresh.store(true, Ordering::Release);
    }
}

impl PartialEq for SendKey {
    fn eq(&self, other: &Self) -> bool {
        (self.id, self.not_before) == (other.id, other.not_before)
    }
}

impl Eq for SendKey {}

impl From<&SendKey> for SendKey {
    fn from(key: &SendKey) -> Self {
        key.clone()
    }
}

/// `ID@SECONDS`, the seconds since 1970.
impl fmt::Display for SendKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.id, self.not_before.unix_timestamp())
    }
}

impl FromStr for SendKey {
    type Err = ParseError;

    /// Reads what [`Display`](fmt::Display) has written.
    ///
    /// # Errors
    /// Any other text.
    fn from_str(text: &str) -> Result<Self, ParseError> {
        let parse = || {
            let (id, seconds) = text.split_once('@')?;
            let not_before = OffsetDateTime::from_unix_timestamp(seconds.parse().ok()?).ok()?;
            Some(Self::of(Uuid::try_parse(id).ok()?, not_before, false))
        };
        parse().ok_or(ParseError("this is not a send key"))
    }
}

impl TryFrom<String> for SendKey {
    type Error = ParseError;

    fn try_from(text: String) -> Result<Self, ParseError> {
        text.parse()
    }
}

impl From<SendKey> for String {
    fn from(key: SendKey) -> Self {
        key.to_string()
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn a_stored_key_is_the_same_and_no_longer_fresh() {
        let key = SendKey::new(Some(datetime!(2026-01-01 12:00:07 UTC)));
        let json = serde_json::to_string(&key).unwrap();
        let read: SendKey = serde_json::from_str(&json).unwrap();
        assert_eq!(read, key);
        assert!(!read.take_fresh());
    }

    #[test]
    fn a_key_is_fresh_once_whichever_clone_is_used() {
        let key = SendKey::new(None);
        let clone = key.clone();
        assert!(clone.take_fresh());
        assert!(!key.take_fresh() && !key.is_fresh());
    }

    #[test]
    fn a_bound_only_moves_to_what_is_later() {
        let (early, late) = (
            datetime!(2026-01-01 12:00 UTC),
            datetime!(2026-01-02 12:00 UTC),
        );
        let key = SendKey::new(Some(early)).bounded(Some(late));
        assert_eq!(key.not_before(), late);
        for bound in [None, Some(early)] {
            assert_eq!(key.clone().bounded(bound), key);
        }
    }

    #[test]
    fn what_is_no_key_is_an_invalid_argument() {
        let id = Uuid::nil();
        for text in [
            String::new(),
            id.to_string(),
            format!("{id}@"),
            format!("{id}@x"),
            format!("x@{id}"),
            format!("{id}@99999999999999999"),
        ] {
            assert!(text.parse::<SendKey>().is_err(), "{text}");
        }
    }
}
