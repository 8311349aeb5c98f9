//! The ids within a path.

use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use reqwest::Url;

/// What is encoded in an id, as `encodeURIComponent` of JavaScript does it. By now every other
/// character is encoded, so `%` stays.
const ID: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'%')
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');

/// A path that is not the one of its operation, or may not be by the time it is read: an id in it
/// is empty, nothing but dots, or holds what delimits paths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PathError {
    template: &'static str,
}

impl fmt::Display for PathError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an id does not fit into `{}`", self.template)
    }
}

/// Percent-encodes the ids of a path, as the service's other clients do. The generator leaves
/// `:`, `@` and their like as they are.
///
/// # Errors
///
/// The path does not end in what the template says, or an id holds what [`check_id`] refuses. An id
/// such as `a\..\b` has become another one before it is seen here: ids from outside are to be
/// checked before.
pub(crate) fn encode_ids(template: &'static str, url: &mut Url) -> Result<(), PathError> {
    let wanted = template.split('/').skip(1);
    let found: Vec<_> = url.path().split('/').collect();
    let stem = found
        .len()
        .checked_sub(wanted.clone().count())
        .ok_or(PathError { template })?;
    let mut path = found[..stem].join("/");
    for (wanted, found) in wanted.zip(&found[stem..]) {
        path.push('/');
        let is_id = wanted.starts_with('{');
        let fits = match is_id {
            true => !found.is_empty() && !percent_decode_str(found).any(is_delimiter),
            false => wanted == *found,
        };
        if !fits {
            return Err(PathError { template });
        }
        match is_id {
            true => path.extend(utf8_percent_encode(found, ID)),
            false => path.push_str(found),
        }
    }
    url.set_path(&path);
    Ok(())
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
    let bad = |char: &char| char.is_control() || char.is_ascii() && is_delimiter(*char as u8);
    id.chars()
        .find(bad)
        .map_or(Ok(()), |char| Err(IdError::Character(char)))
}

fn is_delimiter(byte: u8) -> bool {
    matches!(byte, b'/' | b'\\' | b'?' | b'#' | b'%') || byte.is_ascii_control()
}

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

    const MESSAGES: &str = "/chat/threads/{chatThreadId}/messages";

    fn encoded(template: &'static str, url: &str) -> Result<String, PathError> {
        let mut url = Url::parse(url).unwrap();
        encode_ids(template, &mut url)?;
        Ok(url.to_string())
    }

    #[test]
    fn an_id_is_encoded_and_what_is_encoded_stays() {
        assert_eq!(
            encoded(
                MESSAGES,
                "https://host/chat/threads/19:a+b%20c@thread.v2/messages?a=:"
            )
            .unwrap(),
            "https://host/chat/threads/19%3Aa%2Bb%20c%40thread.v2/messages?a=:"
        );
    }

    #[test]
    fn the_names_of_actions_are_not_ids() {
        assert_eq!(
            encoded(
                "/identities/{id}/:issueAccessToken",
                "https://host/identities/8:acs:a_b/:issueAccessToken"
            )
            .unwrap(),
            "https://host/identities/8%3Aacs%3Aa_b/:issueAccessToken"
        );
    }

    #[test]
    fn an_endpoint_may_have_a_path_of_its_own() {
        assert_eq!(
            encoded(MESSAGES, "https://host/a:b/c/chat/threads/1:2/messages").unwrap(),
            "https://host/a:b/c/chat/threads/1%3A2/messages"
        );
    }

    #[test]
    fn ids_that_would_leave_their_path_are_refused() {
        for id in [
            "", ".", "..", "a/b", "a\\b", "a?b", "a#b", "a%2Fb", "a\nb", "a\0", "a\u{85}",
        ] {
            assert!(check_id(id).is_err(), "{id:?}");
        }
        for id in [
            "19:a-b_c1@thread.v2",
            "1631044658255",
            "8:acs:x_y",
            "...",
            "ü",
        ] {
            assert_eq!(check_id(id), Ok(()), "{id:?}");
        }
    }

    #[test]
    fn an_id_that_leaves_its_place_is_refused() {
        for id in [
            "", ".", "..", "a/b", r"a\b", "/", r"..\..", "a%2Fb", "a%2fb", "a%5Cb", "a%3Fb",
            "a%23b", "a%0Ab", "%00", "%7F",
        ] {
            let url = format!("https://host/chat/threads/{id}/messages");

            assert_eq!(
                encoded(MESSAGES, &url),
                Err(PathError { template: MESSAGES }),
                "{id:?}"
            );
        }
    }
}
