//! How far all threads of a user were followed.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::places::Places;
use super::{ChatThreadId, Cursor, ParseError, fingerprint};

/// How far all threads of a user were followed. A watch that begins
/// [`after`](crate::watch::WatchUser::after) it gives the events that come next.
///
/// It can be stored as text ([`Display`](fmt::Display) and [`FromStr`], JSON) or by serde. It holds
/// the endpoint, the user where the token says who that is, and no secret. Threads are in it by
/// 64-bit fingerprints of their ids: a thread in which nothing happened lately takes 35 bytes or
/// less, 1,000 of them 35 KB; one in which something happened in the last seconds up to 1.5 KB.
///
/// A clone is cheap, whatever the number of threads, and so is the cursor of an event.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/scene.rs"));
/// # async fn example(Scene { client, thread, .. }: Scene) -> Done {
/// use chat::models::UserCursor;
///
/// let mut watch = client.watch().from_beginning().into_stream();
/// let watched = watch.try_next().await?.expect("there is a thread");
/// let stored = watched.cursor().to_string();
///
/// // After a restart.
/// let cursor: UserCursor = stored.parse()?;
/// assert_eq!(cursor.thread_count(), 1);
/// assert!(cursor.thread(thread.thread_id()).is_some());
/// let watch = client.watch().after(cursor).into_stream();
/// # Ok(()) }
/// # fn main() -> Done { run(example) }
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UserCursor {
    pub(crate) endpoint: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) user: Option<String>,
    #[serde(rename = "threads")]
    pub(crate) places: Places,
}

impl UserCursor {
    /// How many threads are known.
    #[must_use]
    pub fn thread_count(&self) -> usize {
        self.places.len()
    }

    /// How far one of the threads was followed; nothing if it is not known, or could not be read
    /// yet.
    #[must_use]
    pub fn thread(&self, thread_id: &ChatThreadId) -> Option<Cursor> {
        let place = self.places.find(fingerprint(thread_id.as_str()))?;
        place.is_known().then(|| Cursor {
            endpoint: self.endpoint.clone(),
            thread: thread_id.clone(),
            place: place.clone(),
        })
    }
}

/// JSON.
impl fmt::Display for UserCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&serde_json::to_string(self).map_err(|_| fmt::Error)?)
    }
}

impl FromStr for UserCursor {
    type Err = ParseError;

    /// Reads what [`Display`](fmt::Display) has written.
    fn from_str(text: &str) -> Result<Self, ParseError> {
        serde_json::from_str(text).map_err(|_| ParseError("this is not a cursor of a user"))
    }
}

/// Without the places: there may be thousands.
impl fmt::Debug for UserCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UserCursor")
            .field("endpoint", &self.endpoint)
            .field("user", &self.user)
            .field("thread_count", &self.thread_count())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Access, Place};
    use super::*;

    fn cursor(threads: u64) -> UserCursor {
        let mut places = Places::default();
        for n in 0..threads {
            let thread = format!("19:{n}@thread.v2");
            let place = Place {
                place: n,
                created: 1_764_437_000_000 + n,
                ..Place::default()
            };
            places.add(fingerprint(&thread), place);
        }
        UserCursor {
            endpoint: "https://contoso.communication.azure.com".to_owned(),
            user: Some("8:acs:a_b".to_owned()),
            places,
        }
    }

    #[test]
    fn a_cursor_survives_being_stored_as_text() {
        let mut cursor = cursor(100);
        let busy = Place {
            recent: vec![(9, 1_631_044_658_300)],
            receipts: Some(Vec::new()),
            access: Access::Lost,
            ..Place::default()
        };
        cursor.places.set(7, busy.clone());
        let restored: UserCursor = cursor.to_string().parse().unwrap();
        assert_eq!(restored, cursor);
        let thread = ChatThreadId::from("19:7@thread.v2");
        assert_eq!(restored.thread(&thread).unwrap().place, busy);
        assert_eq!(restored.thread(&"19:x@thread.v2".into()), None);
        assert!("{}".parse::<UserCursor>().is_err());
    }

    #[test]
    fn a_thread_at_rest_takes_35_bytes() {
        let text = cursor(1_000).to_string();
        assert!(text.len() < 35_000, "{}", text.len());
        assert!(!text.contains("thread.v2"));
    }

    #[test]
    fn a_change_of_one_thread_leaves_the_others_shared() {
        let mut cursor = cursor(1_000);
        let before = cursor.clone();
        cursor.places.set(500, Place::default());
        assert_eq!(before.places.get(500).unwrap().place, 500);
        assert_eq!(cursor.places.get(500).unwrap().place, 0);
        assert!(cursor.places.shared_with(&before.places) > 900);
    }
}
