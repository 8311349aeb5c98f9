//! Which HTTP is spoken over TLS, and over how many connections.
//!
//! The feature `http2` of this crate is that of `chat`.

use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use chat::{ChatClient, ChatThreadClient, CommunicationTokenCredential, Transport};
use chat_tests::documents::version;
use chat_tests::mock::{THREAD, TOKEN};
use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Either, select};
use http::{Request, Response, Version};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio_rustls::TlsAcceptor;

/// How many requests a connection may have in flight, as the service says.
const STREAMS: u32 = 1000;

/// What greets clients, offering HTTP/2 and HTTP/1.1, and the certificate they are to trust.
fn tls() -> (TlsAcceptor, CertificateDer<'static>) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let certificate = made.cert.der().clone();
    let key = PrivateKeyDer::Pkcs8(made.signing_key.serialize_der().into());
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.clone()], key)
        .unwrap();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    (TlsAcceptor::from(Arc::new(config)), certificate)
}

fn thread_client(endpoint: &str, certificate: &CertificateDer<'_>) -> ChatThreadClient {
    let certificate = reqwest::Certificate::from_der(certificate).unwrap();
    let transport = Transport::builder()
        .http_client(move || reqwest::Client::builder().tls_certs_only([certificate.clone()]))
        .build()
        .unwrap();
    let credential = CommunicationTokenCredential::new(TOKEN).unwrap();
    ChatClient::builder(endpoint, credential)
        .transport(&transport)
        .build()
        .unwrap()
        .chat_thread_client(THREAD)
}

/// What came to the service.
#[derive(Default)]
struct Seen {
    connections: AtomicUsize,
    versions: Mutex<Vec<Version>>,
    /// Told when the connections there are fall silent, though nobody closes them.
    silence: Notify,
}

/// A service that stores every message it is sent, and offers HTTP/2 and HTTP/1.1.
struct Service {
    endpoint: String,
    certificate: CertificateDer<'static>,
    seen: Arc<Seen>,
}

/// What is done with a request, told by its number from 1, before it is answered: it waits, or its
/// stream is reset.
type Before = Arc<dyn Fn(usize) -> BoxFuture<'static, Result<(), h2::Error>> + Send + Sync>;

impl Service {
    async fn start<F>(before: impl Fn(usize) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<(), h2::Error>> + Send + 'static,
    {
        let before: Before = Arc::new(move |number| before(number).boxed());
        let (acceptor, certificate) = tls();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::<Seen>::default();
        let at_service = Arc::clone(&seen);
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                at_service.connections.fetch_add(1, Ordering::SeqCst);
                let serving = serve(
                    stream,
                    acceptor.clone(),
                    Arc::clone(&at_service),
                    before.clone(),
                );
                tokio::spawn(serving);
            }
        });
        Self {
            endpoint: format!("https://localhost:{port}"),
            certificate,
            seen,
        }
    }

    fn thread_client(&self) -> ChatThreadClient {
        thread_client(&self.endpoint, &self.certificate)
    }

    fn connections(&self) -> usize {
        self.seen.connections.load(Ordering::SeqCst)
    }

    fn versions(&self) -> Vec<Version> {
        self.seen.versions.lock().unwrap().clone()
    }
}

/// Serves one connection to its end.
async fn serve(stream: TcpStream, acceptor: TlsAcceptor, seen: Arc<Seen>, before: Before) {
    let Ok(stream) = acceptor.accept(stream).await else {
        return;
    };
    let is_http2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
    let silence = Arc::clone(&seen);
    let service = service_fn(move |request| store(request, Arc::clone(&seen), before.clone()));
    let stream = TokioIo::new(stream);
    // The client closes the connection as it likes.
    let serving = match is_http2 {
        true => http2::Builder::new(TokioExecutor::new())
            .max_concurrent_streams(STREAMS)
            .serve_connection(stream, service)
            .map(drop)
            .left_future(),
        false => http1::Builder::new()
            .serve_connection(stream, service)
            .map(drop)
            .right_future(),
    };
    if let Either::Right(((), _silent)) = select(serving, pin!(silence.silence.notified())).await {
        std::future::pending().await
    }
}

