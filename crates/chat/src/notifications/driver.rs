//! Carries out what the session says, and tells it what has happened.

use std::collections::VecDeque;
use std::future::Future;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_core::future::BoxFuture;
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use super::allocation::Allocation;
use super::event::NotificationEvent;
use super::failure::Failure;
use super::hub::Hub;
use super::service::{OpenSocket, Service};
use super::session::{Input, Number, Opened, Output, Session};
use super::socket;
use crate::clock::Clock;
use crate::error::Error;

/// How many frames may wait to be read. The socket waits for room.
const INCOMING: usize = 64;

/// How long the end may take: closing the sockets, and ending the registration.
const END_TIMEOUT: Duration = Duration::from_secs(5);

/// A request that is being made for a connection.
type InFlight<T> = Option<(Number, BoxFuture<'static, Result<T, Failure>>)>;

/// A frame, and the connection it came from.
type Received = (Number, String);

/// Drives one session, in a task of its own.
pub(super) struct Driver {
    session: Session,
    service: Arc<Service>,
    clock: Arc<dyn Clock>,
    hub: EndHub,
    /// Resolves when the session is to end.
    stop: oneshot::Receiver<()>,
    opening: InFlight<OpenSocket>,
    registering: InFlight<Option<Duration>>,
    sockets: Vec<OpenedSocket>,
    /// Connections whose socket is gone. Their last frames come first.
    lost: VecDeque<Number>,
    frames: (mpsc::Sender<Received>, mpsc::Receiver<Received>),
    /// What was registered last.
    registered: Option<Arc<Allocation>>,
    alarm: Option<(Instant, BoxFuture<'static, ()>)>,
}

struct OpenedSocket {
    number: Number,
    /// Nothing once it is being closed.
    outgoing: Option<mpsc::Sender<String>>,
    running: BoxFuture<'static, ()>,
}

/// Tells the readers that nothing comes any more, whatever becomes of the task.
struct EndHub(Arc<Hub>);

impl Drop for EndHub {
    fn drop(&mut self) {
        self.0.end(None);
    }
}

impl Driver {
    pub(super) fn new(
        service: Service,
        session: Session,
        clock: Arc<dyn Clock>,
        hub: Arc<Hub>,
        stop: oneshot::Receiver<()>,
    ) -> Self {
        Self {
            session,
            service: Arc::new(service),
            clock,
            hub: EndHub(hub),
            stop,
            opening: None,
            registering: None,
            sockets: Vec::new(),
            lost: VecDeque::new(),
            frames: mpsc::channel(INCOMING),
            registered: None,
            alarm: None,
        }
    }

    /// Runs until it is stopped, or can't go on.
    pub(super) async fn run(mut self) {
        let mut input = Input::Begin;
        let error = 'end: loop {
            let (now, chance) = (self.clock.instant(), self.clock.fraction());
            for output in self.session.take(input, now, chance) {
                if let Output::End(error) = output {
                    break 'end error;
                }
                self.act(output);
            }
            input = std::future::poll_fn(|cx| self.poll_input(cx)).await;
        };
        self.end(error).await;
    }

    fn act(&mut self, output: Output) {
        match output {
            Output::Open(number, allocation) => {
                let service = Arc::clone(&self.service);
                let opening = async move { service.open(number, allocation).await };
                self.opening = Some((number, Box::pin(opening)));
            }
            Output::Send(number, text) => self.send(number, text),
            Output::Close(number) => {
                let mut sockets = self.sockets.iter_mut();
                if let Some(socket) = sockets.find(|socket| socket.number == number) {
                    socket.outgoing = None;
                }
            }
            Output::Register(number, allocation, ttl) => {
                self.registered = Some(Arc::clone(&allocation));
                let service = Arc::clone(&self.service);
                let registering = async move { service.register(&allocation, ttl).await };
                self.registering = Some((number, Box::pin(registering)));
            }
            Output::RefuseToken => self.service.refuse_token(),
            Output::Tell(event) => {
                log(&event);
                self.hub.0.tell(&event);
            }
            Output::End(_) => {}
        }
    }

    /// A socket that does not take what is sent is dropped, which ends it.
    fn send(&mut self, number: Number, text: String) {
        let mut sockets = self.sockets.iter();
        let Some(at) = sockets.position(|socket| socket.number == number) else {
            return;
        };
        let outgoing = self.sockets[at].outgoing.as_ref();
        if outgoing.is_some_and(|outgoing| outgoing.try_send(text).is_err()) {
            self.sockets[at].running = Box::pin(std::future::ready(()));
        }
    }

    fn poll_input(&mut self, cx: &mut Context<'_>) -> Poll<Input> {
        if std::pin::pin!(&mut self.stop).poll(cx).is_ready() {
            return Poll::Ready(Input::Stop);
        }
        let lost = &mut self.lost;
        self.sockets.retain_mut(|socket| {
            let is_gone = socket.running.as_mut().poll(cx).is_ready();
            if is_gone {
                lost.push_back(socket.number);
            }
            !is_gone
        });
        if let Poll::Ready(Some((number, text))) = self.frames.1.poll_recv(cx) {
            return Poll::Ready(Input::Received(number, text));
        }
        if let Some(number) = self.lost.pop_front() {
            return Poll::Ready(Input::Lost(number));
        }
        if let Some((number, opening)) = &mut self.opening
            && let Poll::Ready(result) = opening.as_mut().poll(cx)
        {
            let number = *number;
            self.opening = None;
            let result = result.map(|opened| self.opened(number, opened));
            return Poll::Ready(Input::Opened(number, result));
        }
        if let Some((number, registering)) = &mut self.registering
            && let Poll::Ready(result) = registering.as_mut().poll(cx)
        {
            let number = *number;
            self.registering = None;
            return Poll::Ready(Input::Registered(number, result));
        }
        self.poll_alarm(cx)
    }

    fn poll_alarm(&mut self, cx: &mut Context<'_>) -> Poll<Input> {
        let Some(due) = self.session.due() else {
            self.alarm = None;
            return Poll::Pending;
        };
        if self.alarm.as_ref().is_none_or(|(at, _)| *at != due) {
            let wait = due.saturating_duration_since(self.clock.instant());
            self.alarm = Some((due, self.clock.sleep(wait)));
        }
        let Some((_, alarm)) = &mut self.alarm else {
            return Poll::Pending;
        };
        match alarm.as_mut().poll(cx) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(()) => {
                self.alarm = None;
                Poll::Ready(Input::Tick)
            }
        }
    }

    fn opened(&mut self, number: Number, opened: OpenSocket) -> Opened {
        let (sender, outgoing) = socket::outgoing();
        let incoming = self.frames.0.clone();
        let running = socket::run(opened.socket, outgoing, incoming, move |text| {
            (number, text)
        });
        self.sockets.push(OpenedSocket {
            number,
            outgoing: Some(sender),
            running: Box::pin(running),
        });
        Opened {
            allocation: opened.allocation,
            heartbeat: opened.heartbeat,
        }
    }

    /// Closes what is open, and ends the registration.
    async fn end(mut self, error: Option<Error>) {
        if let Some(error) = &error {
            tracing::warn!(error = %error, "notifications have ended");
        }
        // A token that is refused here is refused there.
        let is_refused = error.as_ref().is_some_and(Error::is_unauthorized);
        self.hub.0.end(error);
        (self.opening, self.registering) = (None, None);
        let sockets = std::mem::take(&mut self.sockets);
        let closing = sockets.into_iter().map(|socket| {
            drop(socket.outgoing);
            socket.running
        });
        let closing = futures_util::future::join_all(closing);
        let registered = self.registered.take().filter(|_| !is_refused);
        let unregistering = async {
            if let Some(allocation) = registered {
                self.service.unregister(&allocation).await
            } else {
                Ok(())
            }
        };
        let ending = futures_util::future::join(closing, unregistering);
        if let Ok((_, Err(failure))) = tokio::time::timeout(END_TIMEOUT, ending).await {
            tracing::debug!(error = %failure.error, "the registration was not ended");
        }
    }
}

/// How the connection fares; what happens in threads is not for logs.
fn log(event: &NotificationEvent) {
    match event {
        NotificationEvent::Received(_) => {}
        NotificationEvent::Connected => tracing::debug!("notifications: connected"),
        NotificationEvent::Gap(reason) => tracing::debug!(?reason, "notifications: gap"),
        NotificationEvent::Disconnected(reason) => {
            tracing::debug!(?reason, "notifications: disconnected");
        }
    }
}
