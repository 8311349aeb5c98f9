//! TLS, and HTTP/2 where a client asks for it.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::serving::{self, Handler, READ_TIMEOUT, Responder, Stopping};
use super::socket::Socket;
use super::tls_error::TlsError;

const HTTP_2: &[u8] = b"h2";
const HTTP_1_1: &[u8] = b"http/1.1";

/// Greets the clients of one listener.
#[derive(Clone)]
pub(crate) struct Acceptor(TlsAcceptor);

/// A connection that has been greeted.
pub(super) struct Accepted(TlsStream<Socket>);

/// Where the certificate is from.
#[derive(Clone, Debug)]
pub(crate) enum TlsSetting {
    /// Two PEM files.
    Files { certificate: PathBuf, key: PathBuf },
    /// Made on start.
    SelfSigned,
}

impl TlsSetting {
    /// What greets clients that call by one of `names`, and the certificate that they have to trust if it was
    /// made for them.
    pub(crate) fn acceptor(
        &self,
        names: &[String],
    ) -> Result<(Acceptor, Option<String>), TlsError> {
        match self {
            Self::Files { certificate, key } => {
                Acceptor::from_files(certificate, key).map(|acceptor| (acceptor, None))
            }
            Self::SelfSigned => {
                let SelfSigned {
                    authority,
                    certificate,
                    key,
                } = SelfSigned::new(names).map_err(|error| TlsError::Unusable(error.into()))?;
                let acceptor = Acceptor::new(vec![certificate], key)?;
                Ok((acceptor, Some(authority)))
            }
        }
    }
}

/// A certificate for this run, and the authority that has signed it: what a client trusts must be an authority
/// for some, and what it talks to must be none for others.
struct SelfSigned {
    /// In PEM.
    authority: String,
    certificate: CertificateDer<'static>,
    key: PrivateKeyDer<'static>,
}

impl SelfSigned {
    fn new(names: &[String]) -> Result<Self, rcgen::Error> {
        let mut authority = CertificateParams::default();
        let name = &mut authority.distinguished_name;
        name.push(DnType::CommonName, "chat-emulator, made on start");
        authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let authority_key = KeyPair::generate()?;
        let pem = authority.self_signed(&authority_key)?.pem();
        let issuer = Issuer::new(authority, authority_key);

        let mut leaf = CertificateParams::new(names)?;
        leaf.distinguished_name
            .push(DnType::CommonName, "chat-emulator");
        leaf.use_authority_key_identifier_extension = true;
        leaf.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let key = KeyPair::generate()?;
        let certificate = leaf.signed_by(&key, &issuer)?;
        Ok(Self {
            authority: pem,
            certificate: certificate.der().clone(),
            key: PrivateKeyDer::Pkcs8(key.serialize_der().into()),
        })
    }
}

impl Acceptor {
    /// Speaks TLS with the certificate chain and the key of two PEM files.
    pub(crate) fn from_files(certificate: &Path, key: &Path) -> Result<Self, TlsError> {
        let error = |what, path: &Path| {
            let path = path.to_owned();
            move |source: pem::Error| TlsError::File {
                what,
                path,
                source: source.into(),
            }
        };
        let chain = CertificateDer::pem_file_iter(certificate)
            .and_then(|certificates| certificates.collect::<Result<Vec<_>, _>>())
            .map_err(error("the certificate", certificate))?;
        let key = PrivateKeyDer::from_pem_file(key).map_err(error("the key", key))?;
        Self::new(chain, key)
    }

    fn new(
        chain: Vec<CertificateDer<'static>>,
        key: PrivateKeyDer<'static>,
    ) -> Result<Self, TlsError> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .and_then(|config| config.with_no_client_auth().with_single_cert(chain, key))
            .map_err(|error| TlsError::Unusable(error.into()))?;
        config.alpn_protocols = vec![HTTP_2.to_vec(), HTTP_1_1.to_vec()];
        Ok(Self(TlsAcceptor::from(Arc::new(config))))
    }

    pub(super) async fn accept(&self, socket: Socket) -> io::Result<Accepted> {
        self.0.accept(socket).await.map(Accepted)
    }
}

impl Accepted {
    pub(super) async fn serve<H: Handler>(
        self,
        responder: Responder<H>,
        stopping: Stopping,
    ) -> serving::Result {
        let (_, session) = self.0.get_ref();
        if session.alpn_protocol() != Some(HTTP_2) {
            return serving::http1(self.0, responder, stopping).await;
        }
        let respond = service_fn(move |request| responder.clone().respond(request));
        let connection = http2::Builder::new(TokioExecutor::new())
            .timer(TokioTimer::new())
            // Finds out about peers that are gone.
            .keep_alive_interval(READ_TIMEOUT)
            .serve_connection(TokioIo::new(self.0), respond);
        serving::until_stopped(connection, |it| it.graceful_shutdown(), stopping).await
    }
}

impl fmt::Debug for Acceptor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Acceptor").finish_non_exhaustive()
    }
}
