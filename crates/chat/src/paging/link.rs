//! Which links are followed: those of the list's own endpoint and path, each once.

use std::collections::VecDeque;
use std::hash::{BuildHasher, RandomState};
use std::str::FromStr;

use percent_encoding::percent_decode_str;
use url::Url;

use super::continuation::Continuation;
use crate::error::{Error, ErrorKind};

/// What a list reads: an operation, and the URL path of its requests.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    operation: &'static str,
    endpoint: Url,
    /// The segments of the path after the endpoint's own, not percent-encoded; the first is empty.
    path: Vec<String>,
}

impl Target {
    /// `path` is the operation's path template. Where it has names in braces, `ids` stand, in their
    /// order.
    pub(crate) fn new(operation: &'static str, endpoint: &Url, path: &str, ids: &[&str]) -> Self {
        let mut ids = ids.iter();
        let segment = |segment: &str| {
            let id = segment.starts_with('{').then(|| ids.next()).flatten();
            (*id.unwrap_or(&segment)).to_owned()
        };
        Self {
            operation,
            endpoint: endpoint.clone(),
            path: path.split('/').map(segment).collect(),
        }
    }

    pub(super) fn operation(&self) -> &'static str {
        self.operation
    }

    /// The page that a link of the service leads to.
    pub(super) fn follow(&self, link: &str) -> Result<Continuation, Error> {
        let url = Url::parse(link).map_err(|error| {
            Error::new(ErrorKind::InvalidNextLink)
                .with_context("it is no absolute URL")
                .with_source(error)
        })?;
        self.check(url)
            .map_err(|reason| Error::new(ErrorKind::InvalidNextLink).with_context(reason))
    }

    /// The page that the caller's continuation stands for.
    pub(super) fn resume(&self, from: &Continuation) -> Result<Continuation, Error> {
        self.check(from.link().clone()).map_err(|reason| {
            Error::invalid_argument(format!("the continuation is of another list: {reason}"))
        })
    }

    /// Refuses a link that is not a page of this list: the access token goes where the link goes,
    /// and with it anything the caller may read could be read. Path segments are compared after
    /// percent-decoding, because the service writes `:` and `@` of ids both raw and encoded.
    ///
    /// A service behind a gateway does not know the gateway's path. A link that lacks the path of
    /// the endpoint gets it put in front: without it, the request would reach something else at
    /// the gateway, or nothing.
    fn check(&self, mut url: Url) -> Result<Continuation, String> {
        let (origin, own) = (url.origin(), self.endpoint.origin());
        // A `blob:` URL has the origin of the URL within it, and can't be requested.
        if origin != own || url.scheme() != self.endpoint.scheme() {
            return Err(format!(
                "it leads to {}, and the endpoint is {}",
                origin.ascii_serialization(),
                own.ascii_serialization(),
            ));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("it holds a user name or a password".to_owned());
        }
        let prefix = self.endpoint.path().trim_end_matches('/');
        let path = url.path();
        if self.is_path(path) {
            let path = format!("{prefix}{path}");
            url.set_path(&path);
        } else if !path
            .strip_prefix(prefix)
            .is_some_and(|path| self.is_path(path))
        {
            return Err(format!("its path is not the one of {}", self.operation));
        }
        url.set_fragment(None);
        Ok(Continuation::new(url))
    }

    fn is_path(&self, path: &str) -> bool {
        let segments = path.split('/').map(percent_decode_str);
        let decoded = segments.map(|segment| segment.collect::<Vec<u8>>());
        decoded.eq(self.path.iter().map(|segment| segment.as_bytes()))
    }
}

impl FromStr for Continuation {
    type Err = Error;

    /// Reads what [`Display`](std::fmt::Display) has written.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) for any other text.
    fn from_str(text: &str) -> Result<Self, Error> {
        let link = text.strip_prefix("v1 ").map(Url::parse);
        match link {
            Some(Ok(link)) => Ok(Self::new(link)),
            _ => Err(Error::invalid_argument("this is not a continuation")),
        }
    }
}

impl TryFrom<String> for Continuation {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        text.parse()
    }
}

/// How many links are remembered, as hashes. A longer loop is not noticed; if its pages are empty,
/// the limit on empty pages ends it.
const REMEMBERED: usize = 1000;

/// The links that were followed last.
#[derive(Debug, Default)]
pub(super) struct RecentLinks {
    hasher: RandomState,
    hashes: VecDeque<u64>,
}

impl RecentLinks {
    /// Remembers a link; an error if it is among those that are remembered.
    pub(super) fn add(&mut self, page: &Continuation) -> Result<(), Error> {
        let hash = self.hasher.hash_one(page.link());
        if self.hashes.contains(&hash) {
            return Err(Error::new(ErrorKind::InvalidNextLink)
                .with_context("it was followed before, so the list would never end"));
        }
        if self.hashes.len() == REMEMBERED {
            self.hashes.pop_front();
        }
        self.hashes.push_back(hash);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
