//! What an emulator knows from its start: users with names, threads and messages, from a JSON file.

mod document;
mod ids;
mod planting;

use std::fmt;

use crate::store::limits::{Capacity, Limits};
use crate::store::{Clock, Grant, RandomIds, Store};

use document::Document;

/// Users, threads and messages that an emulator has from its start.
///
/// The README describes the JSON. All it needs is:
///
/// ```
/// use chat_emulator::{Emulator, Seed};
///
/// let seed = Seed::from_json(r#"{
///   "users": [{"name": "alice"}],
///   "threads": [{
///     "topic": "Lunch",
///     "createdBy": "alice",
///     "messages": [{"from": "alice", "content": "Hungry?"}]
///   }]
/// }"#)?;
/// let emulator = Emulator::builder().seed(seed).start_blocking()?;
/// assert_eq!(emulator.seeded_users()[0].name, "alice");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Users are created with a token of the scope `chat` unless others are named. Ids follow from the access key
/// and from what the seed says, so that they are the same on every start. Names are only for the seed and for
/// people; their letters are `A` to `Z`, `a` to `z`, `0` to `9`, `.`, `-` and `_`.
#[derive(Clone, Debug)]
pub struct Seed {
    document: Document,
}

/// A user that a seed has made, with a token for it.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SeededUser {
    /// The name in the seed.
    pub name: String,
    /// The raw id, as the service would give it: `8:acs:…`.
    pub id: String,
    /// An access token of the scopes that the seed names.
    pub token: String,
}

impl Seed {
    /// Reads a seed. Whether an emulator takes it all shows when one is started with it.
    ///
    /// # Errors
    /// When it is not JSON, or not of the form above; the error says where.
    pub fn from_json(json: &str) -> Result<Self, SeedError> {
        let mut reader = serde_json::Deserializer::from_str(json);
        let document: Document =
            serde_path_to_error::deserialize(&mut reader).map_err(|error| SeedError {
                path: path_of(error.path()),
                reason: error.inner().to_string(),
            })?;
        reader
            .end()
            .map_err(|error| SeedError::new("", error.to_string()))?;
        document.check()?;
        Ok(Self { document })
    }

    /// Makes everything in a store nobody will see, which finds all that could be refused later.
    pub(crate) fn rehearse(
        &self,
        clock: std::sync::Arc<dyn Clock>,
        limits: Limits,
        capacity: Capacity,
    ) -> Result<(), SeedError> {
        let mut store = Store::new(clock, Box::new(RandomIds), limits, capacity);
        planting::plant(&self.document, &mut store).map(drop)
    }

    /// Adds to `store` what is not there yet, and gives the users new tokens.
    pub(crate) fn plant(&self, store: &mut Store) -> Result<Vec<(String, Grant)>, SeedError> {
        planting::plant(&self.document, store)
    }
}

fn path_of(path: &serde_path_to_error::Path) -> String {
    match path.to_string().as_str() {
        // So the library calls the document itself.
        "." => String::new(),
        path => path.to_owned(),
    }
}

impl fmt::Debug for SeededUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SeededUser")
            .field("name", &self.name)
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// Why a seed cannot be taken; nothing of it has been made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the seed is wrong at ${}{path}: {reason}", if .path.is_empty() { "" } else { "." })]
pub struct SeedError {
    path: String,
    reason: String,
}

impl SeedError {
    fn new(path: impl Into<String>, reason: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            reason: reason.into(),
        }
    }

    /// Where in the JSON the mistake is, such as `threads[0].messages[2].from`; empty for the whole.
    pub fn path(&self) -> &str {
        &self.path
    }
}

#[cfg(test)]
mod tests;
