//! Which hosts may see the access token, which otherwise never leaves the endpoint.

use url::{Host, Url};

use crate::endpoint::{Endpoint, is_loopback};

/// The service's hosts: what the service's other clients have built in for all of its clouds.
/// Hosts below these are the service's, too.
const DOMAINS: [&str; 9] = [
    "trouter.teams.microsoft.com",
    "trouter.gcc.teams.microsoft.com",
    "trouter.gov.teams.microsoft.us",
    "trouter.dod.teams.microsoft.us",
    "trouter.skype.com",
    "registrar.gov.teams.microsoft.us",
    "registrar.dod.teams.microsoft.us",
    "trouter-int.skype.net",
    "edge.skype.net",
];

/// Hosts of the service below which there are others that have nothing to do with notifications.
const HOSTS: [&str; 2] = ["teams.microsoft.com", "edge.skype.com"];

/// Which hosts may see the access token.
#[derive(Clone, Debug)]
pub(super) struct AllowedHosts {
    endpoint: Endpoint,
    domains: Vec<String>,
}

impl AllowedHosts {
    /// The service's hosts, and those of these domains.
    pub(super) fn new(endpoint: Endpoint, domains: Vec<String>) -> Self {
        Self { endpoint, domains }
    }

    /// Whether the token may be sent there: by https to a host of the service or of the caller's
    /// domains, or to the endpoint itself. Where that is this machine, to all of this machine.
    pub(super) fn allow(&self, url: &Url) -> bool {
        let Some(host) = url.host() else {
            return false;
        };
        if !url.username().is_empty() || url.password().is_some() {
            return false;
        }
        let own = self.endpoint.url();
        if url.origin() == own.origin() {
            return true;
        }
        if is_loopback(&host) {
            let is_web = matches!(url.scheme(), "http" | "https");
            return is_web && own.host().is_some_and(|own| is_loopback(&own));
        }
        let Host::Domain(name) = host else {
            return false;
        };
        let own_domains = self.domains.iter().map(String::as_str);
        url.scheme() == "https"
            && (HOSTS.contains(&name)
                || DOMAINS.into_iter().chain(own_domains).any(|domain| {
                    let above = name.strip_suffix(domain);
                    above.is_some_and(|above| above.is_empty() || above.ends_with('.'))
                }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENDPOINT: &str = "https://contoso.communication.azure.com";

    fn allowed(endpoint: &str, domains: &[&str], url: &str) -> bool {
        let endpoint = Endpoint::parse(endpoint, true).unwrap();
        let domains = domains.iter().map(|&domain| domain.to_owned()).collect();
        AllowedHosts::new(endpoint, domains).allow(&Url::parse(url).unwrap())
    }

    #[test]
    fn hosts_of_the_service_are_allowed_by_https() {
        for url in [
            "https://go.trouter.teams.microsoft.com",
            "https://go-eu.trouter.teams.microsoft.com",
            "https://go.trouter.gcc.teams.microsoft.com",
            "https://pub-ent-sece-11-t.trouter.teams.microsoft.com:3443/x",
            "https://go.trouter.gov.teams.microsoft.us",
            "https://go.trouter.dod.teams.microsoft.us",
            "https://registrar.gov.teams.microsoft.us",
            "https://registrar.dod.teams.microsoft.us",
            "https://teams.microsoft.com/registrar/prod",
            "https://go.trouter.skype.com",
            "https://edge.skype.com/registrar/prod",
            "https://contoso.communication.azure.com/x",
        ] {
            assert!(allowed(ENDPOINT, &[], url), "{url}");
        }
    }

    #[test]
    fn all_others_are_not() {
        for url in [
            "http://go.trouter.teams.microsoft.com",
            "wss://go.trouter.teams.microsoft.com",
            "https://evil.example",
            "https://eviltrouter.teams.microsoft.com",
            "https://trouter.teams.microsoft.com.evil.example",
            "https://chat.teams.microsoft.com",
            "https://user@go.trouter.teams.microsoft.com",
            "https://:secret@go.trouter.teams.microsoft.com",
            "http://contoso.communication.azure.com",
            "https://contoso.communication.azure.com:8443",
            "https://13.107.3.128",
            "http://127.0.0.1:9",
            "https://localhost",
            "data:text/plain,x",
        ] {
            assert!(!allowed(ENDPOINT, &[], url), "{url}");
        }
    }

    #[test]
    fn a_caller_can_add_domains() {
        let domains = &["tunnel.example"][..];
        assert!(allowed(ENDPOINT, domains, "https://tunnel.example/x"));
        assert!(allowed(
            ENDPOINT,
            domains,
            "https://a.b.tunnel.example:3443"
        ));
        assert!(!allowed(ENDPOINT, domains, "http://tunnel.example"));
        assert!(!allowed(ENDPOINT, domains, "https://nottunnel.example"));
    }

    #[test]
    fn this_machine_is_allowed_where_the_endpoint_is_this_machine() {
        let endpoint = "http://127.0.0.1:10100";
        for url in ["http://127.0.0.1:9", "http://localhost:9", "https://[::1]/"] {
            assert!(allowed(endpoint, &[], url), "{url}");
        }
        assert!(!allowed(endpoint, &[], "ftp://127.0.0.1/"));
        assert!(!allowed(endpoint, &[], "http://192.168.0.1:9"));
        // Plain http to another machine, which the caller has allowed, is for that one alone.
        let endpoint = "http://emulator:10100";
        assert!(allowed(endpoint, &[], "http://emulator:10100/registrar"));
        assert!(!allowed(endpoint, &[], "http://other:10100/registrar"));
        assert!(!allowed(endpoint, &[], "http://127.0.0.1:9"));
    }
}
