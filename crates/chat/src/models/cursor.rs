//! How far a conversation was followed.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{ChatThreadId, ParseError, Place};

/// How far a thread was followed. A watch that begins
/// [`after`](crate::watch::WatchThread::after) it gives the events that come next.
///
/// It can be stored as text ([`Display`](fmt::Display) and [`FromStr`], JSON) or by serde. It holds
/// the endpoint and the thread it belongs to, and no secret.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/scene.rs"));
/// # async fn example(Scene { thread, .. }: Scene) -> Done {
/// use chat::models::Cursor;
///
/// let mut watch = thread.watch().from_beginning().into_stream();
/// let watched = watch.try_next().await?.expect("a thread begins with a message of the service");
/// let stored = watched.cursor().to_string();
///
/// // After a restart.
/// let cursor: Cursor = stored.parse()?;
/// assert_eq!(cursor.thread_id(), thread.thread_id());
/// let watch = thread.watch().after(cursor).into_stream();
/// # Ok(()) }
/// # fn main() -> Done { run(example) }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Cursor {
    pub(crate) endpoint: String,
    pub(crate) thread: ChatThreadId,
    #[serde(flatten)]
    pub(crate) place: Place,
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
    use super::super::Access;
    use super::*;

    #[test]
    fn a_cursor_survives_being_stored_as_text() {
        let cursor = Cursor {
            endpoint: "https://contoso.communication.azure.com".to_owned(),
            thread: "19:a@thread.v2".into(),
            place: Place {
                place: 7,
                created: 1_631_044_658_255,
                recent: vec![(9, 1_631_044_658_300)],
                unseen: vec![1_631_044_658_000],
                receipts: Some(vec![(u64::MAX, 1_631_044_658_255)]),
                access: Access::Gone,
            },
        };
        assert_eq!(cursor.to_string().parse(), Ok(cursor));
        assert!("7".parse::<Cursor>().is_err());
    }

    #[test]
    fn a_cursor_of_a_thread_at_rest_is_short() {
        let cursor = Cursor {
            endpoint: "https://a".to_owned(),
            thread: "19:a@thread.v2".into(),
            place: Place::default(),
        };
        let text = r#"{"endpoint":"https://a","thread":"19:a@thread.v2","place":0,"created":0}"#;
        assert_eq!(cursor.to_string(), text);
    }
}
