//! `/export`

use std::io::{self, BufWriter, Write};
use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use tokio::sync::mpsc;

use crate::archive;
use crate::http::state::AppState;
use crate::store::Clock;

/// So many bytes go out at once.
const CHUNK: usize = 64 * 1024;

/// An archive of what is known now, as a tar file. It is made while it is sent.
pub(super) async fn export(State(state): State<Arc<AppState>>) -> Response {
    let known = state.snapshot().store;
    let now = state.clock.now();
    let (sender, receiver) = mpsc::channel(4);
    tokio::task::spawn_blocking(move || {
        let chunks = BufWriter::with_capacity(CHUNK, Chunks(sender.clone()));
        if let Err(error) = archive::write_tar(&known, now, chunks) {
            // Whoever asked sees that it is cut off, unless it has gone away.
            let _ = sender.blocking_send(Err(error));
        }
    });
    let chunks = stream::unfold(receiver, |mut receiver| async {
        let chunk = receiver.recv().await?;
        Some((chunk, receiver))
    });
    let headers = [
        (CONTENT_TYPE, "application/x-tar"),
        (
            CONTENT_DISPOSITION,
            "attachment; filename=\"chat-archive.tar\"",
        ),
    ];
    (headers, Body::from_stream(chunks)).into_response()
}

/// Passes on what is written.
struct Chunks(mpsc::Sender<io::Result<Bytes>>);

impl Write for Chunks {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0
            .blocking_send(Ok(Bytes::copy_from_slice(bytes)))
            .map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
