//! How a fault is described in Rust.

use std::fmt::Display;
use std::time::Duration;

use crate::api::operation::Operation;

use super::kind::{
    ErrorBody, FaultKind, RetryAfter, Seconds, StatusFault, foreign_origin, too_long,
};

/// Something that goes wrong, for which requests, and how often.
///
/// Without more it befalls every request that it can, until it is removed: [`Self::for_operation`]
/// chooses among them, [`Self::times`] ends it, [`Self::with_probability`] spares some.
/// [`Emulator::inject`](crate::Emulator::inject) makes it real.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a fault does nothing until it is injected"]
pub struct Fault {
    pub(super) kind: FaultKind,
    /// All when there are none.
    pub(super) operations: Vec<Operation>,
    pub(super) times: Option<u64>,
    pub(super) chance: Option<Chance>,
    pub(super) delay: Duration,
    mistake: Option<String>,
}

/// How likely, and by which seed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Chance {
    pub(super) probability: f64,
    pub(super) seed: u64,
}

/// A fault that makes no sense. Its text says why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidFault(pub(crate) String);

/// What goes wrong.
impl Fault {
    pub(super) fn new(kind: FaultKind) -> Self {
        Self {
            mistake: kind.mistake(),
            kind,
            operations: Vec::new(),
            times: None,
            chance: None,
            delay: Duration::ZERO,
        }
    }

    /// The request is answered with this status (200 to 599) and an error, and not carried out; see
    /// [`Self::carried_out`], [`Self::body`] and [`Self::retry_after`].
    pub fn status(status: u16) -> Self {
        Self::new(FaultKind::Status(StatusFault {
            status,
            retry_after: None,
            body: None,
            carried_out: false,
            skypetoken_deprecated: false,
        }))
    }

    /// The request is carried out at once, but answered only after `delay`. This delay comes on top of
    /// whatever else befalls the request.
    pub fn delay(delay: Duration) -> Self {
        Self::new(FaultKind::Delay {}).delayed_by(delay)
    }

    /// The connection is reset, and the request not carried out.
    pub fn reset_before_execution() -> Self {
        Self::new(FaultKind::ResetBeforeExecution {})
    }

    /// The request is carried out, then the connection is reset without an answer.
    pub fn reset_after_execution() -> Self {
        Self::new(FaultKind::ResetAfterExecution {})
    }

    /// The request is carried out, and the connection reset after half of the answer's body has been sent;
    /// without an answer if it has no body.
    pub fn reset_mid_body() -> Self {
        Self::new(FaultKind::ResetMidBody {})
    }

    /// The connection is reset at once, and the request carried out `after` that: when so much real time
    /// has passed, or the service's clock has been moved so far, whichever comes first.
    pub fn executed_late(after: Duration) -> Self {
        let after_seconds = Seconds(after);
        Self::new(FaultKind::ExecutedLate { after_seconds })
    }

    /// Lists do not show what came within the last `lag`: messages sent, threads joined, participants
    /// added, receipts read. Changes of what is older than that show at once, and so does a message that
    /// is asked for by its id. This comes on top of whatever else befalls the request.
    pub fn list_lag(lag: Duration) -> Self {
        let seconds = Seconds(lag);
        Self::new(FaultKind::ListLag { seconds })
    }

    /// The service's clock is so many seconds ahead of the machine's, or behind it when negative: in the
    /// `date` of the answer, in a `retry-after` that is a date, and when the date of a signed request is
    /// checked. It comes on top of whatever else befalls the request.
    /// [`Emulator::set_clock_skew`](crate::Emulator::set_clock_skew) is for all requests and all times.
    pub fn clock_skew(seconds: i64) -> Self {
        Self::new(FaultKind::ClockSkew { seconds })
    }

    /// The answer's body ends half-way, and the content length is that of the half.
    pub fn truncated_json() -> Self {
        Self::new(FaultKind::TruncatedJson {
            wrong_content_length: false,
        })
    }

    /// The answer's body is as long as ever but no JSON.
    pub fn invalid_json() -> Self {
        Self::new(FaultKind::InvalidJson {
            wrong_content_length: false,
        })
    }

    /// The first message of the answer has a type that no version of the API has.
    pub fn unknown_message_type() -> Self {
        Self::new(FaultKind::UnknownMessageType {})
    }

