//! One connection, from its socket to its end: what its frames mean, and whether it is alive.
//!
//! Neither sockets nor clocks: frames and times come from outside.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

use super::event::{DisconnectReason, GapReason};
use super::frame::{self, Frame, ServerEvent};
use super::notification::Notification;
use super::payload;
use super::request::TunnelRequest;

/// How long after a ping the next one is due.
pub(super) const PING: Duration = Duration::from_secs(40);

/// How long is waited for the answer to a ping.
pub(super) const PONG: Duration = Duration::from_secs(5);

/// How long is waited until the service says that the connection is made.
pub(super) const ESTABLISH: Duration = Duration::from_secs(20);

/// How long is waited for the answer to an activity, and how long after it the second one is due.
pub(super) const ACTIVITY: Duration = Duration::from_secs(10);

const YEAR: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// How much longer than the service says is waited for a sign of life.
const GRACE: Duration = Duration::from_secs(2);

/// What a connection asks for, or has found.
#[derive(Clone, Debug)]
pub(super) enum Signal {
    /// This frame is to be sent.
    Send(String),
    /// The connection is made, and lasts so long if that is known.
    Established(Option<Duration>),
    Notified(Notification),
    /// Notifications may be missing.
    Gap(GapReason),
    /// Another connection is to be made in place of this one.
    Replace(Target),
    /// The connection has ended.
    Ended(Ending),
}

/// Where another connection is to be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// At the same place, with what identifies this one.
    Same,
    /// Wherever the service says then.
    Anywhere,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// Another connection may be made.
    For(DisconnectReason),
    /// The service does not take tokens of this kind any more.
    Deprecated,
}

/// What a client says about its user, so that the service keeps the connection.
#[derive(Debug)]
enum Activity {
    /// Said, and not answered.
    Said {
        number: u64,
        since: Instant,
        is_last: bool,
    },
    /// To be said again.
    Due(Instant),
    Done,
}

/// A connection.
#[derive(Debug)]
pub(super) struct Connection {
    opened: Instant,
    is_established: bool,
    /// How long the service lets pass without a sign of life.
    heartbeat: Duration,
    last_frame: Instant,
    next_ping: Instant,
    pinged: Option<(u64, Instant)>,
    activity: Activity,
    trace: String,
    /// The number of the last event that was sent.
    number: u64,
}

impl Connection {
    /// A connection whose socket has just been opened.
    pub(super) fn new(heartbeat: Duration, trace: &str, now: Instant) -> Self {
        Self {
            opened: now,
            is_established: false,
            heartbeat,
            last_frame: now,
            next_ping: now + PING,
            pinged: None,
            activity: Activity::Done,
            trace: trace.to_owned(),
            number: 0,
        }
    }

    /// What a frame of the service means.
    pub(super) fn receive(&mut self, text: &str, now: Instant) -> Vec<Signal> {
        self.last_frame = now;
        match Frame::parse(text) {
            Some(Frame::Heartbeat) => vec![Signal::Send(frame::HEARTBEAT.to_owned())],
            Some(Frame::Disconnect(reason)) => vec![Signal::Ended(ending(reason))],
            Some(Frame::Acknowledged(number)) => {
                self.acknowledge(number, now);
                Vec::new()
            }
            Some(Frame::Event(data)) => self.event(data, now),
            Some(Frame::Request(data)) => request(data),
            Some(Frame::Accepted | Frame::Other) => Vec::new(),
            None => vec![Signal::Gap(GapReason::Unreadable)],
        }
    }

    /// What is due by now.
    pub(super) fn tick(&mut self, now: Instant) -> Vec<Signal> {
        let unanswered = |since: Instant, wait| now >= since + wait;
        let is_dead = now >= self.last_frame + self.heartbeat + GRACE
            || (!self.is_established && unanswered(self.opened, ESTABLISH))
            || self
                .pinged
                .is_some_and(|(_, since)| unanswered(since, PONG))
            || matches!(self.activity, Activity::Said { since, .. } if unanswered(since, ACTIVITY));
        if is_dead {
            return vec![Signal::Ended(Ending::For(DisconnectReason::NoAnswer))];
        }
        let mut signals = Vec::new();
        if matches!(self.activity, Activity::Due(at) if now >= at) {
            signals.push(self.say_active(true, now));
        }
        if self.is_established && self.pinged.is_none() && now >= self.next_ping {
            let number = self.next_number();
            self.pinged = Some((number, now));
            self.next_ping = now + PING;
            signals.push(Signal::Send(frame::event(number, "ping", None::<Value>)));
        }
        signals
    }