/// Stores a message under the number of the request.
async fn store(
    request: Request<Incoming>,
    seen: Arc<Seen>,
    before: Before,
) -> Result<Response<Full<Bytes>>, h2::Error> {
    let number = {
        let mut versions = seen.versions.lock().unwrap();
        versions.push(request.version());
        versions.len()
    };
    request.into_body().collect().await.unwrap();
    before(number).await?;
    let response = Response::builder()
        .status(201)
        .header("api-supported-versions", version("chat"))
        .body(Full::from(format!(r#"{{"id":"{number}"}}"#)));
    Ok(response.unwrap())
}

#[cfg(not(feature = "http2"))]
#[tokio::test]
async fn without_the_feature_http_1_1_is_spoken() {
    let service = Service::start(|_| async { Ok(()) }).await;
    service.thread_client().send_message("hello").await.unwrap();
    assert_eq!(service.versions(), [Version::HTTP_11]);
    assert_eq!(service.connections(), 1);
}

#[cfg(feature = "http2")]
mod http2_is_spoken {
    use std::collections::HashSet;

    use futures_util::future::try_join_all;
    use tokio::sync::{Barrier, oneshot};
    use tokio::time::Instant;

    use super::*;

    /// A request takes more bytes than this, and what else a client says takes fewer.
    const LEAST_REQUEST: usize = 200;

    #[tokio::test]
    async fn a_thousand_messages_at_once_go_over_one_connection() {
        // All have come before the first is answered.
        let all_have_come = Arc::new(Barrier::new(STREAMS as usize));
        let service = Service::start(move |number| {
            let all_have_come = Arc::clone(&all_have_come);
            async move {
                if number > 1 {
                    all_have_come.wait().await;
                }
                Ok(())
            }
        })
        .await;
        let thread = service.thread_client();
        // When this is done, it is known how many streams there may be.
        thread.send_message("the first").await.unwrap();

        let sends = (0..STREAMS).map(|number| thread.send_message(number.to_string()).send());
        let sent = try_join_all(sends).await.unwrap();

        let ids: HashSet<_> = sent.iter().map(|sent| sent.id().as_str()).collect();
        assert_eq!(ids.len(), STREAMS as usize);
        assert_eq!(service.connections(), 1);
        let versions = service.versions();
        assert_eq!(versions, vec![Version::HTTP_2; STREAMS as usize + 1]);
    }

    #[tokio::test]
    async fn a_message_that_is_refused_unread_is_sent_again() {
        let service = Service::start(|number| async move {
            match number {
                1 => Err(h2::Reason::REFUSED_STREAM.into()),
                _ => Ok(()),
            }
        })
        .await;
        let send = service.thread_client().send_message("hello");
        let sent = send.send_with_info().await.unwrap();
        assert_eq!(sent.value().id().as_str(), "2");
        assert_eq!(sent.info().retry_info().attempts(), 2);
    }

    #[tokio::test]
    async fn a_connection_that_gives_no_sign_of_life_is_given_up_and_the_next_message_has_another()
    {
        let service = Service::start(|_| async { Ok(()) }).await;
        let thread = service.thread_client();
        thread.send_message("hello").await.unwrap();
        service.seen.silence.notify_waiters();
        tokio::task::yield_now().await;

        tokio::time::pause();
        let start = Instant::now();
        let error = thread.send_message("hello").await.unwrap_err();
        assert!(error.is_outcome_unknown(), "{error}");
        assert_eq!(start.elapsed().as_secs(), 30);

        tokio::time::resume();
        thread.send_message("hello").await.unwrap();
        assert_eq!(service.connections(), 2);
    }

    /// Answers one request of a connection and, when the next one is there, closes the connection
    /// without looking at it; the next connection is served without end.
    async fn close_before_the_second_request(
        listener: TcpListener,
        acceptor: TlsAcceptor,
        first_is_done: oneshot::Receiver<()>,
    ) {
        let answer = |mut respond: h2::server::SendResponse<Bytes>, id| {
            let response = Response::builder().status(201);
            let response = response.header("api-supported-versions", version("chat"));
            let mut body = respond
                .send_response(response.body(()).unwrap(), false)
                .unwrap();
            body.send_data(Bytes::from(format!(r#"{{"id":"{id}"}}"#)), true)
                .unwrap();
        };
        let (stream, _) = listener.accept().await.unwrap();
        let stream = stream.into_std().unwrap();
        let socket = stream.try_clone().unwrap();
        let stream = TcpStream::from_std(stream).unwrap();
        let stream = acceptor.accept(stream).await.unwrap();
        let mut first = h2::server::handshake(stream).await.unwrap();
        let (_, respond) = first.accept().await.unwrap().unwrap();
        answer(respond, 1);
        let _ = select(pin!(first.accept()), first_is_done).await;
        while socket.peek(&mut [0; 1024]).unwrap_or(0) < LEAST_REQUEST {
            tokio::task::yield_now().await;
        }
        first.abrupt_shutdown(h2::Reason::NO_ERROR);
        let _ = first.accept().await;

        let (stream, _) = listener.accept().await.unwrap();
        let stream = acceptor.accept(stream).await.unwrap();
        let mut second = h2::server::handshake(stream).await.unwrap();
        let (_, respond) = second.accept().await.unwrap().unwrap();
        answer(respond, 2);
        let _ = second.accept().await;
    }

    #[tokio::test]
    async fn a_message_that_a_closing_connection_does_not_take_is_sent_again_over_another() {
        let (acceptor, certificate) = tls();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!(
            "https://localhost:{}",
            listener.local_addr().unwrap().port()
        );
        let (done, first_is_done) = oneshot::channel();
        let serving = close_before_the_second_request(listener, acceptor, first_is_done);
        tokio::spawn(serving);
        let thread = thread_client(&endpoint, &certificate);
        thread.send_message("one").await.unwrap();
        done.send(()).unwrap();

        let sent = thread.send_message("two").send_with_info().await.unwrap();

        assert_eq!(sent.value().id().as_str(), "2");
        assert_eq!(sent.info().retry_info().attempts(), 2);
    }

    #[tokio::test]
    async fn whether_a_message_was_stored_is_not_known_where_its_stream_is_reset() {
        let service = Service::start(|_| async { Err(h2::Reason::INTERNAL_ERROR.into()) }).await;
        let send = service.thread_client().send_message("hello");
        let error = send.await.unwrap_err();
        assert!(error.is_outcome_unknown(), "{error}");
        assert_eq!(service.versions().len(), 1);
    }
}
