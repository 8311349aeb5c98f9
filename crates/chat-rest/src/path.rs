//! The ids within a path.

use std::fmt::{self, Display};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What is encoded in an id, as `encodeURIComponent` of JavaScript does it.
const ID: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');

/// An id as it is written into a path, encoded as the service's other clients do it.
///
/// # Errors
///
/// See [`check_id`].
pub(crate) fn encode_id(id: &str) -> Result<impl Display, IdError> {
    check_id(id)?;
    Ok(utf8_percent_encode(id, ID))
}

/// Checks that an id stays the one path segment it is meant to be. URL parsers resolve dot segments
/// and take a backslash for a slash; some proxies decode a path before they take it apart, so that
/// what is percent-encoded does not stay so, and would read a `%` in an id as an escape.
///
/// # Errors
///
/// See [`IdError`].
pub fn check_id(id: &str) -> Result<(), IdError> {
    if id.is_empty() {
        return Err(IdError::Empty);
    }
    if matches!(id, "." | "..") {
        return Err(IdError::DotSegment);
    }
    // Nearly all ids are ASCII, and are looked through at one load a byte.
    if id.bytes().all(|byte| PLAIN[usize::from(byte)]) {
        return Ok(());
    }
    let bad = |char: &char| char.is_control() || matches!(char, '/' | '\\' | '?' | '#' | '%');
    id.chars()
        .find(bad)
        .map_or(Ok(()), |char| Err(IdError::Character(char)))
}

/// The visible ASCII characters that delimit nothing.
static PLAIN: [bool; 256] = {
    let mut plain = [false; 256];
    let mut byte = b'!';
    while byte <= b'~' {
        plain[byte as usize] = !matches!(byte, b'/' | b'\\' | b'?' | b'#' | b'%');
        byte += 1;
    }
    plain
};

/// Why an id can't be a segment of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum IdError {
    /// It is empty.
    Empty,
    /// It is `.` or `..`, which lead elsewhere.
    DotSegment,
    /// It holds this character.
    Character(char),
}

impl fmt::Display for IdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("is empty"),
            Self::DotSegment => f.write_str("is a dot segment"),
            Self::Character(char) => write!(f, "contains {char:?}, which can't stand in it"),
        }
    }
}

impl std::error::Error for IdError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_encoded_as_the_other_clients_do_it() {
        for (id, encoded) in [
            ("19:a+b c@thread.v2", "19%3Aa%2Bb%20c%40thread.v2"),
            ("8:acs:a_b-c", "8%3Aacs%3Aa_b-c"),
            ("~*'()!", "~*'()!"),
            ("ü", "%C3%BC"),
        ] {
            assert_eq!(encode_id(id).unwrap().to_string(), encoded);
        }
    }

    #[test]
    fn ids_that_would_leave_their_path_are_refused() {
        for id in [
            "", ".", "..", "a/b", "a\\b", "a?b", "a#b", "a%2Fb", "a\nb", "a\0", "\u{7f}", "ü\u{85}",
        ] {
            assert!(check_id(id).is_err(), "{id:?}");
            assert!(encode_id(id).is_err(), "{id:?}");
        }
        for id in [
            "19:a-b_c1@thread.v2",
            "1631044658255",
            "8:acs:x_y",
            "...",
            " ",
            "ü",
        ] {
            assert_eq!(check_id(id), Ok(()), "{id:?}");
        }
    }
}
