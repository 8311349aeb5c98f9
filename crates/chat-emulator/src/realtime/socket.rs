//! A websocket of a client, from its upgrade to its end.

use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::{Instant, MissedTickBehavior};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};

use crate::http::socket::Aborter;

use super::connecting::HEARTBEAT;
use super::connection::{End, Signals};
use super::hub::Hub;
use super::traffic::Served;

/// More than any packet of a client has.
const MAX_PACKET: usize = 1024 * 1024;
/// How often a client is told that something was lost, until it acknowledges that.
const REMIND_EVERY: Duration = Duration::from_secs(10);
/// How long a client may be silent. It pings more often.
const SILENCE: Duration = Duration::from_secs(HEARTBEAT);

/// Serves the connection `number` over the socket that the upgrade gives.
pub(super) async fn serve(served: Served, upgrade: OnUpgrade, aborter: Aborter) {
    let Served { hub, number } = &served;
    let Some(signals) = hub.signals(*number) else {
        return;
    };
    let Ok(upgraded) = upgrade.await else {
        return;
    };
    let config = WebSocketConfig::default()
        .max_message_size(Some(MAX_PACKET))
        .max_frame_size(Some(MAX_PACKET));
    let io = TokioIo::new(upgraded);
    let socket = WebSocketStream::from_raw_socket(io, Role::Server, Some(config)).await;
    tokio::select! {
        () = talk(hub, *number, &signals, socket, &aborter) => {}
        // Whatever it is that is being sent: the client may take nothing any more.
        () = signals.cut.notified() => aborter.abort(),
    }
}

pub(super) async fn talk<S: AsyncRead + AsyncWrite + Unpin>(
    hub: &Arc<Hub>,
    number: u64,
    signals: &Signals,
    mut socket: WebSocketStream<S>,
    aborter: &Aborter,
) {
    let mut reminder = tokio::time::interval(REMIND_EVERY);
    reminder.set_missed_tick_behavior(MissedTickBehavior::Delay);
    // The first tick comes at once, when the client has just been told.
    reminder.tick().await;
    loop {
        let (packets, end) = hub.take(number);
        for packet in packets {
            if socket.send(Message::text(packet)).await.is_err() {
                return;
            }
        }
        match end {
            None => {}
            Some(End::Cut) => return aborter.abort(),
            Some(End::Closed) => {
                // A client that is gone needs no farewell.
                let _ = socket.close(None).await;
                return;
            }
        }
        let heard = hub.heard(number).unwrap_or_else(Instant::now);
        tokio::select! {
            () = signals.wake.notified() => {}
            message = socket.next() => match message {
                Some(Ok(Message::Text(text))) => hub.receive(number, &text),
                Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                Some(Ok(_)) => hub.hear(number),
            },
            _ = reminder.tick() => hub.remind(number),
            () = tokio::time::sleep_until(heard + SILENCE) => {
                tracing::debug!("a client of notifications has been silent for too long");
                return;
            }
        }
    }
}