    /// The kind of every identifier and of every retention policy in the answer is one that no version of
    /// the API has.
    pub fn unknown_enum_value() -> Self {
        Self::new(FaultKind::UnknownEnumValue {})
    }

    /// Every object of the answer has a field that no version of the API has.
    pub fn extra_field() -> Self {
        Self::new(FaultKind::ExtraField {})
    }

    /// The answer lacks `field`: wherever the name occurs, or, when it begins with `/`, where this JSON
    /// pointer (RFC 6901) leads, as `/value/0/id`.
    pub fn missing_field(field: impl Into<String>) -> Self {
        let field = field.into();
        Self::new(FaultKind::MissingField { field })
    }

    /// The page of a list is empty and has a link, which leads to the page as it would have been.
    pub fn empty_page() -> Self {
        Self::new(FaultKind::EmptyPage {})
    }

    /// The link to the next page leads to `http://foreign.invalid`. A page without a link gets one.
    pub fn foreign_next_link() -> Self {
        Self::foreign_next_link_to(foreign_origin())
    }

    /// As [`Self::foreign_next_link`], to an origin such as `http://127.0.0.1:8080`.
    pub fn foreign_next_link_to(origin: impl Into<String>) -> Self {
        let origin = origin.into();
        Self::new(FaultKind::ForeignNextLink { origin })
    }

    /// The link to the next page leads to the very page on which it is, for as long as this lasts.
    pub fn repeated_next_link() -> Self {
        Self::new(FaultKind::RepeatedNextLink {})
    }

    /// A real-time notification does not reach the client that is registered for it; instead the client is told
    /// that something was lost.
    pub fn lost_notification() -> Self {
        Self::new(FaultKind::LostNotification {})
    }

    /// A real-time notification comes twice, as one and the same request.
    pub fn duplicated_notification() -> Self {
        Self::new(FaultKind::DuplicatedNotification {})
    }

    /// A ping of a client of notifications is not acknowledged.
    pub fn no_pong() -> Self {
        Self::new(FaultKind::NoPong {})
    }
}

/// What goes wrong with events that [Event Grid](crate::EmulatorBuilder::event_grid) delivers, each of which it
/// befalls on its own. Faults of several kinds may befall the same event.
impl Fault {
    /// The event is never delivered, and nobody is told.
    pub fn lost_event() -> Self {
        Self::new(FaultKind::LostEvent {})
    }

    /// The event is delivered twice, with the same id.
    pub fn duplicated_event() -> Self {
        Self::new(FaultKind::DuplicatedEvent {})
    }

    /// The event is delivered after the next one, or after ten seconds when there is no next one.
    pub fn reordered_event() -> Self {
        Self::new(FaultKind::ReorderedEvent {})
    }

    /// The event is delivered when this time has passed by the emulator's clock.
    pub fn late_event(late: Duration) -> Self {
        let seconds = Seconds(late);
        Self::new(FaultKind::LateEvent { seconds })
    }
}

/// Details of some faults. On any other fault they are a mistake, which injecting it reports.
impl Fault {
    /// A status: with `retry-after` in seconds, rounded up.
    pub fn retry_after(self, delay: Duration) -> Self {
        self.with_retry_after(RetryAfter::Seconds(whole_seconds(delay)))
    }

    /// A status: with `retry-after` as a date so far from now, rounded up to seconds.
    pub fn retry_after_date(self, delay: Duration) -> Self {
        self.with_retry_after(RetryAfter::HttpDate(whole_seconds(delay)))
    }

    /// A status: with `retry-after-ms`, as some services of Azure send it.
    pub fn retry_after_ms(self, delay: Duration) -> Self {
        let millis = u64::try_from(delay.as_millis()).unwrap_or(u64::MAX);
        self.with_retry_after(RetryAfter::Milliseconds(millis))
    }

    /// A status: with this body instead of the error of the request's api-version.
    pub fn body(mut self, new: ErrorBody) -> Self {
        match &mut self.kind {
            FaultKind::Status(fault) => fault.body = Some(new),
            _ => self.wrong("only a status has a body of its own"),
        }
        self
    }

    /// A status: after the request was carried out all the same.
    pub fn carried_out(mut self) -> Self {
        match &mut self.kind {
            FaultKind::Status(fault) => fault.carried_out = true,
            _ => self.wrong("only a status can be answered after carrying out"),
        }
        self
    }

