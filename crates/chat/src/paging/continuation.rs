//! Where a list goes on: can be stored, and resumed by the list it came from.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::link::Link;
use crate::error::Error;

/// Where a list goes on.
///
/// It can be stored as text ([`Display`](fmt::Display) and [`FromStr`], or serde) and handed to the
/// same list again, also by another process: the list then starts at that page. It is bound to the
/// endpoint, the operation and the thread it came from. It holds no token; it does hold the
/// service's link to the page.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Continuation {
    scope: Scope,
    link: String,
}

/// What a list lists: an operation, and the thread it is about if it is about one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Scope {
    pub(crate) operation: Cow<'static, str>,
    pub(crate) subject: Option<String>,
}

impl Continuation {
    pub(super) fn new(scope: &Scope, link: &Link) -> Self {
        Self {
            scope: scope.clone(),
            link: link.as_str().to_owned(),
        }
    }

    /// The link, for a list of this scope at this origin.
    pub(super) fn link(&self, scope: &Scope, origin: &url::Origin) -> Result<Link, Error> {
        if self.scope != *scope {
            return Err(Error::invalid_argument(
                "the continuation is of another operation or thread",
            ));
        }
        Link::parse(&self.link, origin)
            .map_err(|_| Error::invalid_argument("the continuation is of another endpoint"))
    }
}

/// `v1 OPERATION LINK` and, where there is one, ` SUBJECT`. Operations are identifiers and links
/// URLs, so that neither holds a space.
impl fmt::Display for Continuation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "v1 {} {}", self.scope.operation, self.link)?;
        match &self.scope.subject {
            Some(subject) => write!(f, " {subject}"),
            None => Ok(()),
        }
    }
}

impl FromStr for Continuation {
    type Err = Error;

    /// Reads what [`Display`](fmt::Display) has written.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) for any other text.
    fn from_str(text: &str) -> Result<Self, Error> {
        let mut parts = text.splitn(4, ' ');
        let (Some("v1"), Some(operation), Some(link), subject) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(Error::invalid_argument("this is not a continuation"));
        };
        Ok(Self {
            scope: Scope {
                operation: operation.to_owned().into(),
                subject: subject.map(str::to_owned),
            },
            link: link.to_owned(),
        })
    }
}

impl TryFrom<String> for Continuation {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        text.parse()
    }
}

impl From<Continuation> for String {
    fn from(continuation: Continuation) -> Self {
        continuation.to_string()
    }
}
