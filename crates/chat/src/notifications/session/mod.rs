//! What is done to stay connected: one connection after the other, each registered, and what the
//! program is told about it.
//!
//! A machine without sockets and clocks. It is told what has happened, and says what is to be done:
//!
//! - a connection is opened, and is *established* once the service says so;
//! - an established connection is registered, and then the program is told that it is *connected*;
//! - a connection that is to be replaced stays until the next one is established, and a little
//!   longer, since notifications may be on their way to it;
//! - what fails is tried again after growing waits, and ends the session where that can't help.

mod changes;
mod counts;
mod registration;
mod steps;

use std::sync::Arc;

use tokio::time::Instant;

use super::allocation::Allocation;
use super::connection::{Connection, Ending, Signal};
use super::dedupe::Dedupe;
use super::event::{DisconnectReason, GapReason, NotificationEvent};
use crate::error::Error;
use counts::Counts;
use registration::Registration;
pub(super) use steps::{Input, Number, Opened, Output};

/// A connection, and what it was made with.
#[derive(Debug)]
struct Live {
    number: Number,
    connection: Connection,
    allocation: Arc<Allocation>,
    /// Since when it is established.
    since: Instant,
    /// When another one is due.
    ends: Option<Instant>,
}

/// The connection that is to come.
#[derive(Debug)]
enum Coming {
    None,
    At(Instant),
    Opening(Number),
    Establishing(Live),
}

#[derive(Debug)]
pub(super) struct Session {
    trace: String,
    last_number: Number,
    coming: Coming,
    current: Option<Live>,
    retired: Option<(Live, Instant)>,
    /// What the next connection may be opened with.
    allocation: Option<Arc<Allocation>>,
    registration: Registration,
    /// The connection of which the program was told that it is connected.
    connected: Option<Number>,
    was_connected: bool,
    has_ended: bool,
    counts: Counts,
    dedupe: Dedupe,
    out: Vec<Output>,
}

impl Session {
    /// A session whose traces begin like this.
    pub(super) fn new(trace: String) -> Self {
        Self {
            trace,
            last_number: 0,
            coming: Coming::None,
            current: None,
            retired: None,
            allocation: None,
            registration: Registration::None,
            connected: None,
            was_connected: false,
            has_ended: false,
            counts: Counts::default(),
            dedupe: Dedupe::default(),
            out: Vec::new(),
        }
    }

    /// Takes what has happened, and gives what is to be done, in this order. `chance` is a random
    /// number from 0 to 1.
    pub(super) fn take(&mut self, input: Input, now: Instant, chance: f64) -> Vec<Output> {
        if self.has_ended {
            return match input {
                Input::Opened(number, Ok(_)) => vec![Output::Close(number)],
                _ => Vec::new(),
            };
        }
        match input {
            Input::Begin => self.open(),
            Input::Opened(number, result) => self.opened(number, result, now, chance),
            Input::Received(number, text) => {
                let signals = self
                    .live(number)
                    .map(|live| live.connection.receive(&text, now));
                self.follow(number, signals.unwrap_or_default(), now, chance);
            }
            Input::Lost(number) => {
                let ending = Ending::For(DisconnectReason::ConnectionLost);
                self.lose(number, ending, now, chance);
            }
            Input::Registered(number, result) => self.registered(number, result, now, chance),
            Input::Tick => self.tick(now, chance),
            Input::Stop => self.end(None),
        }
        std::mem::take(&mut self.out)
    }

    /// When something is due.
    pub(super) fn due(&self) -> Option<Instant> {
        if self.has_ended {
            return None;
        }
        let coming = match &self.coming {
            Coming::At(at) => Some(*at),
            Coming::Establishing(live) => Some(live.connection.due()),
            Coming::None | Coming::Opening(_) => None,
        };
        let current = self.current.iter().flat_map(|live| {
            let ends = live.ends.filter(|_| matches!(self.coming, Coming::None));
            [Some(live.connection.due()), ends]
        });
        let retired = self.retired.as_ref();
        let retired = retired.map(|(live, until)| live.connection.due().min(*until));
        let lapse = self.connected.and(self.registration.lapses());
        let dues = [coming, retired, self.registration.due(), lapse];
        current.chain(dues).flatten().min()
    }

