//! How an emulator is set up.

use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tokio::sync::oneshot;

use crate::api::service::Service;
use crate::data::{Opened, Writer};
use crate::emulator::{Emulator, StartError};
use crate::http::front::Front;
use crate::http::journal::{self, Journal};
use crate::seed::Seed;
use crate::store::MovableClock;
use crate::store::limits::{Capacity, EnforcedLimits, Limits};

/// The port on which the program listens when it is not told another.
pub const DEFAULT_PORT: u16 = 10100;

/// Sets up an [`Emulator`]: each setting has a default, and nothing happens before [`Self::start`].
#[derive(Clone)]
#[must_use = "an emulator starts with start() or start_blocking()"]
pub struct EmulatorBuilder {
    host: IpAddr,
    port: u16,
    control_port: Option<u16>,
    access_key: Option<String>,
    limits: EnforcedLimits,
    seed: Option<Seed>,
    data: Option<PathBuf>,
    journal_capacity: usize,
}

impl EmulatorBuilder {
    pub(crate) fn new() -> Self {
        Self {
            host: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port: 0,
            control_port: None,
            access_key: None,
            limits: EnforcedLimits::default(),
            seed: None,
            data: None,
            journal_capacity: journal::DEFAULT_CAPACITY,
        }
    }

    /// The port to listen on; 0, the default here, is any that is free.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// The port of the control API, at the same address; 0 is any that is free. Without this there is none.
    /// Whoever reaches it may command the emulator.
    pub fn control_port(mut self, port: u16) -> Self {
        self.control_port = Some(port);
        self
    }

    /// The address to listen on, 127.0.0.1 by default. The service speaks plain HTTP: any other address
    /// lets others read what is sent.
    pub fn host(mut self, host: impl Into<IpAddr>) -> Self {
        self.host = host.into();
        self
    }

    /// The access key in base64; a new one is made when none is given.
    pub fn access_key(mut self, key: impl Into<String>) -> Self {
        self.access_key = Some(key.into());
        self
    }

    /// Which of the limits that the service documents are enforced: [`EnforcedLimits::Sizes`] by default.
    pub fn limits(mut self, limits: EnforcedLimits) -> Self {
        self.limits = limits;
        self
    }

    /// What the emulator knows from its start; [`Emulator::seeded_users`] then has the tokens.
    pub fn seed(mut self, seed: Seed) -> Self {
        self.seed = Some(seed);
        self
    }

    /// The file in which the state survives the emulator, and from which it continues if there is one:
    /// users and their tokens, threads, messages, the access key and how far the clock was moved. Nothing
    /// is answered before it is on the disk. Only one emulator at a time can use a file.
    ///
    /// A seed is only planted into a new file; its users then keep their ids.
    pub fn data(mut self, path: impl Into<PathBuf>) -> Self {
        self.data = Some(path.into());
        self
    }

    /// How many requests the [journal](Emulator::journal) keeps at most, 1,000 by default.
    pub fn journal_capacity(mut self, requests: usize) -> Self {
        self.journal_capacity = requests;
        self
    }

    /// Starts the emulator. When this returns it answers.
    ///
    /// # Errors
    /// When the address cannot be listened on, the access key is no base64, the seed breaks a rule of the
    /// service, the data file cannot be used, or no thread can be started.
    pub async fn start(self) -> Result<Emulator, StartError> {
        if self.data.is_none() {
            // Nothing waits for anything.
            return self.start_blocking();
        }
        let (started, outcome) = oneshot::channel();
        // A large file takes its time, and the caller's runtime must not wait for it.
        std::thread::Builder::new()
            .name("chat-emulator-start".to_owned())
            .spawn(move || {
                // Nobody listens when the caller has given up.
                let _ = started.send(self.start_blocking());
            })
            .map_err(StartError::Runtime)?;
        match outcome.await {
            Ok(outcome) => outcome,
            Err(_) => Err(StartError::Runtime(io::Error::other(
                "the start was aborted",
            ))),
        }
    }

    /// As [`Self::start`], for callers without a runtime.
    ///
    /// # Errors
    /// As for [`Self::start`].
    pub fn start_blocking(self) -> Result<Emulator, StartError> {
        let access_key = self.access_key.as_deref().map(decode).transpose()?;
        let listener = listen(SocketAddr::new(self.host, self.port))?;
        let control = self
            .control_port
            .map(|port| listen(SocketAddr::new(self.host, port)))
            .transpose()?;
        let clock = Arc::new(MovableClock::default());
        let limits = Limits::of(self.limits);
        if let Some(seed) = &self.seed {
            seed.rehearse(Arc::clone(&clock) as _, limits.clone(), Capacity::default())?;
        }
        let mut opened = Opened::new(self.data.as_deref(), access_key, &clock, limits)?;
        let grants = match &self.seed {
            Some(seed) => seed.plant(&mut opened.store)?,
            None => Vec::new(),
        };
        opened.write()?;
        let Opened { store, keys, file } = opened;
        let access_key = STANDARD.encode(&keys.access_key);
        let mut service = Service::new(store, keys);
        if self.limits == EnforcedLimits::Service {
            service.limit_rates();
        }
        if let Some(file) = file {
            service.write_to(Writer::start(file).map_err(StartError::Runtime)?);
        }
        let users = service.seeded(grants);
        let front = Front::new(service, clock, Journal::new(self.journal_capacity));
        Emulator::launch(listener, control, front, access_key, users)
    }
}

fn listen(address: SocketAddr) -> Result<TcpListener, StartError> {
    TcpListener::bind(address).map_err(|source| match source.kind() {
        io::ErrorKind::AddrInUse => StartError::AddressInUse(address),
        _ => StartError::Bind { address, source },
    })
}

fn decode(access_key: &str) -> Result<Vec<u8>, StartError> {
    let key = STANDARD.decode(access_key).ok();
    key.filter(|key| !key.is_empty())
        .ok_or(StartError::InvalidAccessKey)
}

impl fmt::Debug for EmulatorBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EmulatorBuilder")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("control_port", &self.control_port)
            .field("limits", &self.limits)
            .field("data", &self.data)
            .finish_non_exhaustive()
    }
}
