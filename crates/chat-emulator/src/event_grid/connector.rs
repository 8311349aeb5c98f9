//! Connections to webhooks, by http or https.

use std::io;

use hyper_rustls::{ConfigBuilderExt, HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use rustls::crypto::aws_lc_rs;
use rustls::{ClientConfig, RootCertStore};

use super::endpoint::Endpoint;

pub(super) type Connector = HttpsConnector<HttpConnector>;

/// For https it trusts what this machine trusts, which `SSL_CERT_FILE` may name.
pub(super) fn new(endpoint: &Endpoint) -> io::Result<Connector> {
    let provider = aws_lc_rs::default_provider();
    let config = ClientConfig::builder_with_provider(provider.into())
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?;
    let config = match endpoint.is_https() {
        true => config.with_native_roots()?,
        // No certificate is asked for.
        false => config.with_root_certificates(RootCertStore::empty()),
    };
    let mut http = HttpConnector::new();
    http.enforce_http(false);
    http.set_nodelay(true);
    let connector = HttpsConnectorBuilder::new()
        .with_tls_config(config.with_no_client_auth())
        .https_or_http()
        .enable_http1()
        .wrap_connector(http);
    Ok(connector)
}
