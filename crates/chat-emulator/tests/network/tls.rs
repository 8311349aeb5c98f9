//! HTTPS.

use std::net::TcpStream;
use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use chat_emulator::{Emulator, Fault, StartError};
use http::{Request, Response, Version};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::wire::{IDENTITIES, NEW_THREAD, Reply, THREADS, bearer, request, signature, start};

/// A connection of a client that trusts `certificate` and calls the emulator by `name`.
async fn connect(
    emulator: &Emulator,
    certificate: &str,
    name: &'static str,
    protocol: &str,
) -> std::io::Result<TlsStream<tokio::net::TcpStream>> {
    let mut roots = RootCertStore::empty();
    let certificate = CertificateDer::from_pem_slice(certificate.as_bytes()).unwrap();
    roots.add(certificate).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![protocol.into()];
    let stream = tokio::net::TcpStream::connect(emulator.local_addr()).await?;
    let name = ServerName::try_from(name).unwrap();
    TlsConnector::from(Arc::new(config))
        .connect(name, stream)
        .await
}

/// Creates a thread over HTTP/1.1.
async fn create(mut stream: TlsStream<tokio::net::TcpStream>, emulator: &Emulator) -> Reply {
    let host = emulator.local_addr().to_string();
    let headers = [
        ("host", host.as_str()),
        ("authorization", &bearer(emulator)),
    ];
    let request = request("POST", THREADS, &headers, NEW_THREAD);
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    // A server that closes without a farewell of TLS is an error here, after all has been read.
    let _ = stream.read_to_string(&mut answer).await;
    Reply::read(&answer)
}

/// Sends a request over HTTP/2.
async fn send_http2(
    emulator: &Emulator,
    request: Request<Full<Bytes>>,
) -> hyper::Result<Response<Incoming>> {
    let certificate = emulator.certificate().unwrap();
    let stream = connect(emulator, certificate, "localhost", "h2")
        .await
        .unwrap();
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
    let (mut sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    sender.send_request(request).await
}

#[tokio::test]
async fn a_certificate_that_was_made_on_start_is_good_for_all_names_of_this_machine() {
    let emulator = start(Emulator::builder().self_signed_tls());
    assert!(emulator.endpoint().starts_with("https://127.0.0.1:"));
    let certificate = emulator.certificate().unwrap();
    for name in ["localhost", "127.0.0.1", "::1"] {
        let stream = connect(&emulator, certificate, name, "http/1.1")
            .await
            .unwrap();
        let created = create(stream, &emulator).await;
        assert_eq!(created.status(), "201", "{created:?}");
        let location = created.header("location").unwrap();
        let expected = format!("https://{}/chat/threads/", emulator.local_addr());
        assert!(location.starts_with(&expected), "{location}");
    }
    let other = connect(&emulator, certificate, "chat.example", "http/1.1").await;
    other.expect_err("it is good for no other name");
}

#[tokio::test]
async fn http_2_is_spoken_to_those_who_ask_for_it() {
    let emulator = start(Emulator::builder().self_signed_tls());
    let address = emulator.local_addr();
    let request = Request::post(format!("https://{address}{THREADS}"))
        .header("authorization", bearer(&emulator))
        .header("content-type", "application/json")
        .body(NEW_THREAD.into())
        .unwrap();
    let created = send_http2(&emulator, request).await.unwrap();
    assert_eq!(
        (created.status().as_u16(), created.version()),
        (201, Version::HTTP_2)
    );
    let location = created.headers()["location"].to_str().unwrap();
    assert!(
        location.starts_with(&format!("https://{address}/chat/threads/")),
        "{location}"
    );
}

#[tokio::test]
async fn a_signature_over_http_2_covers_the_authority() {
    let emulator = start(Emulator::builder().self_signed_tls());
    let host = emulator.local_addr().to_string();
    let mut request = Request::post(format!("https://{host}{IDENTITIES}"));
    for (name, value) in signature(&emulator, &host) {
        request = request.header(name, value);
    }
    let request = request.body(Full::default()).unwrap();
    let created = send_http2(&emulator, request).await.unwrap();
    assert_eq!(created.status().as_u16(), 201);
}

#[tokio::test]
async fn a_reset_on_command_ends_a_stream_of_http_2_without_an_answer() {
    let emulator = start(Emulator::builder().self_signed_tls());
    emulator.inject(Fault::reset_before_execution()).unwrap();
    let request = Request::get(format!("https://{}{THREADS}", emulator.local_addr()))
        .body(Full::default())
        .unwrap();
    send_http2(&emulator, request).await.unwrap_err();
    assert_eq!(emulator.journal().len(), 1);
}

#[tokio::test]
async fn who_speaks_plain_http_or_trusts_nobody_keeps_nobody_from_being_answered() {
    use std::io::{Read, Write};

    let emulator = start(Emulator::builder().self_signed_tls());
    let other = start(Emulator::builder().self_signed_tls());
    let certificate = emulator.certificate().unwrap();
    let mut plain = TcpStream::connect(emulator.local_addr()).unwrap();
    plain
        .write_all(b"GET / HTTP/1.1\r\nhost: h\r\n\r\n")
        .unwrap();
    let mut answer = Vec::new();
    let _ = plain.read_to_end(&mut answer);
    assert!(!answer.starts_with(b"HTTP"), "{answer:?}");
    let mistrustful = connect(&emulator, other.certificate().unwrap(), "localhost", "h2").await;
    mistrustful.expect_err("each emulator has a certificate of its own");

    let stream = connect(&emulator, certificate, "localhost", "http/1.1")
        .await
        .unwrap();
    assert_eq!(create(stream, &emulator).await.status(), "201");
}

/// A file that is removed with the test.
struct File(PathBuf);

impl File {
    fn new(name: &str, text: &str) -> Self {
        let name = format!("chat-emulator-tls-{}-{name}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::write(&path, text).unwrap();
        Self(path)
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

#[tokio::test]
async fn a_certificate_and_its_key_can_be_given() {
    let made = rcgen::generate_simple_self_signed(["chat.example".to_owned()]).unwrap();
    let certificate = File::new("certificate.pem", &made.cert.pem());
    let key = File::new("key.pem", &made.signing_key.serialize_pem());
    let emulator = start(Emulator::builder().tls(&certificate.0, &key.0));
    assert_eq!(emulator.certificate(), None, "the user has it");
    let stream = connect(&emulator, &made.cert.pem(), "chat.example", "http/1.1")
        .await
        .unwrap();
    assert_eq!(create(stream, &emulator).await.status(), "201");
}

#[test]
fn a_certificate_or_key_that_cannot_be_used_is_a_clear_error_without_the_key() {
    let made = rcgen::generate_simple_self_signed(["chat.example".to_owned()]).unwrap();
    let other = rcgen::generate_simple_self_signed(["chat.example".to_owned()]).unwrap();
    let certificate = File::new("good.pem", &made.cert.pem());
    let foreign = File::new("foreign.pem", &other.signing_key.serialize_pem());
    let letter = File::new("letter.pem", "Dear emulator, this is no key.");
    for (certificate, key, expected) in [
        (&certificate, &letter, "the key cannot be read from"),
        (&letter, &foreign, "the certificate"),
        (
            &certificate,
            &foreign,
            "the certificate and its key cannot be used",
        ),
    ] {
        let error = Emulator::builder()
            .tls(&certificate.0, &key.0)
            .start_blocking()
            .unwrap_err();
        assert!(matches!(error, StartError::Tls(_)), "{error:?}");
        assert!(error.to_string().contains(expected), "{error}");
    }
}
