//! What can go wrong with a request, as it is held here and as the control API writes it.

use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::api::operation::{NotificationOperation, Operation};

/// Longer spans make no sense in a test, and none overflows in a sum.
const MAX_SECONDS: f64 = 30.0 * 24.0 * 60.0 * 60.0;

/// A span as a JSON number of seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Seconds(pub(crate) Duration);

impl Serialize for Seconds {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.0.as_secs_f64())
    }
}

impl<'de> Deserialize<'de> for Seconds {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let seconds = f64::deserialize(deserializer)?;
        let valid = (0.0..=MAX_SECONDS).contains(&seconds);
        valid
            .then(|| Duration::try_from_secs_f64(seconds).ok())
            .flatten()
            .map(Self)
            .ok_or_else(|| serde::de::Error::custom("seconds are from 0 to 2592000 (30 days)"))
    }
}

/// How an answer says when to try again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum RetryAfter {
    /// `retry-after: 2`
    Seconds(u64),
    /// `retry-after: Wed, 21 Oct 2026 07:28:00 GMT`, so many seconds from now.
    HttpDate(u64),
    /// `retry-after-ms: 1500`
    Milliseconds(u64),
}

/// What the body of an injected error is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum ErrorBody {
    /// `{"error":{"code":…,"message":…}}`, as the contract has it.
    Contract,
    /// `{"CommunicationError":{"Code":…,"Message":…,"Details":[]}}`, as the service was recorded.
    Pascal,
    /// `{"code":…,"message":…}`, without an envelope.
    Bare,
    /// A page of HTML, as proxies and gateways send.
    Html,
    /// No body and no content type.
    Empty,
}

/// An error in place of the service's answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct StatusFault {
    pub(crate) status: u16,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) retry_after: Option<RetryAfter>,
    /// The error of the request's api-version when there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) body: Option<ErrorBody>,
    /// Whether the service carries the request out all the same.
    #[serde(default)]
    pub(crate) carried_out: bool,
    /// Whether it says that tokens of this kind are not accepted any more.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) skypetoken_deprecated: bool,
}

/// What goes wrong.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase",
    deny_unknown_fields
)]
pub(crate) enum FaultKind {
    Status(StatusFault),
    Delay {},
    ResetBeforeExecution {},
    ResetAfterExecution {},
    ResetMidBody {},
    ExecutedLate {
        after_seconds: Seconds,
    },
    ListLag {
        seconds: Seconds,
    },
    ClockSkew {
        seconds: i64,
    },
    TruncatedJson {
        #[serde(default)]
        wrong_content_length: bool,
    },
    InvalidJson {
        #[serde(default)]
        wrong_content_length: bool,
    },
    UnknownMessageType {},
    UnknownEnumValue {},
    ExtraField {},
    MissingField {
        field: String,
    },
    EmptyPage {},
    ForeignNextLink {
        #[serde(default = "foreign_origin")]
        origin: String,
    },
    RepeatedNextLink {},
    LostNotification {},
    DuplicatedNotification {},
    NoPong {},
    LostEvent {},
    DuplicatedEvent {},
    ReorderedEvent {},
    LateEvent {
        seconds: Seconds,
    },
}

/// An origin that belongs to nobody.
pub(crate) fn foreign_origin() -> String {
    "http://foreign.invalid".to_owned()
}

