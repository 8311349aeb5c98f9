//! The registration of a connection: without it the service does not know where to send
//! notifications.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::super::event::DisconnectReason;
use super::super::failure::Failure;
use super::Session;
use super::counts::{Counts, Next};
use super::steps::{Number, Output};

/// How long a registration lasts, unless the connection ends earlier.
const LASTS: Duration = Duration::from_secs(2 * 60 * 60);

/// How long before its end a registration is renewed.
const BEFORE_THE_END: Duration = Duration::from_secs(30);

/// How long before its token expires a registration is renewed: by then the credential gets another
/// token.
const BEFORE_THE_TOKEN: Duration = Duration::from_secs(90);

/// How soon a registration is renewed at the earliest.
const EARLIEST: Duration = Duration::from_secs(30);

/// A registration.
#[derive(Debug)]
pub(super) enum Registration {
    /// There is none, and none is being made.
    None,
    Some {
        /// For how long it is being made, or nothing if none is.
        in_flight: Option<Duration>,
        /// When it is to be made again.
        due: Option<Instant>,
        /// Until when the one is valid that was made last.
        until: Option<Instant>,
        /// What has failed in a row.
        counts: Counts,
    },
}

impl Registration {
    /// When it is to be made again.
    pub(super) fn due(&self) -> Option<Instant> {
        match self {
            Self::None => None,
            Self::Some { due, .. } => *due,
        }
    }

    /// When it ends, if it is not made again.
    pub(super) fn lapses(&self) -> Option<Instant> {
        match self {
            Self::None => None,
            Self::Some { until, .. } => *until,
        }
    }

    /// The connection is gone.
    pub(super) fn forget(&mut self) {
        *self = Self::None;
    }
}

/// How long a registration lasts, on a connection that ends then.
fn lasts(ends: Option<Instant>, now: Instant) -> Duration {
    let left = ends.map_or(LASTS, |ends| ends.saturating_duration_since(now));
    LASTS.min(left).max(2 * EARLIEST)
}

impl Session {
    /// Registers the current connection.
    pub(super) fn register(&mut self) {
        let until = self.registration.lapses();
        let counts = match std::mem::replace(&mut self.registration, Registration::None) {
            Registration::Some { counts, .. } => counts,
            Registration::None => Counts::default(),
        };
        let Some(live) = &self.current else { return };
        let ttl = lasts(live.ends, live.since);
        self.registration = Registration::Some {
            in_flight: Some(ttl),
            due: None,
            until,
            counts,
        };
        let allocation = Arc::clone(&live.allocation);
        self.out
            .push(Output::Register(live.number, allocation, ttl));
    }

    /// The service has answered.
    pub(super) fn registered(
        &mut self,
        number: Number,
        result: Result<Option<Duration>, Failure>,
        now: Instant,
        chance: f64,
    ) {
        if !self.is_current(number) {
            return;
        }
        let Registration::Some {
            in_flight,
            due,
            until,
            counts,
        } = &mut self.registration
        else {
            return;
        };
        let Some(ttl) = in_flight.take() else { return };
        match result {
            Ok(token_lasts) => {
                let token = token_lasts.map_or(ttl, |lasts| {
                    lasts.saturating_sub(BEFORE_THE_TOKEN).max(EARLIEST)
                });
                let renewal = ttl.saturating_sub(BEFORE_THE_END).max(ttl / 2);
                *due = Some(now + renewal.min(token));
                *until = Some(now + ttl);
                *counts = Counts::default();
                self.counts.succeed();
                if self.connected != Some(number) {
                    self.connected(number);
                }
            }
            Err(failure) => match counts.fail(&failure, chance) {
                Next::After(wait) => *due = Some(now + wait),
                Next::Never => self.end(Some(failure.error)),
            },
        }
    }

    pub(super) fn tick_registration(&mut self, now: Instant) {
        if self.registration.lapses().is_some_and(|until| now >= until) {
            self.disconnected(DisconnectReason::RegistrationExpired);
        }
        if self.registration.due().is_some_and(|due| now >= due) {
            self.register();
        }
    }
}
