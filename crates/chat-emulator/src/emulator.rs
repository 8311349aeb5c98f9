//! A running emulator.

use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::runtime::Runtime;
use tokio::sync::oneshot;

use crate::builder::EmulatorBuilder;
use crate::control::Control;
use crate::data::DataError;
use crate::http::front::Front;
use crate::http::server::{self, Stop};
use crate::seed::{SeedError, SeededUser};

/// The service, running in this process until it is dropped.
///
/// It has a thread and a runtime of its own. So it answers while the caller's runtime is blocked, it works
/// from tests that have no runtime, and dropping it ends it wherever that happens. Nothing is shared
/// between two emulators: users, threads and tokens of one are unknown to the other.
pub struct Emulator {
    address: SocketAddr,
    endpoint: String,
    control_url: Option<String>,
    access_key: String,
    pub(crate) front: Arc<Front>,
    seeded_users: Vec<SeededUser>,
    server: Option<Server>,
}

/// The thread that serves, and how to end it.
struct Server {
    stop: oneshot::Sender<Stop>,
    thread: JoinHandle<()>,
}

impl Emulator {
    /// Starts an emulator on a free port of 127.0.0.1.
    ///
    /// # Errors
    /// When no port can be bound or no thread can be started.
    pub async fn start() -> Result<Self, StartError> {
        Self::builder().start().await
    }

    /// Begins to configure an emulator.
    pub fn builder() -> EmulatorBuilder {
        EmulatorBuilder::new()
    }

    /// What the clients take: `endpoint=http://127.0.0.1:PORT/;accesskey=BASE64`. It contains the access
    /// key.
    pub fn connection_string(&self) -> String {
        format!("endpoint={};accesskey={}", self.endpoint, self.access_key)
    }

    /// The URL of the service, as in the connection string: `http://127.0.0.1:PORT/`.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// The URL of the control API, if it was asked for: `http://127.0.0.1:PORT/`.
    pub fn control_url(&self) -> Option<&str> {
        self.control_url.as_deref()
    }

    /// The access key in base64, as in the connection string.
    pub fn access_key(&self) -> &str {
        &self.access_key
    }

    /// The users of the seed it was started with, in the order of the seed.
    pub fn seeded_users(&self) -> &[SeededUser] {
        &self.seeded_users
    }

    /// The address that is listened on.
    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// Moves the service's clock forward, for good: tokens expire and threads reach their retention age
    /// without anyone waiting. The dates of signed requests and the `date` of answers stay with the
    /// machine's clock, so clients need not be moved along. Requests that a fault has put off until then are
    /// carried out before this returns.
    pub fn advance_clock(&self, by: Duration) {
        self.front.advance_clock(by);
    }

    /// Ends the emulator once requests under way have been answered, for which they have five seconds.
    /// Dropping it ends it at once.
    pub async fn shutdown(mut self) {
        if let Some(Server { stop, thread }) = self.server.take() {
            // A server that has ended already does not listen for this.
            let _ = stop.send(Stop::Graceful);
            let (ended, wait) = oneshot::channel::<()>();
            // The thread is joined on another one: the caller's runtime must not wait for it.
            std::thread::spawn(move || {
                let _ = thread.join();
                drop(ended);
            });
            let _ = wait.await;
        }
    }

    pub(crate) fn launch(
        listener: TcpListener,
        control: Option<TcpListener>,
        front: Front,
        access_key: String,
        seeded_users: Vec<SeededUser>,
    ) -> Result<Self, StartError> {
        let address = listener.local_addr().map_err(StartError::Runtime)?;
        let control_address = control
            .as_ref()
            .map(TcpListener::local_addr)
            .transpose()
            .map_err(StartError::Runtime)?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(workers())
            .thread_name("chat-emulator")
            .enable_all()
            .build()
            .map_err(StartError::Runtime)?;
        let (listener, control) = {
            let _guard = runtime.enter();
            (
                asynchronous(listener)?,
                control.map(asynchronous).transpose()?,
            )
        };
        let (stop, stopped) = oneshot::channel();
        let front = Arc::new(front);
        if let Some(control) = control {
            let handler = Arc::new(Control::new(Arc::clone(&front)));
            // It ends with the runtime: a command under way changes nothing that outlives it.
            runtime.spawn(server::serve_forever(control, handler));
        }
        let handler = Arc::clone(&front);
        let thread = std::thread::Builder::new()
            .name("chat-emulator".to_owned())
            .spawn(move || run(runtime, server::serve(listener, handler, stopped)))
            .map_err(StartError::Runtime)?;
        Ok(Self {
            address,
            endpoint: url(address),
            control_url: control_address.map(url),
            access_key,
            front,
            seeded_users,
            server: Some(Server { stop, thread }),
        })
    }
}

fn run(runtime: Runtime, server: impl Future<Output = ()>) {
    runtime.block_on(server);
    // Connections that are still open are idle, or were given up; nothing in them takes long.
    runtime.shutdown_timeout(Duration::from_secs(1));
}

/// Few: there may be an emulator in each of many tests that run at once.
fn workers() -> usize {
    std::thread::available_parallelism().map_or(1, |cores| cores.get().min(4))
}

fn asynchronous(listener: TcpListener) -> Result<tokio::net::TcpListener, StartError> {
    listener
        .set_nonblocking(true)
        .map_err(StartError::Runtime)?;
    tokio::net::TcpListener::from_std(listener).map_err(StartError::Runtime)
}

fn url(address: SocketAddr) -> String {
    format!("http://{}/", reachable(address))
}

/// Where a client on this machine finds a server that listens on `address`.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

impl Drop for Emulator {
    fn drop(&mut self) {
        if let Some(Server { stop, thread }) = self.server.take() {
            // Neither can fail in a way that matters: a server that has ended needs no stopping, and one
            // that has panicked has said so.
            let _ = stop.send(Stop::Now);
            let _ = thread.join();
        }
    }
}

impl fmt::Debug for Emulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Emulator")
            .field("endpoint", &self.endpoint)
            .finish_non_exhaustive()
    }
}

/// Why an emulator did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// Another program listens on the address.
    #[error("{0} is in use; choose another port, or 0 for any that is free")]
    AddressInUse(SocketAddr),
    /// The address cannot be listened on for another reason.
    #[error("cannot listen on {address}")]
    Bind {
        /// The address that was asked for.
        address: SocketAddr,
        /// What the operating system says.
        source: io::Error,
    },
    /// The access key is empty or no base64.
    #[error("the access key is not valid base64 of at least one byte")]
    InvalidAccessKey,
    /// The seed breaks a rule of the service.
    #[error(transparent)]
    Seed(#[from] SeedError),
    /// The data file cannot be used.
    #[error(transparent)]
    Data(#[from] DataError),
    /// No thread or no runtime could be started.
    #[error("the server could not be started")]
    Runtime(#[source] io::Error),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unspecified_address_is_reached_over_loopback() {
        for (listened, reached) in [
            ("0.0.0.0:1", "127.0.0.1:1"),
            ("[::]:1", "[::1]:1"),
            ("127.0.0.1:1", "127.0.0.1:1"),
            ("192.0.2.7:1", "192.0.2.7:1"),
        ] {
            assert_eq!(reachable(listened.parse().unwrap()).to_string(), reached);
        }
    }

    #[test]
    fn an_emulator_can_be_sent_and_shared() {
        fn check<T: Send + Sync + 'static>() {}
        check::<Emulator>();
        check::<EmulatorBuilder>();
        check::<StartError>();
    }
}