impl FaultKind {
    /// As the control API names it.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Status(_) => "status",
            Self::Delay {} => "delay",
            Self::ResetBeforeExecution {} => "resetBeforeExecution",
            Self::ResetAfterExecution {} => "resetAfterExecution",
            Self::ResetMidBody {} => "resetMidBody",
            Self::ExecutedLate { .. } => "executedLate",
            Self::ListLag { .. } => "listLag",
            Self::ClockSkew { .. } => "clockSkew",
            Self::TruncatedJson { .. } => "truncatedJson",
            Self::InvalidJson { .. } => "invalidJson",
            Self::UnknownMessageType {} => "unknownMessageType",
            Self::UnknownEnumValue {} => "unknownEnumValue",
            Self::ExtraField {} => "extraField",
            Self::MissingField { .. } => "missingField",
            Self::EmptyPage {} => "emptyPage",
            Self::ForeignNextLink { .. } => "foreignNextLink",
            Self::RepeatedNextLink {} => "repeatedNextLink",
            Self::LostNotification {} => "lostNotification",
            Self::DuplicatedNotification {} => "duplicatedNotification",
            Self::NoPong {} => "noPong",
            Self::LostEvent {} => "lostEvent",
            Self::DuplicatedEvent {} => "duplicatedEvent",
            Self::ReorderedEvent {} => "reorderedEvent",
            Self::LateEvent { .. } => "lateEvent",
        }
    }

    /// Whether it is a condition that a request meets on top of whatever else befalls it.
    pub(crate) fn is_condition(&self) -> bool {
        matches!(
            self,
            Self::Delay {} | Self::ListLag { .. } | Self::ClockSkew { .. }
        )
    }

    /// Whether it befalls events that Event Grid delivers, and no requests.
    pub(crate) fn befalls_events(&self) -> bool {
        matches!(
            self,
            Self::LostEvent {}
                | Self::DuplicatedEvent {}
                | Self::ReorderedEvent {}
                | Self::LateEvent { .. }
        )
    }

    /// Whether it can befall `operation`; `None` is a request that names none.
    pub(crate) fn can_befall(&self, operation: Option<Operation>) -> bool {
        use NotificationOperation as N;
        match self {
            Self::LostNotification {} | Self::DuplicatedNotification {} => {
                operation == Some(N::DeliverNotification.into())
            }
            Self::NoPong {} => operation == Some(N::PingNotifications.into()),
            kind if kind.befalls_events() => false,
            Self::ListLag { .. }
            | Self::EmptyPage {}
            | Self::ForeignNextLink { .. }
            | Self::RepeatedNextLink {} => operation.is_some_and(Operation::is_list),
            Self::UnknownMessageType {} => operation.is_some_and(Operation::answers_messages),
            Self::TruncatedJson { .. }
            | Self::InvalidJson { .. }
            | Self::UnknownEnumValue {}
            | Self::ExtraField {}
            | Self::MissingField { .. } => operation.is_some_and(Operation::answers_json),
            _ => operation.is_none_or(Operation::is_request),
        }
    }

    /// What cannot be, if anything.
    pub(crate) fn mistake(&self) -> Option<String> {
        match self {
            Self::Status(StatusFault { status, .. }) if !(200..=599).contains(status) => {
                Some(format!("a status is from 200 to 599, not {status}"))
            }
            Self::ClockSkew { seconds } if seconds.unsigned_abs() as f64 > MAX_SECONDS => {
                Some("a clock differs by 2592000 seconds (30 days) at most".to_owned())
            }
            Self::ExecutedLate {
                after_seconds: Seconds(span),
            }
            | Self::ListLag {
                seconds: Seconds(span),
            }
            | Self::LateEvent {
                seconds: Seconds(span),
            } => too_long(*span),
            Self::MissingField { field } if field.is_empty() => {
                Some("the field that is missing needs a name".to_owned())
            }
            Self::ForeignNextLink { origin } => {
                let valid = origin.parse::<http::Uri>().is_ok_and(|uri| {
                    uri.scheme().is_some() && uri.authority().is_some() && uri.path() == "/"
                });
                (!valid).then(|| {
                    format!(
                        "an origin is a scheme and a host, as http://example.com, not {origin:?}"
                    )
                })
            }
            _ => None,
        }
    }
}

/// Says so when a span is longer than any that makes sense.
pub(crate) fn too_long(span: Duration) -> Option<String> {
    (span.as_secs_f64() > MAX_SECONDS).then(|| "seconds are from 0 to 2592000 (30 days)".to_owned())
}
