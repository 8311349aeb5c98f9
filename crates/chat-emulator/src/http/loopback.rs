//! Which hosts are this machine, whatever a name server says.

use std::net::IpAddr;

use http::uri::Authority;

/// Whether a host, with or without a port, is this machine: `localhost`, a name below it, or a loopback
/// address.
pub(crate) fn is_loopback(authority: &Authority) -> bool {
    let host = authority.host();
    match address(host) {
        Some(address) => address.to_canonical().is_loopback(),
        None => {
            let host = host.to_ascii_lowercase();
            host == "localhost" || host.ends_with(".localhost")
        }
    }
}

/// The address that a host is written as, if it is no name.
pub(crate) fn address(host: &str) -> Option<IpAddr> {
    let bare = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'));
    bare.unwrap_or(host).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_and_addresses_of_this_machine_are_loopback() {
        for (host, expected) in [
            ("localhost", true),
            ("LocalHost:10100", true),
            ("app.localhost:3000", true),
            ("127.0.0.1:10101", true),
            ("127.9.9.9", true),
            ("[::1]:10101", true),
            ("[::ffff:127.0.0.1]", true),
            ("localhost.example", false),
            ("evil-localhost", false),
            ("127.0.0.1.example", false),
            ("192.0.2.7:10101", false),
            ("[::]", false),
        ] {
            let authority: Authority = host.parse().unwrap();
            assert_eq!(is_loopback(&authority), expected, "{host}");
        }
    }
}
