//! Connections to webhooks by http alone.

use std::io;

use hyper_util::client::legacy::connect::HttpConnector;

use super::endpoint::Endpoint;

pub(super) type Connector = HttpConnector;

/// As its counterpart with TLS, it may fail there.
pub(super) fn new(_: &Endpoint) -> io::Result<Connector> {
    let mut http = HttpConnector::new();
    http.set_nodelay(true);
    Ok(http)
}
