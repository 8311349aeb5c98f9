//! Scheme and host as the caller has written them: links lead back the way a request came.

use std::net::IpAddr;
use std::sync::Arc;

use http::header::{HOST, HeaderName};
use http::request::Parts;
use http::uri::Authority;

use crate::wire::error::ApiError;

const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// How origins are found out.
#[derive(Clone, Debug, Default)]
pub(crate) struct Origins {
    /// The origin of all links, where it was given: `https://chat.example`.
    pub(crate) public: Option<Arc<str>>,
    /// The proxies, besides those on this machine, whose `x-forwarded-…` headers are believed.
    pub(crate) trusted_proxies: Vec<IpAddr>,
}

/// Where a request was sent to, as far as its head does not say it.
#[derive(Clone, Debug)]
pub(crate) struct Origin {
    public: Option<Arc<str>>,
    scheme: &'static str,
    /// The host before the proxy.
    forwarded_host: Option<String>,
}

impl Origins {
    /// The origin of a request of `peer`, over TLS if it came `encrypted`.
    pub(crate) fn of(&self, head: &Parts, peer: IpAddr, encrypted: bool) -> Origin {
        let believed = peer.to_canonical().is_loopback() || self.trusted_proxies.contains(&peer);
        let forwarded = |name| believed.then(|| first_value(head, name)).flatten();
        let forwarded_host =
            forwarded(FORWARDED_HOST).filter(|host| host.parse::<Authority>().is_ok());
        let scheme = match forwarded(FORWARDED_PROTO) {
            Some(scheme) if scheme.eq_ignore_ascii_case("https") => "https",
            Some(scheme) if scheme.eq_ignore_ascii_case("http") => "http",
            _ if encrypted => "https",
            _ => "http",
        };
        Origin {
            public: self.public.clone(),
            scheme,
            forwarded_host: forwarded_host.map(str::to_owned),
        }
    }
}

impl Origin {
    /// Scheme and authority of the request with this head, as links begin.
    pub(crate) fn base(&self, head: &Parts) -> Result<String, ApiError> {
        match (&self.public, self.host(head)) {
            (Some(public), _) => Ok(public.to_string()),
            (None, Some(host)) => Ok([self.scheme, "://", host].concat()),
            (None, None) => Err(ApiError::bad_request("The request has no Host header.")),
        }
    }

    /// The host that the caller has written, which its signature covers.
    pub(crate) fn host<'a>(&'a self, head: &'a Parts) -> Option<&'a str> {
        let sent = || head.headers.get(HOST)?.to_str().ok();
        self.forwarded_host
            .as_deref()
            .or_else(sent)
            .or_else(|| head.uri.authority().map(Authority::as_str))
            .filter(|host| !host.is_empty())
    }
}

/// The first value in a list: that of the proxy nearest to the caller.
fn first_value(head: &Parts, name: HeaderName) -> Option<&str> {
    let value = head.headers.get(name)?.to_str().ok()?;
    value.split(',').next().map(str::trim)
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    const LOOPBACK: &str = "127.0.0.1";
    const ELSEWHERE: &str = "192.0.2.7";

    fn base(origins: &Origins, peer: &str, encrypted: bool, headers: &[(&str, &str)]) -> String {
        let mut request = Request::get("/chat/threads");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (head, ()) = request.body(()).unwrap().into_parts();
        let origin = origins.of(&head, peer.parse().unwrap(), encrypted);
        origin.base(&head).unwrap_or_else(|_| "none".to_owned())
    }

    const HEADERS: [(&str, &str); 3] = [
        ("host", "127.0.0.1:10100"),
        ("x-forwarded-host", "chat.example, inner.example"),
        ("x-forwarded-proto", "https"),
    ];

    #[test]
    fn links_have_the_host_of_the_request_and_the_scheme_of_the_connection() {
        let origins = Origins::default();
        assert_eq!(
            base(&origins, ELSEWHERE, false, &HEADERS[..1]),
            "http://127.0.0.1:10100"
        );
        assert_eq!(
            base(&origins, ELSEWHERE, true, &HEADERS[..1]),
            "https://127.0.0.1:10100"
        );
        assert_eq!(base(&origins, LOOPBACK, true, &[]), "none");
    }

    #[test]
    fn forwarded_headers_are_believed_from_this_machine_and_from_trusted_proxies_only() {
        let mut origins = Origins::default();
        assert_eq!(
            base(&origins, LOOPBACK, false, &HEADERS),
            "https://chat.example"
        );
        assert_eq!(
            base(&origins, "::ffff:127.0.0.1", false, &HEADERS),
            "https://chat.example"
        );
        assert_eq!(
            base(&origins, ELSEWHERE, false, &HEADERS),
            "http://127.0.0.1:10100"
        );
        origins.trusted_proxies.push(ELSEWHERE.parse().unwrap());
        assert_eq!(
            base(&origins, ELSEWHERE, false, &HEADERS),
            "https://chat.example"
        );
    }

    #[test]
    fn forwarded_headers_that_make_no_sense_are_ignored() {
        let headers = [
            HEADERS[0],
            ("x-forwarded-host", "a b/c"),
            ("x-forwarded-proto", "gopher"),
        ];
        let origins = Origins::default();
        assert_eq!(
            base(&origins, LOOPBACK, false, &headers),
            "http://127.0.0.1:10100"
        );
    }

    #[test]
    fn a_public_origin_is_that_of_all_links() {
        let origins = Origins {
            public: Some("https://public.example".into()),
            ..Origins::default()
        };
        assert_eq!(
            base(&origins, LOOPBACK, false, &HEADERS),
            "https://public.example"
        );
    }
}
