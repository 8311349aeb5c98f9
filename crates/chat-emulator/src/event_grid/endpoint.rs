//! Where events are delivered, whose query may be a secret.

use std::fmt;

use http::Uri;

/// The URL of a webhook. What is shown of it has no query.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Endpoint(Uri);

impl Endpoint {
    /// Reads a URL, or says what is wrong with it without showing it.
    pub(super) fn parse(url: &str) -> Result<Self, &'static str> {
        let uri: Uri = url
            .parse()
            .map_err(|_| "the endpoint's URL cannot be read")?;
        let authority = uri.authority().map_or("", |authority| authority.as_str());
        if authority.is_empty() || authority.contains('@') {
            return Err("the endpoint is not of the form https://HOST:PORT/PATH?QUERY");
        }
        match uri.scheme_str() {
            Some("http") => Ok(Self(uri)),
            Some("https") if cfg!(feature = "tls") => Ok(Self(uri)),
            Some("https") => Err("this build of the emulator has no TLS (the feature `tls`)"),
            _ => Err("the endpoint is neither of http nor of https"),
        }
    }

    pub(super) fn uri(&self) -> &Uri {
        &self.0
    }

    #[cfg(feature = "tls")]
    pub(super) fn is_https(&self) -> bool {
        self.0.scheme_str() == Some("https")
    }
}

/// Without the query.
impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = self.0.scheme_str().unwrap_or_default();
        let authority = self
            .0
            .authority()
            .map_or("", |authority| authority.as_str());
        write!(f, "{scheme}://{authority}{}", self.0.path())
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_of_an_endpoint_has_no_query() {
        let endpoint = Endpoint::parse("http://127.0.0.1:7071/api/events?code=s3cret").unwrap();
        for shown in [format!("{endpoint}"), format!("{endpoint:?}")] {
            assert_eq!(shown, "http://127.0.0.1:7071/api/events");
        }
        assert_eq!(endpoint.uri().query(), Some("code=s3cret"));
    }

    #[test]
    fn an_endpoint_is_a_whole_url_without_a_password() {
        for url in [
            "",
            "/events",
            "127.0.0.1",
            "ftp://host/",
            "http://user:secret@host/",
            "http://",
        ] {
            let mistake = Endpoint::parse(url).unwrap_err();
            assert!(!mistake.contains("secret"), "{mistake}");
        }
    }
}
