//! From settings to a running emulator.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::uri::Authority;
use http::{HeaderValue, Uri};
use tokio::sync::oneshot;

use crate::api::origin::Origins;
use crate::api::service::Service;
use crate::archive;
use crate::data::opening::Opened;
use crate::data::writer::Writer;
use crate::emulator::{Emulator, Launch, StartError};
use crate::http::cors::AllowedOrigins;
use crate::http::journal::Journal;
use crate::http::state::AppState;
use crate::store::MovableClock;
use crate::store::limits::{Capacity, EnforcedLimits, Limits};

use super::{EmulatorBuilder, WELL_KNOWN_ACCESS_KEY};

impl EmulatorBuilder {
    /// Starts the emulator. When this returns it answers.
    ///
    /// # Errors
    /// When the address cannot be listened on, the subscription of Event Grid makes no sense, the access key is no base64, the seed breaks a rule of the
    /// service, the archive is damaged or cannot be served, the data file cannot be used, or no thread can be started.
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
        let given_key = self.access_key.as_deref().map(decode).transpose()?;
        let public_url = self.public_url.as_deref().map(origin_of_url).transpose()?;
        let allowed_origins = self.allowed_origins()?;
        let event_grid = self.event_grid.clone().map(TryInto::try_into).transpose()?;
        let listener = listen(SocketAddr::new(self.host, self.port))?;
        let control = self
            .control_port
            .map(|port| listen(SocketAddr::new(self.control_host, port)))
            .transpose()?;
        let (tls, certificate) = match &self.tls {
            Some(setting) => {
                let (tls, certificate) = setting.acceptor(&self.names(public_url.as_deref()))?;
                (Some(tls), certificate)
            }
            None => (None, None),
        };
        let clock = Arc::new(MovableClock::default());
        let limits = Limits::of(self.limits);
        if let Some(seed) = &self.seed {
            seed.rehearse(Arc::clone(&clock) as _, limits.clone(), Capacity::default())?;
        }
        let new_key = match self.well_known_access_key {
            true => Some(decode(WELL_KNOWN_ACCESS_KEY)?),
            false => None,
        };
        let mut opened = Opened::new(self.data.as_deref(), given_key, new_key, &clock, limits)?;
        if let Some(folder) = &self.archive {
            if opened.is_new() {
                opened.adopt(archive::read(folder)?);
            } else {
                tracing::info!("the data file has been begun, so nothing is imported");
            }
        }
        let grants = match &self.seed {
            Some(seed) => seed.plant(&mut opened.store)?,
            None => Vec::new(),
        };
        opened.write()?;
        let Opened {
            store,
            keys,
            file,
            initial,
            ..
        } = opened;
        let access_key = STANDARD.encode(&keys.access_key);
        let mut service = Service::new(store, keys);
        if self.limits == EnforcedLimits::Service {
            service.limit_rates();
        }
        if let Some(file) = file {
            service.write_to(Writer::start(file).map_err(StartError::Runtime)?);
        }
        let seeded_users = service.seeded(grants);
        let origins = Origins {
            public: public_url.as_deref().map(Into::into),
            trusted_proxies: self.trusted_proxies,
        };
        let journal = Journal::new(self.journal_capacity);
        Emulator::launch(Launch {
            listener,
            tls,
            certificate,
            public_url: public_url.map(|url| format!("{url}/")),
            allowed_origins,
            control: control.map(|socket| (socket, self.control_allowed_hosts)),
            state: AppState::new(service, clock, journal, origins, initial),
            access_key,
            seeded_users,
            event_grid,
        })
    }

    /// The pages that may use the service.
    fn allowed_origins(&self) -> Result<AllowedOrigins, StartError> {
        let mut allowed = AllowedOrigins::default();
        for origin in &self.cors_origins {
            if origin == "*" {
                allowed.any = true;
                continue;
            }
            let invalid = || StartError::InvalidOrigin(origin.clone());
            let origin = origin_of(origin).ok_or_else(invalid)?;
            allowed
                .named
                .push(HeaderValue::try_from(origin).map_err(|_| invalid())?);
        }
        Ok(allowed)
    }

    /// The names and addresses by which clients call the service.
    fn names(&self, public_url: Option<&str>) -> Vec<String> {
        let mut names: Vec<_> = ["localhost", "127.0.0.1", "::1"].map(str::to_owned).into();
        names.push(self.host.to_string());
        let public: Option<Uri> = public_url.and_then(|url| url.parse().ok());
        if let Some(host) = public.as_ref().and_then(Uri::host) {
            names.push(host.trim_matches(['[', ']']).to_owned());
        }
        names.sort();
        names.dedup();
        names
    }
}

fn origin_of_url(url: &str) -> Result<String, StartError> {
    origin_of(url).ok_or_else(|| StartError::InvalidPublicUrl(url.to_owned()))
}

/// Scheme and authority of a URL that has nothing else.
fn origin_of(url: &str) -> Option<String> {
    let url = url.strip_suffix('/').unwrap_or(url);
    let (scheme, rest) = url.split_once("://")?;
    let authority: Authority = rest.parse().ok()?;
    let scheme = scheme.to_ascii_lowercase();
    let plain = matches!(scheme.as_str(), "http" | "https") && !rest.contains('@');
    plain.then(|| format!("{scheme}://{authority}").to_ascii_lowercase())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_url_or_an_origin_is_a_scheme_and_a_host() {
        for (given, expected) in [
            ("https://Chat.example/", Some("https://chat.example")),
            ("http://[::1]:8080", Some("http://[::1]:8080")),
            ("https://chat.example/path", None),
            ("https://user@chat.example", None),
            ("ftp://chat.example", None),
            ("chat.example", None),
            ("https://", None),
            ("", None),
        ] {
            assert_eq!(origin_of(given).as_deref(), expected, "{given}");
        }
    }

    #[test]
    fn the_well_known_key_is_as_long_as_the_services() {
        assert_eq!(decode(WELL_KNOWN_ACCESS_KEY).unwrap().len(), 64);
    }

    #[test]
    fn a_builder_can_be_sent_and_shared() {
        fn check<T: Send + Sync + 'static>() {}
        check::<EmulatorBuilder>();
    }
}
