//! A server over TLS that does nothing: each message that is sent has the same id, and each list the
//! same messages. It takes any number of connections, and 10,000 streams on one of HTTP/2.

use std::convert::Infallible;
use std::error::Error;
use std::fs;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock};

use bytes::Bytes;
use clap::Parser;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::header::CONTENT_TYPE;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::ServerConfig;
use rustls::pki_types::PrivatePkcs8KeyDer;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

const STREAMS: u32 = 10_000;

const SENT: &str = r#"{"id":"1631044658255"}"#;

/// As many as a watch asks for.
const PAGE: u64 = 20;

/// A page of messages, newest first.
static LISTED: LazyLock<String> = LazyLock::new(|| {
    let messages = (1..=PAGE).rev().map(|place| {
        let id = 1_631_044_658_255 + place;
        format!(
            r#"{{"id":"{id}","type":"text","sequenceId":"{place}","version":"{id}","content":{{"message":"Shall we meet at noon, at the usual place?"}},"senderDisplayName":"Alice","createdOn":"2021-09-07T19:57:38Z"}}"#
        )
    });
    let messages: Vec<_> = messages.collect();
    format!(r#"{{"value":[{}]}}"#, messages.join(","))
});

#[derive(Debug, Parser)]
struct Arguments {
    /// The file to write the certificate to, which clients have to trust.
    certificate: PathBuf,
    /// Offer HTTP/2 besides HTTP/1.1.
    #[arg(long)]
    http2: bool,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    let acceptor = tls(&arguments)?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    println!("https://localhost:{}", listener.local_addr()?.port());
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        tokio::spawn(serve(stream, acceptor.clone()));
    }
}

fn tls(arguments: &Arguments) -> Result<TlsAcceptor, Box<dyn Error>> {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()])?;
    fs::write(&arguments.certificate, made.cert.pem())?;
    let key = PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key.into())?;
    if arguments.http2 {
        config.alpn_protocols.push(b"h2".to_vec());
    }
    config.alpn_protocols.push(b"http/1.1".to_vec());
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// Serves a connection until the client closes it, however it does.
async fn serve(stream: TcpStream, acceptor: TlsAcceptor) {
    let Ok(stream) = acceptor.accept(stream).await else {
        return;
    };
    let is_http2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
    let (stream, service) = (TokioIo::new(stream), service_fn(answer));
    let _ = if is_http2 {
        http2::Builder::new(TokioExecutor::new())
            .max_concurrent_streams(STREAMS)
            .serve_connection(stream, service)
            .await
    } else {
        http1::Builder::new()
            .serve_connection(stream, service)
            .await
    };
}

async fn answer(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let (status, body) = match *request.method() {
        Method::GET => (StatusCode::OK, LISTED.as_str()),
        _ => (StatusCode::CREATED, SENT),
    };
    // A body that breaks off is the client's to notice.
    let _ = request.into_body().collect().await;
    let mut response = Response::new(Full::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    for (name, value) in [
        (CONTENT_TYPE.as_str(), "application/json; charset=utf-8"),
        (
            "api-supported-versions",
            "2021-03-07, 2021-09-07, 2023-11-07, 2024-03-07",
        ),
        ("ms-cv", "8mOqkUQzEkaUjSKXIEuoiw.0"),
        ("x-processing-time", "87ms"),
    ] {
        let value = hyper::header::HeaderValue::from_static(value);
        headers.insert(hyper::header::HeaderName::from_static(name), value);
    }
    Ok(response)
}
