//! Ids of threads and messages.

use std::fmt;

use crate::error::Error;

/// Declares an id: any text the service or the caller gives, checked when it goes into a path.
macro_rules! id {
    ($(#[$meta:meta])* $name:ident, $what:literal) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The id as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// Refuses ids that would not stay the one path segment they are meant to be.
            pub(crate) fn check(&self) -> Result<(), Error> {
                check_segment(&self.0, $what)
            }
        }

        impl From<&str> for $name {
            fn from(id: &str) -> Self {
                Self(id.to_owned())
            }
        }

        impl From<String> for $name {
            fn from(id: String) -> Self {
                Self(id)
            }
        }

        impl From<&String> for $name {
            fn from(id: &String) -> Self {
                Self(id.clone())
            }
        }

        impl From<&$name> for $name {
            fn from(id: &$name) -> Self {
                id.clone()
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id! {
    /// The id of a chat thread, such as `19:…@thread.v2`.
    ///
    /// Any text can be made into one; ids that can't be a path segment (empty, `.`, `..`, or with
    /// `/`, `\`, `?`, `#`, `%` or a control character in them) are refused with
    /// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) when they are used.
    ChatThreadId, "thread id"
}

id! {
    /// The id of a message within its thread: its creation time in milliseconds, as text.
    ///
    /// Any text can be made into one; see [`ChatThreadId`] for what is refused when it is used.
    ChatMessageId, "message id"
}

/// Ids travel as one path segment. These would leave it: URL parsers resolve dot segments, and
/// take a backslash for a slash. A raw `%` would be read as an escape by some proxies.
pub(crate) fn check_segment(id: &str, what: &str) -> Result<(), Error> {
    if id.is_empty() {
        return Err(Error::invalid_argument(format!("the {what} is empty")));
    }
    if id == "." || id == ".." {
        return Err(Error::invalid_argument(format!(
            "the {what} is a dot segment"
        )));
    }
    if let Some(bad) = id
        .chars()
        .find(|c| matches!(c, '/' | '\\' | '?' | '#' | '%') || c.is_control())
    {
        return Err(Error::invalid_argument(format!(
            "the {what} contains {bad:?}, which can't stand in it"
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;

    #[test]
    fn ids_that_would_leave_their_path_are_invalid_arguments() {
        for id in [
            "", ".", "..", "a/b", "a\\b", "a?b", "a#b", "a%2Fb", "a\nb", "a\0",
        ] {
            let error = ChatThreadId::from(id).check().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidArgument, "{id:?}");
            assert!(ChatMessageId::from(id).check().is_err(), "{id:?}");
        }
    }

    #[test]
    fn ids_of_the_service_pass() {
        for id in [
            "19:a-b_c1@thread.v2",
            "1631044658255",
            "8:acs:x_y",
            "...",
            "ü",
        ] {
            assert!(ChatThreadId::from(id).check().is_ok(), "{id:?}");
        }
    }
}
