//! Connections that come, take the place of others, and go.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::super::connection::{Connection, Ending, Target};
use super::super::event::DisconnectReason;
use super::super::failure::Failure;
use super::super::frame;
use super::counts::Next;
use super::steps::{Number, Opened, Output};
use super::{Coming, Live, Session};
use crate::error::{Error, ErrorKind};

/// How long a connection stays that was replaced.
const RETIREMENT: Duration = Duration::from_secs(60);

/// How long before its end a connection is replaced.
const BEFORE_THE_END: Duration = Duration::from_secs(5 * 60);

/// A connection that has lasted so long is a good one: what failed before it counts no more.
const GOOD: Duration = Duration::from_secs(10);

impl Session {
    pub(super) fn opened(
        &mut self,
        number: Number,
        result: Result<Opened, Failure>,
        now: Instant,
        chance: f64,
    ) {
        let is_awaited = matches!(self.coming, Coming::Opening(opening) if opening == number);
        match result {
            Ok(opened) if is_awaited => {
                self.coming = Coming::Establishing(Live {
                    number,
                    connection: Connection::new(opened.heartbeat, &self.trace, now),
                    allocation: opened.allocation,
                    since: now,
                    ends: None,
                });
            }
            Ok(_) => self.out.push(Output::Close(number)),
            Err(failure) if is_awaited => {
                let wait = self.counts.fail(&failure, chance);
                if self.counts.forget_allocation(failure.verdict) {
                    self.allocation = None;
                }
                match wait {
                    Next::After(wait) => self.coming = Coming::At(now + wait),
                    Next::Never => self.end(Some(failure.error)),
                }
            }
            Err(_) => {}
        }
    }

    /// The connection that is to come is there: it takes the place of the current one.
    pub(super) fn established(&mut self, lasts: Option<Duration>, now: Instant) {
        let Coming::Establishing(mut live) = std::mem::replace(&mut self.coming, Coming::None)
        else {
            return;
        };
        let lasts = lasts.or(live.allocation.lasts);
        live.since = now;
        live.ends = lasts.map(|lasts| now + lasts.saturating_sub(BEFORE_THE_END).max(lasts / 2));
        self.allocation = Some(Arc::clone(&live.allocation));
        let replaced = self.current.replace(live);
        if let Some(replaced) = replaced
            && let Some((retired, _)) = self.retired.replace((replaced, now + RETIREMENT))
        {
            self.part(retired.number);
        }
        self.register();
    }

    /// Another connection is to be made in place of the current one.
    pub(super) fn replace(&mut self, target: Target, now: Instant, chance: f64) {
        if target == Target::Anywhere {
            self.allocation = None;
        }
        let Some(live) = &self.current else { return };
        if matches!(self.coming, Coming::None) {
            let is_good = now >= live.since + GOOD;
            self.coming = Coming::At(now + self.counts.lose(is_good, chance));
            self.tick(now, chance);
        }
    }

    /// A connection has ended.
    pub(super) fn lose(&mut self, number: Number, ending: Ending, now: Instant, chance: f64) {
        let reason = match ending {
            Ending::For(reason) => reason,
            Ending::Deprecated => {
                return self.end(Some(Error::new(ErrorKind::Unauthorized).with_context(
                    "the service takes no access tokens for notifications any more \
                     (skypetoken-deprecated)",
                )));
            }
        };
        if let Some((retired, _)) = self.retired.take_if(|(live, _)| live.number == number) {
            return self.out.push(Output::Close(retired.number));
        }
        let is_current = self.is_current(number);
        let is_coming = matches!(&self.coming, Coming::Establishing(live) if live.number == number);
        if !is_current && !is_coming {
            return;
        }
        self.out.push(Output::Close(number));
        let is_good = self.connected == Some(number)
            && self
                .current
                .as_ref()
                .is_some_and(|live| now >= live.since + GOOD);
        if self.counts.end(reason, is_good) {
            self.allocation = None;
        }
        let wait = self.counts.lose(is_good, chance);
        if reason == DisconnectReason::Unauthorized {
            self.out.push(Output::RefuseToken);
            if self.counts.refuse_token() {
                return self.end(Some(Error::new(ErrorKind::Unauthorized).with_context(
                    "the service has ended the connection for notifications several times, since it \
                     did not accept the access token",
                )));
            }
        }
        if is_current {
            self.current = None;
            self.registration.forget();
            self.disconnected(reason);
        }
        if is_coming || matches!(self.coming, Coming::None) {
            self.coming = Coming::At(now + wait);
        }
        self.tick(now, chance);
    }

    /// Ends a connection that is not needed any more.
    pub(super) fn part(&mut self, number: Number) {
        self.out
            .push(Output::Send(number, frame::DISCONNECT.to_owned()));
        self.out.push(Output::Close(number));
    }
}
