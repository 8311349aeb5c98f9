//! Who may command the emulator: programs, and its own page. Web sites may not, whatever name they have.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use http::header::{HOST, ORIGIN};
use http::uri::Authority;

use crate::http::loopback::{address, is_loopback};

use super::answer::Refusal;

/// The names by which the control port answers. A web site whose name leads here, which is all that DNS
/// rebinding takes, has none of them.
#[derive(Clone, Debug)]
pub(crate) struct Hosts {
    /// The address that is listened on.
    pub(crate) bound: IpAddr,
    /// Names or addresses without a port.
    pub(crate) allowed: Vec<String>,
}

impl Hosts {
    fn answer(&self, authority: &Authority) -> bool {
        let host = authority.host();
        is_loopback(authority)
            || address(host) == Some(self.bound)
            || self
                .allowed
                .iter()
                .any(|name| name.eq_ignore_ascii_case(host))
    }
}

/// Lets a request through that no web site can have sent.
pub(super) async fn guard(
    State(hosts): State<Arc<Hosts>>,
    request: Request,
    next: Next,
) -> Response {
    match check(&hosts, request.headers()) {
        Ok(()) => next.run(request).await,
        Err(refusal) => refusal.into_response(),
    }
}

fn check(hosts: &Hosts, headers: &HeaderMap) -> Result<(), Refusal> {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    let authority: Option<Authority> = host.and_then(|host| host.parse().ok());
    if !authority.is_some_and(|authority| hosts.answer(&authority)) {
        return Err(Refusal::forbidden(format!(
            "the control API does not answer to the host {:?}; allow it with --control-allowed-host",
            host.unwrap_or_default()
        )));
    }
    let cross_site = headers
        .get("sec-fetch-site")
        .is_some_and(|site| site == "cross-site");
    let foreign = headers.get(ORIGIN).is_some_and(|origin| {
        let origin = origin
            .to_str()
            .ok()
            .and_then(|origin| origin.strip_prefix("http://"));
        origin.is_none() || origin != host
    });
    if cross_site || foreign {
        return Err(Refusal::forbidden(
            "pages of other origins may not use the control API",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(headers: &[(&'static str, &str)]) -> bool {
        let hosts = Hosts {
            bound: "192.0.2.7".parse().unwrap(),
            allowed: vec!["emulator.test".to_owned()],
        };
        let headers = headers
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
        check(&hosts, &headers.collect()).is_ok()
    }

    #[test]
    fn only_loopback_the_bound_address_and_allowed_names_are_answered() {
        for (host, expected) in [
            ("127.0.0.1:10101", true),
            ("localhost:10101", true),
            ("[::1]:10101", true),
            ("192.0.2.7:10101", true),
            ("Emulator.test:10101", true),
            ("rebound.evil.example:10101", false),
            ("192.0.2.8:10101", false),
            ("", false),
            ("a/b", false),
        ] {
            assert_eq!(allows(&[("host", host)]), expected, "{host}");
        }
        assert!(!allows(&[]), "no host at all");
    }

    #[test]
    fn what_a_page_of_another_site_sends_is_refused() {
        let host = ("host", "localhost:10101");
        for (headers, expected) in [
            (&[host, ("sec-fetch-site", "cross-site")][..], false),
            (&[host, ("sec-fetch-site", "same-origin")], true),
            (&[host, ("sec-fetch-site", "none")], true),
            (&[host, ("origin", "http://localhost:10101")], true),
            (&[host, ("origin", "http://localhost:3000")], false),
            (&[host, ("origin", "null")], false),
        ] {
            assert_eq!(allows(headers), expected, "{headers:?}");
        }
    }
}