    fn live(&mut self, number: Number) -> Option<&mut Live> {
        let coming = match &mut self.coming {
            Coming::Establishing(live) => Some(live),
            _ => None,
        };
        let retired = self.retired.as_mut().map(|(live, _)| live);
        let mut all = [self.current.as_mut(), coming, retired]
            .into_iter()
            .flatten();
        all.find(|live| live.number == number)
    }

    fn is_current(&self, number: Number) -> bool {
        self.current
            .as_ref()
            .is_some_and(|live| live.number == number)
    }

    /// Whether the program knows of the connection: as the one it has, or the one it had.
    fn is_told(&self, number: Number) -> bool {
        let is_retired = self
            .retired
            .as_ref()
            .is_some_and(|(live, _)| live.number == number);
        self.connected == Some(number) || self.connected.is_some() && is_retired
    }

    fn open(&mut self) {
        self.last_number += 1;
        self.coming = Coming::Opening(self.last_number);
        self.out
            .push(Output::Open(self.last_number, self.allocation.clone()));
    }

    fn follow(&mut self, number: Number, signals: Vec<Signal>, now: Instant, chance: f64) {
        for signal in signals {
            match signal {
                Signal::Send(text) => self.out.push(Output::Send(number, text)),
                Signal::Established(lasts) => self.established(lasts, now),
                Signal::Notified(notification) => {
                    if self.dedupe.is_new(&notification) {
                        self.tell(NotificationEvent::Received(notification));
                    }
                }
                // A connection of which nothing was told so far begins with a gap anyway.
                Signal::Gap(reason) if self.is_told(number) => {
                    self.tell(NotificationEvent::Gap(reason));
                }
                Signal::Gap(_) => {}
                Signal::Replace(target) if self.is_current(number) => {
                    self.replace(target, now, chance);
                }
                Signal::Replace(_) => {}
                Signal::Ended(ending) => self.lose(number, ending, now, chance),
            }
        }
    }

    fn tick(&mut self, now: Instant, chance: f64) {
        if let Some((retired, _)) = self.retired.take_if(|(_, until)| now >= *until) {
            self.part(retired.number);
        }
        self.tick_registration(now);
        let ends = self.current.as_ref().and_then(|live| live.ends);
        if ends.is_some_and(|ends| now >= ends) && matches!(self.coming, Coming::None) {
            self.allocation = None;
            self.coming = Coming::At(now);
        }
        if matches!(self.coming, Coming::At(at) if now >= at) {
            self.open();
        }
        let coming = match &self.coming {
            Coming::Establishing(live) => Some(live.number),
            _ => None,
        };
        let current = self.current.as_ref().map(|live| live.number);
        let retired = self.retired.as_ref().map(|(live, _)| live.number);
        for number in [current, coming, retired].into_iter().flatten() {
            let signals = self.live(number).map(|live| live.connection.tick(now));
            self.follow(number, signals.unwrap_or_default(), now, chance);
        }
    }

    fn tell(&mut self, event: NotificationEvent) {
        self.out.push(Output::Tell(event));
    }

    fn connected(&mut self, number: Number) {
        if self.was_connected {
            self.tell(NotificationEvent::Gap(GapReason::Reconnected));
        }
        self.tell(NotificationEvent::Connected);
        self.connected = Some(number);
        self.was_connected = true;
    }

    fn disconnected(&mut self, reason: DisconnectReason) {
        if self.connected.take().is_some() {
            self.tell(NotificationEvent::Disconnected(reason));
        }
    }

    fn end(&mut self, error: Option<Error>) {
        self.has_ended = true;
        let coming = match std::mem::replace(&mut self.coming, Coming::None) {
            Coming::Establishing(live) => Some(live),
            _ => None,
        };
        let retired = self.retired.take().map(|(live, _)| live);
        for live in [self.current.take(), coming, retired].into_iter().flatten() {
            self.part(live.number);
        }
        self.disconnected(DisconnectReason::Closed);
        self.out.push(Output::End(error));
    }
}

#[cfg(test)]
mod tests;
