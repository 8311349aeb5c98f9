//! How an emulator is set up.

use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::emulator::{Emulator, StartError};
use crate::limits::{Capacity, EnforcedLimits, Limits};
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
    access_key: Option<String>,
    limits: EnforcedLimits,
}

impl EmulatorBuilder {
    pub(crate) fn new() -> Self {
        Self {
            host: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port: 0,
            access_key: None,
            limits: EnforcedLimits::default(),
        }
    }

    /// The port to listen on; 0, the default here, is any that is free.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
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

    /// Starts the emulator. When this returns it answers.
    ///
    /// # Errors
    /// When the address cannot be listened on, the access key is no base64, or no thread can be started.
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
        let address = SocketAddr::new(self.host, self.port);
        let listener = TcpListener::bind(address).map_err(|source| match source.kind() {
            io::ErrorKind::AddrInUse => StartError::AddressInUse(address),
            _ => StartError::Bind { address, source },
        })?;
        let clock = Arc::new(MovableClock::default());
        let store = Store::new(
            Arc::clone(&clock) as _,
            Box::new(RandomIds),
            Limits::of(self.limits),
            Capacity::default(),
        );
        let mut service = Service::new(store, key, &mut ids);
        if self.limits == EnforcedLimits::Service {
            service.limit_rates();
        }
        Emulator::launch(listener, service, clock, text)
    }
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
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}
