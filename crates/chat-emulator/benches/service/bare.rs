//! A server of the same framework that does nothing: it answers every request with the same JSON.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};

use axum::Router;
use http::StatusCode;
use http::header::{CONTENT_TYPE, HeaderName};
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;

use super::Result;

/// As long as what a sent message is answered with.
const BODY: &str = r#"{"id":"1767225600250"}"#;

/// It runs until the process ends, on as many threads as the emulator would.
#[derive(Debug)]
pub(crate) struct BareServer {
    pub(crate) address: SocketAddr,
}

impl BareServer {
    pub(crate) fn start() -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let cores = std::thread::available_parallelism()?.get();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(cores.min(4))
            .enable_all()
            .build()?;
        std::thread::spawn(move || runtime.block_on(serve(listener)));
        Ok(Self { address })
    }
}

async fn serve(listener: TcpListener) -> std::io::Result<()> {
    let listener = tokio::net::TcpListener::from_std(listener)?;
    let service = Router::<()>::new().fallback(answer);
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let service = TowerToHyperService::new(service.clone());
        let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
        tokio::spawn(connection);
    }
}

async fn answer() -> (StatusCode, [(HeaderName, &'static str); 1], &'static str) {
    let json = "application/json; charset=utf-8";
    (StatusCode::CREATED, [(CONTENT_TYPE, json)], BODY)
}
