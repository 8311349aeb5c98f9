//! How an emulator is set up.

use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::emulator::{Emulator, StartError};
use crate::front::Front;
use crate::journal::{self, Journal};
use crate::limits::{Capacity, EnforcedLimits, Limits};
use crate::seed::Seed;
use crate::service::Service;
use crate::store::{IdSource, MovableClock, RandomIds, Store};

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

    /// How many requests the [journal](Emulator::journal) keeps at most, 1,000 by default.
    pub fn journal_capacity(mut self, requests: usize) -> Self {
        self.journal_capacity = requests;
        self
    }

    /// Starts the emulator. When this returns it answers.
    ///
    /// # Errors
    /// When the address cannot be listened on, the access key is no base64, the seed breaks a rule of the
    /// service, or no thread can be started.
    pub async fn start(self) -> Result<Emulator, StartError> {
        // Nothing in here waits for anything; the method is async so that it may one day.
        self.start_blocking()
    }

    /// As [`Self::start`], for callers without a runtime.
    ///
    /// # Errors
    /// As for [`Self::start`].
    pub fn start_blocking(self) -> Result<Emulator, StartError> {
        let mut ids = RandomIds;
        let text = self.access_key.unwrap_or_else(|| new_access_key(&mut ids));
        let key = STANDARD.decode(&text).ok().filter(|key| !key.is_empty());
        let key = key.ok_or(StartError::InvalidAccessKey)?;
        let listener = listen(SocketAddr::new(self.host, self.port))?;
        let control = self
            .control_port
            .map(|port| listen(SocketAddr::new(self.host, port)))
            .transpose()?;
        let clock = Arc::new(MovableClock::default());
        let (limits, capacity) = (Limits::of(self.limits), Capacity::default());
        if let Some(seed) = &self.seed {
            seed.rehearse(Arc::clone(&clock) as _, limits.clone(), capacity.clone())?;
        }
        let ids_of_store = Box::new(RandomIds);
        let store = Store::new(Arc::clone(&clock) as _, ids_of_store, limits, capacity);
        let mut service = Service::new(store, key, &mut ids);
        if self.limits == EnforcedLimits::Service {
            service.limit_rates();
        }
        let users = match &self.seed {
            Some(seed) => service.plant(seed)?,
            None => Vec::new(),
        };
        let front = Front::new(service, clock, Journal::new(self.journal_capacity));
        Emulator::launch(listener, control, front, text, users)
    }
}

fn listen(address: SocketAddr) -> Result<TcpListener, StartError> {
    TcpListener::bind(address).map_err(|source| match source.kind() {
        io::ErrorKind::AddrInUse => StartError::AddressInUse(address),
        _ => StartError::Bind { address, source },
    })
}

/// A key of 64 bytes, as long as the service's.
fn new_access_key(ids: &mut dyn IdSource) -> String {
    let bytes: Vec<u8> = (0..4).flat_map(|_| ids.next().into_bytes()).collect();
    STANDARD.encode(bytes)
}

impl fmt::Debug for EmulatorBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EmulatorBuilder")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("control_port", &self.control_port)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}
