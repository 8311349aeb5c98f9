//! One difference, and what it does to a client that was made for the document as it was.

use std::{collections::BTreeSet, fmt};

/// What a change does to a client that does not know of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Effect {
    /// Some request that was right is not, or some answer cannot be read.
    Breaking,
    /// Everything goes on as before.
    Compatible,
}

impl Effect {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Breaking => "breaking",
            Self::Compatible => "compatible",
        }
    }

    pub(super) fn breaking_if(is_breaking: bool) -> Self {
        if is_breaking {
            Self::Breaking
        } else {
            Self::Compatible
        }
    }
}

/// A difference.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Change {
    pub(crate) effect: Effect,
    /// The operation or the field.
    pub(crate) at: String,
    /// What has become of it.
    pub(crate) what: String,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<10}  {}: {}", self.effect.name(), self.at, self.what)
    }
}

/// All differences, each once.
#[derive(Debug, Default)]
pub(super) struct Changes(BTreeSet<Change>);

impl Changes {
    pub(super) fn add(&mut self, effect: Effect, at: impl Into<String>, what: impl Into<String>) {
        self.0.insert(Change {
            effect,
            at: at.into(),
            what: what.into(),
        });
    }

    pub(super) fn sorted(self) -> Vec<Change> {
        self.0.into_iter().collect()
    }
}
