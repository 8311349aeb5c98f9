//! Where the service is.

use std::net::IpAddr;

use url::{Host, Url};

use crate::error::Error;

/// A checked endpoint: `https`, unless it is this machine or plain HTTP is allowed.
#[derive(Clone, Debug)]
pub(crate) struct Endpoint {
    /// Without the slash at its end.
    text: String,
    /// With it: the base that paths are joined to.
    url: Url,
    host: Box<str>,
    loopback_http: bool,
}

impl Endpoint {
    pub(crate) fn parse(text: &str, allow_insecure_http: bool) -> Result<Self, Error> {
        let mut url = Url::parse(text.trim()).map_err(|error| {
            Error::invalid_argument(
                "the endpoint is no absolute URL such as https://contoso.communication.azure.com",
            )
            .with_source(error)
        })?;
        let Some(host) = url.host() else {
            return Err(Error::invalid_argument("the endpoint has no host"));
        };
        match url.scheme() {
            "https" => {}
            "http" if allow_insecure_http || is_loopback(&host) => {}
            "http" => {
                return Err(Error::invalid_argument(
                    "the endpoint is not https: access tokens would travel in the clear \
                     (allow_insecure_http() permits it)",
                ));
            }
            _ => {
                return Err(Error::invalid_argument(
                    "the endpoint is neither https nor http",
                ));
            }
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Error::invalid_argument(
                "the endpoint holds a user name or a password",
            ));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(Error::invalid_argument(
                "the endpoint holds a query or a fragment",
            ));
        }
        let loopback_http = url.scheme() == "http" && is_loopback(&host);
        let host = host.to_string().into();
        let text = url.as_str().trim_end_matches('/').to_owned();
        let path = format!("{}/", url.path().trim_end_matches('/'));
        url.set_path(&path);
        Ok(Self {
            text,
            url,
            host,
            loopback_http,
        })
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// With a slash at its end.
    pub(crate) fn url(&self) -> &Url {
        &self.url
    }

    /// The host, for people.
    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    pub(crate) fn port(&self) -> Option<u16> {
        self.url.port_or_known_default()
    }

    /// Whether it is plain http to this machine.
    pub(crate) fn is_loopback_http(&self) -> bool {
        self.loopback_http
    }
}

/// Whether a host is this machine.
pub(crate) fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost" || name.ends_with(".localhost"),
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => IpAddr::from(*address).to_canonical().is_loopback(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    fn parse(text: &str) -> Result<String, ErrorKind> {
        Endpoint::parse(text, false)
            .map(|endpoint| endpoint.as_str().to_owned())
            .map_err(|error| error.kind())
    }

    #[test]
    fn slashes_at_the_end_are_dropped() {
        for text in [
            "https://contoso.communication.azure.com",
            "https://contoso.communication.azure.com/",
            " https://contoso.communication.azure.com// ",
            "HTTPS://Contoso.communication.azure.com:443/",
        ] {
            assert_eq!(
                parse(text).unwrap(),
                "https://contoso.communication.azure.com",
                "{text}"
            );
        }
        assert_eq!(
            parse("https://gateway.example/acs/").unwrap(),
            "https://gateway.example/acs"
        );
    }

    #[test]
    fn the_url_that_paths_are_joined_to_ends_with_one_slash() {
        for (text, url) in [
            ("https://contoso.example", "https://contoso.example/"),
            ("https://contoso.example//", "https://contoso.example/"),
            (
                "https://gateway.example/acs",
                "https://gateway.example/acs/",
            ),
            (
                "https://gateway.example/acs//",
                "https://gateway.example/acs/",
            ),
        ] {
            let endpoint = Endpoint::parse(text, false).unwrap();
            assert_eq!(endpoint.url().as_str(), url);
        }
    }

    #[test]
    fn plain_http_is_for_this_machine_unless_it_is_allowed() {
        for text in [
            "http://127.0.0.1:10100/",
            "http://127.8.9.1",
            "http://[::1]:1",
            "http://localhost:9",
        ] {
            assert!(parse(text).is_ok(), "{text}");
        }
        for text in [
            "http://contoso.example/",
            "http://10.0.0.1/",
            "http://localhost.evil.example/",
            "http://[::2]/",
        ] {
            assert_eq!(parse(text), Err(ErrorKind::InvalidArgument), "{text}");
            assert!(Endpoint::parse(text, true).is_ok(), "{text}");
        }
    }

    #[test]
    fn what_is_no_endpoint_is_an_invalid_argument() {
        for text in [
            "",
            "contoso.communication.azure.com",
            "//contoso.example",
            "ftp://contoso.example/",
            "https://",
            "https://user@contoso.example/",
            "https://:secret@contoso.example/",
            "https://contoso.example/?x=1",
            "https://contoso.example/#f",
            "https://contoso.example:99999/",
            "data:text/plain,x",
        ] {
            assert_eq!(parse(text), Err(ErrorKind::InvalidArgument), "{text}");
        }
    }
}
