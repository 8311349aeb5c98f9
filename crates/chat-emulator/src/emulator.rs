//! A running emulator.

use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::runtime::Runtime;
use tokio::sync::oneshot;

use crate::archive::ArchiveError;
use crate::control::{self, Controlled, Hosts};
use crate::data::DataError;
use crate::event_grid::{CheckedSubscription, EventGrid, InvalidSubscription};
use crate::http::cors::AllowedOrigins;
use crate::http::listener::{Listener, MAX_CONNECTIONS, Stop};
use crate::http::router;
use crate::http::state::AppState;
use crate::http::tls::Acceptor;
use crate::http::tls_error::TlsError;
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
    certificate: Option<String>,
    pub(crate) state: Arc<AppState>,
    pub(crate) event_grid: Arc<EventGrid>,
    seeded_users: Vec<SeededUser>,
    server: Option<Server>,
}

/// The thread that serves, and how to end it.
struct Server {
    stop: oneshot::Sender<Stop>,
    thread: JoinHandle<()>,
}

impl Emulator {
    /// What the clients take: `endpoint=http://127.0.0.1:PORT/;accesskey=BASE64`, or with `https` or the
    /// public URL where these were asked for. It contains the access key.
    pub fn connection_string(&self) -> String {
        connection_string(&self.endpoint, &self.access_key)
    }

    /// The URL of the service, as in the connection string: `http://127.0.0.1:PORT/`.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// The URL of the control API, if it was asked for: `http://127.0.0.1:PORT/`.
    pub fn control_url(&self) -> Option<&str> {
        self.control_url.as_deref()
    }

    /// The certificate that clients have to trust, in PEM, where one was made on start
    /// (`EmulatorBuilder::self_signed_tls`).
    pub fn certificate(&self) -> Option<&str> {
        self.certificate.as_deref()
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
    /// carried out before this returns, and attempts to deliver events that are due then are
    /// made soon after.
    pub fn advance_clock(&self, by: Duration) {
        self.state.advance_clock(by);
        self.event_grid.clock_moved();
    }

    /// Ends the emulator once requests under way have been answered, for which they have five seconds. Events
    /// that are due to be delivered by then have another five; those that wait for another attempt are lost.
    /// Dropping it ends it at once.
    pub async fn shutdown(mut self) {
        if let Some(Server { stop, thread }) = self.server.take() {
            // No poll keeps it from ending.
            self.state.notifications.close();
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

    pub(crate) fn launch(launch: Launch) -> Result<Self, StartError> {
        let Launch {
            listener,
            tls,
            certificate,
            public_url,
            allowed_origins,
            control,
            state,
            access_key,
            seeded_users,
            event_grid: subscription,
        } = launch;
        let address = listener.local_addr().map_err(StartError::Runtime)?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(workers())
            .thread_name("chat-emulator")
            .enable_all()
            .build()
            .map_err(StartError::Runtime)?;
        let entered = runtime.enter();
        let state = Arc::new(state);
        state.notifications.run_on(runtime.handle().clone());
        let event_grid = EventGrid::new(Arc::clone(&state), runtime.handle().clone());
        let event_grid = Arc::new(event_grid);
        if let Some(subscription) = subscription {
            event_grid.subscribe(subscription)?;
        }
        let scheme = if tls.is_some() { "https" } else { "http" };
        let endpoint = public_url.unwrap_or_else(|| url(scheme, address));
        let connection_string = connection_string(&endpoint, &access_key);
        let mut control_url = None;
        if let Some((socket, allowed)) = control {
            let bound = socket.local_addr().map_err(StartError::Runtime)?;
            control_url = Some(url("http", bound));
            let hosts = Hosts {
                bound: bound.ip(),
                allowed,
            };
            let listener = Listener {
                socket: asynchronous(socket)?,
                tls: None,
                logged: false,
                most_connections: MAX_CONNECTIONS,
            };
            // It ends with the runtime: a command under way changes nothing that outlives it.
            let controlled = Controlled {
                state: Arc::clone(&state),
                event_grid: Arc::clone(&event_grid),
            };
            let router = control::router(controlled, &connection_string, hosts);
            runtime.spawn(listener.serve_forever(router));
        }
        let listener = Listener {
            socket: asynchronous(listener)?,
            tls,
            logged: true,
            most_connections: MAX_CONNECTIONS,
        };
        let (stop, stopped) = oneshot::channel();
        let service = router::service(&state, allowed_origins);
        drop(entered);
        let serving = {
            let event_grid = Arc::clone(&event_grid);
            let notifications = Arc::clone(&state.notifications);
            async move {
                if let Stop::Graceful = listener.serve(service, stopped).await {
                    notifications.closed().await;
                }
                event_grid.finish().await;
            }
        };
        let thread = std::thread::Builder::new()
            .name("chat-emulator".to_owned())
            .spawn(move || run(runtime, serving))
            .map_err(StartError::Runtime)?;
        Ok(Self {
            address,
            endpoint,
            control_url,
            access_key,
            certificate,
            state,
            event_grid,
            seeded_users,
            server: Some(Server { stop, thread }),
        })
    }
}

/// What an emulator is launched with.
pub(crate) struct Launch {
    pub(crate) listener: TcpListener,
    pub(crate) tls: Option<Acceptor>,
    pub(crate) certificate: Option<String>,
    /// The endpoint for clients, if it is not the address.
    pub(crate) public_url: Option<String>,
    pub(crate) allowed_origins: AllowedOrigins,
    /// The socket of the control API, and the names besides its address by which it answers.
    pub(crate) control: Option<(TcpListener, Vec<String>)>,
    pub(crate) state: AppState,
    pub(crate) access_key: String,
    pub(crate) seeded_users: Vec<SeededUser>,
    pub(crate) event_grid: Option<CheckedSubscription>,
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

fn connection_string(endpoint: &str, access_key: &str) -> String {
    format!("endpoint={endpoint};accesskey={access_key}")
}

fn url(scheme: &str, address: SocketAddr) -> String {
    format!("{scheme}://{}/", reachable(address))
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
            self.event_grid.unsubscribe();
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
    /// The archive to be imported is damaged or cannot be served.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// The data file cannot be used.
    #[error(transparent)]
    Data(#[from] DataError),
    /// The public URL is not `http://HOST` or `https://HOST`, each with or without a port.
    #[error("the public URL {0:?} is not of the form https://HOST:PORT")]
    InvalidPublicUrl(String),
    /// An origin of pages is not of the form `https://HOST:PORT`, nor `*` for all.
    #[error("the origin {0:?} is not of the form https://HOST:PORT, nor * for all")]
    InvalidOrigin(String),
    /// The subscription to events makes no sense.
    #[error(transparent)]
    EventGrid(#[from] InvalidSubscription),
    /// The certificate or its key cannot be used.
    #[error(transparent)]
    Tls(#[from] TlsError),
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
        check::<StartError>();
    }
}
