//! What a create was answered with.

use serde::{Deserialize, Serialize};

use super::participant::Failure;
use super::thread::ThreadProperties;

/// A new thread, and who could not be added to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CreatedThread {
    pub(crate) properties: ThreadProperties,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) failures: Vec<Failure>,
}
