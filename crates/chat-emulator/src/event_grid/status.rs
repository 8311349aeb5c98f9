//! How a subscription fares.

use serde_json::{Value, json};

use super::subscription::EventGridSchema;
use super::worker::{Phase, Worker};

/// How far a subscription has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EventGridState {
    /// The webhook is asked whether it wants events, and has not answered yet. Events wait for that.
    Validating,
    /// The webhook has said yes, and events are delivered to it.
    Active,
    /// The webhook has said no, or something else than yes. Nothing is delivered to it.
    Refused,
}

/// How the subscription of an emulator fares.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EventGridStatus {
    /// The URL of the webhook, without its query.
    pub endpoint: String,
    /// The schema of deliveries.
    pub schema: EventGridSchema,
    /// How far it has come.
    pub state: EventGridState,
    /// Why the webhook gets no events, if it does not.
    pub refusal: Option<String>,
    /// How often the webhook was asked in vain whether it wants events.
    pub failed_handshakes: u64,
    /// How many events there were for it.
    pub published: u64,
    /// How many events were delivered, duplicates counted.
    pub delivered: u64,
    /// How many events wait, or are being delivered.
    pub waiting: usize,
    /// How many deliveries have failed.
    pub failed_attempts: u64,
    /// How many events were lost: by a fault, or as more happened at once than the emulator could keep.
    pub lost: u64,
    /// How many events were given up.
    pub dead_lettered: u64,
}

impl EventGridStatus {
    pub(super) fn of(worker: &Worker) -> Self {
        let state = worker.state();
        let (step, refusal) = match &state.phase {
            Phase::Validating => (EventGridState::Validating, None),
            Phase::Active => (EventGridState::Active, None),
            Phase::Refused(reason) => (EventGridState::Refused, Some(reason.clone())),
        };
        let counts = state.queue.counts;
        Self {
            endpoint: worker.settings.endpoint.to_string(),
            schema: worker.settings.schema,
            state: step,
            refusal,
            failed_handshakes: state.failed_handshakes,
            published: counts.published,
            delivered: counts.delivered,
            waiting: state.queue.len(),
            failed_attempts: counts.failed_attempts,
            lost: counts.lost,
            dead_lettered: state.queue.dead_letters.count,
        }
    }

    /// As the control API shows it.
    pub(crate) fn document(&self) -> Value {
        let state = match self.state {
            EventGridState::Validating => "validating",
            EventGridState::Active => "active",
            EventGridState::Refused => "refused",
        };
        json!({
            "endpoint": self.endpoint,
            "eventDeliverySchema": self.schema,
            "state": state,
            "refusal": self.refusal,
            "failedHandshakes": self.failed_handshakes,
            "published": self.published,
            "delivered": self.delivered,
            "waiting": self.waiting,
            "failedAttempts": self.failed_attempts,
            "lost": self.lost,
            "deadLettered": self.dead_lettered,
        })
    }
}
