//! How far each of many threads was followed.

use std::fmt;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::{Error as _, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Place;

/// How many threads are copied when one of them changes and its neighbours are shared.
const CHUNK: usize = 32;

/// The fingerprint of a thread's id, and how far it was followed.
type Entry = (u64, Place);

/// How far each thread was followed. Clones share what is equal in them, so that there may be one
/// for each event.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Places {
    /// All but the last have `CHUNK` entries.
    chunks: Arc<Vec<Arc<Vec<Entry>>>>,
}

impl Places {
    pub(crate) fn len(&self) -> usize {
        let last = self.chunks.last().map_or(0, |last| last.len());
        self.chunks.len().saturating_sub(1) * CHUNK + last
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Entry> {
        self.chunks.iter().flat_map(|chunk| chunk.iter())
    }

    pub(crate) fn get(&self, index: usize) -> Option<&Place> {
        let entry = self.chunks.get(index / CHUNK)?.get(index % CHUNK)?;
        Some(&entry.1)
    }

    pub(crate) fn find(&self, fingerprint: u64) -> Option<&Place> {
        let mut entries = self.iter();
        let entry = entries.find(|(own, _)| *own == fingerprint)?;
        Some(&entry.1)
    }

    /// Adds a thread, and gives its index.
    pub(crate) fn add(&mut self, fingerprint: u64, place: Place) -> usize {
        let index = self.len();
        let chunks = Arc::make_mut(&mut self.chunks);
        if index.is_multiple_of(CHUNK) {
            chunks.push(Arc::default());
        }
        if let Some(last) = chunks.last_mut() {
            Arc::make_mut(last).push((fingerprint, place));
        }
        index
    }

    pub(crate) fn set(&mut self, index: usize, place: Place) {
        if self.get(index).is_none_or(|current| *current == place) {
            return;
        }
        let chunk = Arc::make_mut(&mut self.chunks).get_mut(index / CHUNK);
        let entry = chunk.and_then(|chunk| Arc::make_mut(chunk).get_mut(index % CHUNK));
        if let Some(entry) = entry {
            entry.1 = place;
        }
    }

    /// How many entries are in the same memory.
    #[cfg(test)]
    pub(crate) fn shared_with(&self, other: &Self) -> usize {
        let both = self.chunks.iter().zip(other.chunks.iter());
        let shared = both.filter(|(own, other)| Arc::ptr_eq(own, other));
        shared.map(|(chunk, _)| chunk.len()).sum()
    }
}

/// A place as it is stored: of a thread at rest, two numbers.
#[derive(Deserialize)]
#[serde(untagged)]
enum Stored {
    AtRest(u64, u64),
    Busy(Place),
}

impl From<Stored> for Place {
    fn from(stored: Stored) -> Self {
        match stored {
            Stored::Busy(place) => place,
            Stored::AtRest(place, created) => Self {
                place,
                created,
                ..Self::default()
            },
        }
    }
}

impl Serialize for Places {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.len()))?;
        for (fingerprint, place) in self.iter() {
            let key = URL_SAFE_NO_PAD.encode(fingerprint.to_be_bytes());
            match place.is_at_rest() {
                true => map.serialize_entry(&key, &(place.place, place.created))?,
                false => map.serialize_entry(&key, place)?,
            }
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Places {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;

        impl<'de> Visitor<'de> for Read {
            type Value = Places;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("places of threads")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Places, A::Error> {
                let mut places = Places::default();
                while let Some((key, place)) = map.next_entry::<String, Stored>()? {
                    let bytes = URL_SAFE_NO_PAD.decode(key).ok();
                    let bytes = bytes.and_then(|bytes| <[u8; 8]>::try_from(bytes).ok());
                    let bytes = bytes.ok_or_else(|| A::Error::custom("not a fingerprint"))?;
                    places.add(u64::from_be_bytes(bytes), place.into());
                }
                Ok(places)
            }
        }

        deserializer.deserialize_map(Read)
    }
}
