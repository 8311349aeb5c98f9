//! Where a thread stands in lists of threads.

use serde::{Deserialize, Serialize};

use crate::store::timestamp::{Timestamp, millis};

/// When something happened in a thread last, which is where the thread stands in the lists of its
/// participants. No two are the same, and a later one is always greater.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub(crate) struct Activity {
    #[serde(with = "millis")]
    pub(crate) at: Timestamp,
    pub(crate) ordinal: u64,
}
