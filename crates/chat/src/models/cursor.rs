//! How far a conversation was followed.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{ChatThreadId, ParseError};

/// How far a thread was followed: give it to
/// [`WatchThread::after`](crate::watch::WatchThread::after), and what comes next is what came next.
///
/// It can be stored as text ([`Display`](fmt::Display) and [`FromStr`], JSON) or by serde. It holds
/// the endpoint and the thread it belongs to, and no secret.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Cursor {
    pub(crate) endpoint: String,
    pub(crate) thread: ChatThreadId,
    /// The sequence id up to which all was given.
    pub(crate) place: u64,
    /// Messages that were created up to this time (their id) were given before.
    pub(crate) created: u64,
    /// The exceptions: messages that were edited before they could be given. They come later.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) unseen: Vec<u64>,
    /// Whether the thread is gone, and nothing comes any more.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) ended: bool,
}

impl Cursor {
    /// The thread it belongs to.
    #[must_use]
    pub fn thread_id(&self) -> &ChatThreadId {
        &self.thread
    }
}

/// JSON.
impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&serde_json::to_string(self).map_err(|_| fmt::Error)?)
    }
}

impl FromStr for Cursor {
    type Err = ParseError;

    /// Reads what [`Display`](fmt::Display) has written.
    fn from_str(text: &str) -> Result<Self, ParseError> {
        serde_json::from_str(text).map_err(|_| ParseError("this is not a cursor"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_survives_being_stored_as_text() {
        let cursor = Cursor {
            endpoint: "https://contoso.communication.azure.com".to_owned(),
            thread: "19:a@thread.v2".into(),
            place: 7,
            created: 1_631_044_658_255,
            unseen: vec![1_631_044_658_000],
            ended: false,
        };
        assert_eq!(cursor.to_string().parse(), Ok(cursor));
        assert!("7".parse::<Cursor>().is_err());
    }
}
