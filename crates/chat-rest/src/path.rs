//! The path of a request, and the ids within it.

use std::{
    fmt::{self, Display},
    str::FromStr,
};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Url;

use crate::Error;

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

/// The URL of a request: its path and query, behind the base, which ends with a slash. The base is
/// not read again: that is most of what it takes to read a URL.
///
/// # Errors
///
/// The base is one that no path can be joined to.
pub(crate) fn join(base: &Url, path_and_query: &str) -> Result<Url, NoBase> {
    base.join(path_and_query).map_err(NoBase)
}

/// Why nothing can be joined to a base.
#[derive(Debug)]
pub(crate) struct NoBase(<Url as FromStr>::Err);

impl From<NoBase> for Error<()> {
    fn from(NoBase(error): NoBase) -> Self {
        Self::InvalidRequest(error.to_string())
    }
}

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
    fn a_path_is_joined_to_the_base_and_its_ids_stay_as_they_are_encoded() {
        for (base, url) in [
            ("https://host", "https://host/chat/threads/19%3Aa%40b?v=1"),
            (
                "https://host:8/",
                "https://host:8/chat/threads/19%3Aa%40b?v=1",
            ),
            (
                "https://host/a/b/",
                "https://host/a/b/chat/threads/19%3Aa%40b?v=1",
            ),
        ] {
            let joined = join(&Url::parse(base).unwrap(), "chat/threads/19%3Aa%40b?v=1");
            assert_eq!(joined.unwrap().as_str(), url);
        }
        let error = join(&Url::parse("data:x").unwrap(), "chat/threads").unwrap_err();
        let error = Error::<()>::from(error);
        assert!(matches!(error, Error::InvalidRequest(_)), "{error}");
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
