//! The service as browsers, proxies and clients of TLS find it.

mod cors;
mod health;
mod origin;
#[cfg(feature = "tls")]
mod tls;
mod wire;
