//! Links to the next page: the service's own words, used verbatim, but never blindly.

use std::collections::VecDeque;
use std::hash::{BuildHasher, RandomState};

use url::{Origin, Url};

use crate::error::{Error, ErrorKind};

/// A link to a page, of the origin it is to be of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Link(Url);

impl Link {
    /// Refuses what is no absolute URL, and what leaves `origin`: the access token goes wherever
    /// the link goes.
    pub(super) fn parse(text: &str, origin: &Origin) -> Result<Self, Error> {
        let url = Url::parse(text).map_err(|error| {
            Error::new(ErrorKind::InvalidNextLink)
                .with_context("it is no absolute URL")
                .with_source(error)
        })?;
        // A `blob:` has the origin of the URL within it, and is no place to send a request to.
        let scheme_is_of_origin =
            matches!(origin, Origin::Tuple(scheme, ..) if scheme == url.scheme());
        if url.origin() != *origin || !scheme_is_of_origin {
            return Err(Error::new(ErrorKind::InvalidNextLink).with_context(format!(
                "it leads to {}, and the endpoint is {}",
                url.origin().ascii_serialization(),
                origin.ascii_serialization(),
            )));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Error::new(ErrorKind::InvalidNextLink)
                .with_context("it holds a user name or a password"));
        }
        Ok(Self(url))
    }

    pub(super) fn as_str(&self) -> &str {
        self.0.as_str()
    }

    pub(crate) fn url(&self) -> &Url {
        &self.0
    }
}

/// How many links are remembered to the letter (as hashes).
const REMEMBERED: usize = 1024;

/// Notices a link that comes twice, in bounded memory however long the list is: at once if it is
/// among the last [`REMEMBERED`], and within a few rounds of the loop if the loop is longer
/// (Brent's algorithm).
#[derive(Debug, Default)]
pub(super) struct SeenLinks {
    hasher: RandomState,
    recent: VecDeque<u64>,
    checkpoint: Option<u64>,
    since_checkpoint: u64,
    until_next: u64,
}

impl SeenLinks {
    /// Notes the link; an error if it has come before.
    pub(super) fn note(&mut self, link: &Link) -> Result<(), Error> {
        let hash = self.hasher.hash_one(link.as_str());
        if self.recent.contains(&hash) || self.checkpoint == Some(hash) {
            return Err(Error::new(ErrorKind::InvalidNextLink)
                .with_context("it has been followed before, and would go round for ever"));
        }
        if self.recent.len() == REMEMBERED {
            self.recent.pop_front();
        }
        self.recent.push_back(hash);
        self.since_checkpoint += 1;
        if self.since_checkpoint >= self.until_next {
            self.checkpoint = Some(hash);
            self.since_checkpoint = 0;
            self.until_next = self.until_next.saturating_mul(2).max(1);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin() -> Origin {
        Url::parse("https://contoso.communication.azure.com/")
            .unwrap()
            .origin()
    }

    fn link(n: usize) -> Link {
        Link::parse(
            &format!("https://contoso.communication.azure.com/{n}"),
            &origin(),
        )
        .unwrap()
    }

    #[test]
    fn links_within_the_origin_are_kept_verbatim() {
        let text = "https://contoso.communication.azure.com/chat/threads/19:a_b@thread.v2/messages?syncState=3e&startTime=1%2F1%2F1970%2012%3A00%3A00%20AM%20%2B00%3A00&x=%3D";
        assert_eq!(Link::parse(text, &origin()).unwrap().as_str(), text);
    }

    #[test]
    fn links_that_leave_the_origin_are_refused() {
        for text in [
            "",
            "/chat/threads?page=2",
            "//evil.example/",
            "http://contoso.communication.azure.com/",
            "https://contoso.communication.azure.com:444/",
            "https://contoso.communication.azure.com.evil.example/",
            "https://contoso.communication.azure.com@evil.example/",
            "https://user:pass@contoso.communication.azure.com/",
            "https://evil.example\\@contoso.communication.azure.com/",
            "javascript:alert(1)",
            "blob:https://contoso.communication.azure.com/1",
            "file:///etc/passwd",
        ] {
            let error = Link::parse(text, &origin()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidNextLink, "{text}");
        }
    }

    #[test]
    fn a_link_that_comes_twice_is_an_error_at_once() {
        for distance in [1, 2, 3, 100, REMEMBERED] {
            let mut seen = SeenLinks::default();
            for n in 0..distance {
                seen.note(&link(n)).unwrap();
            }
            assert_eq!(
                seen.note(&link(0)).unwrap_err().kind(),
                ErrorKind::InvalidNextLink
            );
        }
    }

    #[test]
    fn a_loop_longer_than_what_is_remembered_ends_all_the_same() {
        let length = 5 * REMEMBERED;
        let mut seen = SeenLinks::default();
        let rounds = (0..10 * length).position(|n| seen.note(&link(n % length)).is_err());
        assert!(rounds.is_some_and(|n| n >= length), "{rounds:?}");
        assert!(seen.recent.len() <= REMEMBERED);
    }
}
