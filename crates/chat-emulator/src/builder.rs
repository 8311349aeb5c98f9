//! How an emulator is set up.

mod start;

use std::fmt;
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;

use crate::emulator::{Emulator, StartError};
use crate::event_grid::EventGridSubscription;
use crate::http::journal;
use crate::http::tls::TlsSetting;
use crate::seed::Seed;
use crate::store::limits::EnforcedLimits;

/// The port on which the program listens when it is not told another.
pub const DEFAULT_PORT: u16 = 10100;

/// The port of the program's page and control API when it is not told another.
pub const DEFAULT_CONTROL_PORT: u16 = 10101;

/// The access key of the program on a loopback address when it is not told another. It is known to everybody,
/// so that settings with it can be shared and checked in; it protects nothing.
pub const WELL_KNOWN_ACCESS_KEY: &str =
    "Y2hhdC1lbXVsYXRvcjogdGhpcyBrZXkgaXMgd2VsbCBrbm93biBhbmQgcHJvdGVjdHMgbm90aGluZy4uLi4uLg==";

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
}

/// Sets up an [`Emulator`]: each setting has a default, and nothing happens before [`Self::start`].
#[derive(Clone)]
#[must_use = "an emulator starts with start() or start_blocking()"]
pub struct EmulatorBuilder {
    host: IpAddr,
    port: u16,
    control_host: IpAddr,
    control_port: Option<u16>,
    control_allowed_hosts: Vec<String>,
    public_url: Option<String>,
    trusted_proxies: Vec<IpAddr>,
    cors_origins: Vec<String>,
    tls: Option<TlsSetting>,
    access_key: Option<String>,
    well_known_access_key: bool,
    limits: EnforcedLimits,
    seed: Option<Seed>,
    archive: Option<PathBuf>,
    data: Option<PathBuf>,
    journal_capacity: usize,
    event_grid: Option<EventGridSubscription>,
}

impl EmulatorBuilder {
    pub(crate) fn new() -> Self {
        Self {
            host: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port: 0,
            control_host: IpAddr::V4(Ipv4Addr::LOCALHOST),
            control_port: None,
            control_allowed_hosts: Vec::new(),
            public_url: None,
            trusted_proxies: Vec::new(),
            cors_origins: Vec::new(),
            tls: None,
            access_key: None,
            well_known_access_key: false,
            limits: EnforcedLimits::default(),
            seed: None,
            archive: None,
            data: None,
            journal_capacity: journal::DEFAULT_CAPACITY,
            event_grid: None,
        }
    }

    /// The port to listen on; 0, the default here, is any that is free.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// The address to listen on, 127.0.0.1 by default. Without TLS any other address lets others read what is
    /// sent.
    pub fn host(mut self, host: impl Into<IpAddr>) -> Self {
        self.host = host.into();
        self
    }

    /// The port of the control API and its page; 0 is any that is free. Without this there is none. Programs
    /// that reach it may command the emulator; web sites may not.
    pub fn control_port(mut self, port: u16) -> Self {
        self.control_port = Some(port);
        self
    }

    /// The address of the control API, 127.0.0.1 by default, whatever [`Self::host`] is.
    pub fn control_host(mut self, host: impl Into<IpAddr>) -> Self {
        self.control_host = host.into();
        self
    }

    /// Has the control API answer to one more name (without a port) than those of this machine and the address
    /// that it listens on. Requests with any other `host` are refused with 403.
    pub fn control_allowed_host(mut self, name: impl Into<String>) -> Self {
        self.control_allowed_hosts.push(name.into());
        self
    }

    /// Where clients find the emulator when it stands behind a proxy, such as `https://chat.example`: the
    /// endpoint of the connection string, and what every `nextLink` and `location` begins with. Without this
    /// links have the host and the scheme of the request, or of its `x-forwarded-host` and
    /// `x-forwarded-proto` if it comes from this machine or a [trusted proxy](Self::trusted_proxy).
    pub fn public_url(mut self, url: impl Into<String>) -> Self {
        self.public_url = Some(url.into());
        self
    }

    /// Believes one more address in what it says in `x-forwarded-host` and `x-forwarded-proto`. Addresses of
    /// this machine are believed anyway.
    pub fn trusted_proxy(mut self, address: impl Into<IpAddr>) -> Self {
        self.trusted_proxies.push(address.into());
        self
    }

    /// Lets web pages of one more origin use the service, such as `https://app.example`, or of all origins for
    /// `*`. Pages of this machine may anyway; requests of other pages are refused with 403.
    pub fn cors_origin(mut self, origin: impl Into<String>) -> Self {
        self.cors_origins.push(origin.into());
        self
    }

    /// Serves HTTPS (HTTP/1.1 and HTTP/2) with the certificate chain and the private key of two PEM files,
    /// instead of plain HTTP. The control API stays plain.
    #[cfg(feature = "tls")]
    pub fn tls(mut self, certificate: impl Into<PathBuf>, key: impl Into<PathBuf>) -> Self {
        self.tls = Some(TlsSetting::Files {
            certificate: certificate.into(),
            key: key.into(),
        });
        self
    }

    /// As `tls`, with a certificate that is made on start for this machine's names, the address that is
    /// listened on and the host of the public URL. Clients have to trust [`Emulator::certificate`].
    #[cfg(feature = "tls")]
    pub fn self_signed_tls(mut self) -> Self {
        self.tls = Some(TlsSetting::SelfSigned);
        self
    }

    /// The access key in base64; a new one is made when none is given.
    pub fn access_key(mut self, key: impl Into<String>) -> Self {
        self.access_key = Some(key.into());
        self
    }

    /// Makes [`WELL_KNOWN_ACCESS_KEY`] the access key, unless another is given or a data file has one.
    pub fn well_known_access_key(mut self) -> Self {
        self.well_known_access_key = true;
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

    /// A folder with an archive of what users could read, whose users, threads and messages the emulator knows
    /// from its start, with their ids and times. `docs/archive-format.md` describes it. Tokens come from the
    /// identity API, as for all users.
    ///
    /// A data file that has been begun goes on as it is, and the folder is not read.
    pub fn import(mut self, folder: impl Into<PathBuf>) -> Self {
        self.archive = Some(folder.into());
        self
    }

    /// The file in which the state survives the emulator, and from which it continues if there is one:
    /// users and their tokens, threads, messages, the access key and how far the clock was moved. Nothing
    /// is answered before it is on the disk. Only one emulator at a time can use a file.
    ///
    /// Of a seed, what is not in the file yet is added; what is there stays as it is.
    #[cfg(feature = "data")]
    pub fn data(mut self, path: impl Into<PathBuf>) -> Self {
        self.data = Some(path.into());
        self
    }

    /// Delivers what happens in threads to a webhook, as Azure Event Grid does: a URL, or an
    /// [`EventGridSubscription`] with more settings. The webhook is asked first whether it wants events, again and
    /// again until it answers; [`Emulator::event_grid`] says how that goes.
    pub fn event_grid(mut self, subscription: impl Into<EventGridSubscription>) -> Self {
        self.event_grid = Some(subscription.into());
        self
    }

    /// How many requests the [journal](Emulator::journal) keeps at most, 1,000 by default.
    pub fn journal_capacity(mut self, requests: usize) -> Self {
        self.journal_capacity = requests;
        self
    }
}

impl fmt::Debug for EmulatorBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EmulatorBuilder")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("control_host", &self.control_host)
            .field("control_port", &self.control_port)
            .field("limits", &self.limits)
            .field("data", &self.data)
            .finish_non_exhaustive()
    }
}
