//! The places of messages in their thread.

use std::cmp::Ordering;
use std::fmt;

use serde::{Deserialize, Serialize};

/// The place of a message in its thread: the service counts everything that happens in a thread, and
/// gives a message the next number when it is sent, edited or deleted.
///
/// It is ordered as a number: the greater one is the newer change. The service writes it as text,
/// always a decimal number so far. A text that is none is kept as it is, and sorts before all
/// numbers.
///
/// ```
/// use chat::models::SequenceId;
///
/// assert!(SequenceId::from(10) > SequenceId::from("9"));
/// assert_eq!(SequenceId::from("17").as_u64(), Some(17));
/// assert_eq!(SequenceId::from("?").as_u64(), None);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SequenceId(String);

impl SequenceId {
    /// The number; nothing if the text is not a decimal number below 2⁶⁴.
    #[must_use]
    pub fn as_u64(&self) -> Option<u64> {
        // `parse` would take a sign.
        let is_decimal = self.0.bytes().all(|byte| byte.is_ascii_digit());
        is_decimal.then(|| self.0.parse().ok()).flatten()
    }

    /// The text, as the service wrote it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Ord for SequenceId {
    fn cmp(&self, other: &Self) -> Ordering {
        let numbers = self.as_u64().cmp(&other.as_u64());
        numbers.then_with(|| self.0.cmp(&other.0))
    }
}

impl PartialOrd for SequenceId {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl From<u64> for SequenceId {
    fn from(number: u64) -> Self {
        Self(number.to_string())
    }
}

impl From<&str> for SequenceId {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<String> for SequenceId {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&SequenceId> for SequenceId {
    fn from(id: &SequenceId) -> Self {
        id.clone()
    }
}

impl fmt::Display for SequenceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_ordered_as_numbers_and_what_is_no_number_comes_first() {
        let mut places = ["10", "9", "x", "", "100", "18446744073709551616", "+5"]
            .map(SequenceId::from)
            .to_vec();
        places.sort();
        let texts: Vec<_> = places.iter().map(SequenceId::as_str).collect();
        assert_eq!(
            texts,
            ["", "+5", "18446744073709551616", "x", "9", "10", "100"]
        );
        assert_eq!(places[0].as_u64(), None);
    }
}