    /// When something is due next.
    pub(super) fn due(&self) -> Instant {
        let mut due = self.last_frame + self.heartbeat + GRACE;
        if !self.is_established {
            return due.min(self.opened + ESTABLISH);
        }
        due = due.min(match self.pinged {
            Some((_, since)) => since + PONG,
            None => self.next_ping,
        });
        match self.activity {
            Activity::Said { since, .. } => due.min(since + ACTIVITY),
            Activity::Due(at) => due.min(at),
            Activity::Done => due,
        }
    }

    fn next_number(&mut self) -> u64 {
        self.number += 1;
        self.number
    }

    fn acknowledge(&mut self, acknowledged: u64, now: Instant) {
        self.pinged.take_if(|(number, _)| *number == acknowledged);
        if let Activity::Said {
            number, is_last, ..
        } = self.activity
            && number == acknowledged
        {
            self.activity = match is_last {
                true => Activity::Done,
                false => Activity::Due(now + ACTIVITY),
            };
        }
    }

    fn event(&mut self, data: &str, now: Instant) -> Vec<Signal> {
        let Some(event) = ServerEvent::read(data) else {
            return vec![Signal::Gap(GapReason::Unreadable)];
        };
        match event.name.as_str() {
            "trouter.connected" if !self.is_established => {
                self.is_established = true;
                self.next_ping = now + PING;
                let lasts = seconds(&event.argument()["ttl"]);
                vec![Signal::Established(lasts), self.say_active(false, now)]
            }
            "trouter.message_loss" => {
                let number = self.next_number();
                let name = "trouter.processed_message_loss";
                vec![
                    Signal::Send(frame::event(number, name, event.args)),
                    Signal::Gap(GapReason::MessageLoss),
                ]
            }
            "trouter.reconnect" => {
                vec![Signal::Replace(match event.argument()["target"].as_str() {
                    Some("self") => Target::Same,
                    _ => Target::Anywhere,
                })]
            }
            _ => Vec::new(),
        }
    }

    fn say_active(&mut self, is_last: bool, now: Instant) -> Signal {
        let number = self.next_number();
        self.activity = Activity::Said {
            number,
            since: now,
            is_last,
        };
        // The trace counts on from the one of the handshake.
        let trace = format!("{}.{}", self.trace, number + 1);
        let args = json!([{"state": "active", "cv": trace}]);
        Signal::Send(frame::event(number, "user.activity", Some(args)))
    }
}

/// A request is answered before anything is done about it.
fn request(data: &str) -> Vec<Signal> {
    let Some(request) = TunnelRequest::read(data) else {
        return vec![Signal::Gap(GapReason::Unreadable)];
    };
    let notification = request.payload().and_then(payload::read);
    let answer = Signal::Send(request.answer(notification.is_some()));
    let what = match notification {
        Some(notification) => Signal::Notified(notification),
        None => Signal::Gap(GapReason::Unreadable),
    };
    vec![answer, what]
}

/// A reason is a word, or a JSON object that has it.
fn ending(reason: &str) -> Ending {
    let object: Option<Value> = serde_json::from_str(reason).ok();
    let named = object.as_ref().and_then(|object| object["reason"].as_str());
    Ending::For(match named.unwrap_or(reason).trim() {
        "dup" => DisconnectReason::Duplicate,
        "timeout" => DisconnectReason::Timeout,
        "unauthorized" => DisconnectReason::Unauthorized,
        "skypetoken-deprecated" => return Ending::Deprecated,
        _ => DisconnectReason::ClosedByService,
    })
}

/// Seconds, as a number or as text; no more than a year.
pub(super) fn seconds(value: &Value) -> Option<Duration> {
    let seconds = match value {
        Value::String(text) => text.trim().parse().ok()?,
        value => value.as_u64()?,
    };
    Some(Duration::from_secs(seconds).min(YEAR))
}

#[cfg(test)]
mod tests;