    /// A status: with the header `x-trouter-skypetoken-deprecated`, by which clients of real-time notifications
    /// know that tokens of their kind are not accepted any more. They give up.
    pub fn skypetoken_deprecated(mut self) -> Self {
        match &mut self.kind {
            FaultKind::Status(fault) => fault.skypetoken_deprecated = true,
            _ => {
                self.wrong("only a status says that tokens of this kind are not accepted any more")
            }
        }
        self
    }

    /// Truncated or invalid JSON: with a content length that is longer than the body, after which the
    /// connection is closed.
    pub fn wrong_content_length(mut self) -> Self {
        match &mut self.kind {
            FaultKind::TruncatedJson {
                wrong_content_length,
            }
            | FaultKind::InvalidJson {
                wrong_content_length,
            } => *wrong_content_length = true,
            _ => self.wrong("only truncated or invalid JSON has a wrong content length"),
        }
        self
    }

    fn with_retry_after(mut self, new: RetryAfter) -> Self {
        match &mut self.kind {
            FaultKind::Status(fault) => fault.retry_after = Some(new),
            _ => self.wrong("only a status has a retry-after"),
        }
        self
    }
}

/// For which requests, and how often.
impl Fault {
    /// Only for this operation, and for others that this is called with: an
    /// [`Operation`](crate::Operation) or an id of the contract, such as `"sendChatMessage"`. Faults that
    /// need a list, a message or a JSON body leave other operations alone by themselves.
    pub fn for_operation<O>(mut self, operation: O) -> Self
    where
        O: TryInto<Operation>,
        O::Error: Display,
    {
        match operation.try_into() {
            Ok(operation) => self.operations.push(operation),
            Err(error) => self.wrong(&error.to_string()),
        }
        self
    }

    /// Only for the next `times` requests that it can befall.
    pub fn times(mut self, times: u64) -> Self {
        if times == 0 {
            self.wrong("times is at least 1");
        }
        self.times = Some(times);
        self
    }

    /// With a probability from 0 to 1 for each request. The same seed spares and hits the same requests in
    /// the order of their arrival.
    pub fn with_probability(mut self, probability: f64, seed: u64) -> Self {
        if let Err(InvalidFault(mistake)) = check_probability(probability) {
            self.wrong(&mistake);
        }
        self.chance = Some(Chance { probability, seed });
        self
    }

    /// The answer, or the reset, comes after `delay`.
    pub fn delayed_by(mut self, delay: Duration) -> Self {
        if let Some(mistake) = too_long(delay) {
            self.wrong(&mistake);
        }
        self.delay = delay;
        self
    }

    /// The first mistake is the one that is told.
    fn wrong(&mut self, mistake: &str) {
        self.mistake.get_or_insert_with(|| mistake.to_owned());
    }

    pub(super) fn check(&self) -> Result<(), InvalidFault> {
        if self.kind.befalls_events() && !self.delay.is_zero() {
            let text =
                "an event has no answer that could be delayed: lateEvent delays it".to_owned();
            return Err(InvalidFault(text));
        }
        let mistake = self.mistake.clone().or_else(|| {
            // Nothing else would tell that the fault never strikes.
            let reach = self.operations.iter().copied().map(Some);
            let unreachable = !self.operations.is_empty()
                && !reach
                    .into_iter()
                    .any(|operation| self.kind.can_befall(operation));
            unreachable.then(|| {
                let kind = self.kind.name();
                format!("{kind} cannot befall {}", self.operations[0])
            })
        });
        mistake.map_or(Ok(()), |mistake| Err(InvalidFault(mistake)))
    }

    pub(super) fn can_befall(&self, operation: Option<Operation>) -> bool {
        let chosen = self.operations.is_empty()
            || operation.is_some_and(|operation| self.operations.contains(&operation));
        chosen && self.kind.can_befall(operation)
    }
}

pub(super) fn check_probability(probability: f64) -> Result<(), InvalidFault> {
    if (0.0..=1.0).contains(&probability) {
        Ok(())
    } else {
        let mistake = format!("a probability is from 0 to 1, not {probability}");
        Err(InvalidFault(mistake))
    }
}

fn whole_seconds(delay: Duration) -> u64 {
    delay.as_secs() + u64::from(delay.subsec_nanos() > 0)
}
