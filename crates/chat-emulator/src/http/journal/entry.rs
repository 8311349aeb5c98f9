//! A request as tests see it.

use http::StatusCode;
use serde_json::{Map, Value, json};
use time::OffsetDateTime;

use crate::api::operation::Operation;
use crate::http::faults::FaultId;
use crate::store::timestamp::Timestamp;

use super::record::Record;
use super::redact;

/// What the client got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// An answer.
    Answered {
        /// Its status.
        status: u16,
    },
    /// An answer that ended before its announced length.
    CutOff {
        /// Its status.
        status: u16,
    },
    /// No answer: the connection was reset.
    Reset,
}

impl Outcome {
    pub(crate) fn answered(status: StatusCode) -> Self {
        let status = status.as_u16();
        Self::Answered { status }
    }

    pub(crate) fn cut_off(self) -> Self {
        match self {
            Self::Answered { status } => Self::CutOff { status },
            other => other,
        }
    }

    pub(crate) fn cut_off_if(self, cut_off: bool) -> Self {
        if cut_off { self.cut_off() } else { self }
    }

    /// The status that was sent, if any.
    pub fn status(self) -> Option<u16> {
        match self {
            Self::Answered { status } | Self::CutOff { status } => Some(status),
            Self::Reset => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Answered { .. } => "answered",
            Self::CutOff { .. } => "cutOff",
            Self::Reset => "reset",
        }
    }
}

/// A request in the journal, without its secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JournalEntry {
    number: u64,
    received_at: Timestamp,
    method: String,
    path: String,
    query: Option<String>,
    headers: Vec<(String, String)>,
    body: Option<String>,
    body_length: usize,
    answer_headers: Vec<(String, String)>,
    answer_body: Option<String>,
    answer_length: usize,
    operation: Option<Operation>,
    outcome: Outcome,
    service: Option<(StatusCode, Timestamp)>,
    faults: Vec<(FaultId, &'static str)>,
}

impl JournalEntry {
    pub(super) fn new(number: u64, record: &Record, outcome: Outcome) -> Self {
        let target = record.target();
        let (path, query) = match target.split_once('?') {
            Some((path, query)) => (path, Some(redact::query(query))),
            None => (&*target, None),
        };
        Self {
            number,
            received_at: record.received_at,
            method: record.method.to_string(),
            path: path.to_owned(),
            query,
            headers: headers(&record.headers()),
            body: redact::body(record.body()),
            body_length: record.body_length,
            answer_headers: headers(&record.answer_headers()),
            answer_body: redact::body(record.answer()),
            answer_length: record.answer_length,
            operation: record.operation,
            outcome,
            service: record.service,
            faults: record.faults.clone(),
        }
    }

    /// Counts the requests from 1, also over those that the journal has forgotten.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// When the request had arrived, by the service's clock.
    pub fn received_at(&self) -> OffsetDateTime {
        self.received_at.into()
    }

    /// The method, such as `POST`.
    pub fn method(&self) -> &str {
        &self.method
    }

    /// The path as it was sent, without the query.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The query as it was sent, without the `?`.
    pub fn query(&self) -> Option<&str> {
        self.query.as_deref()
    }

    /// The headers in the order in which they came, names in lower case. The values of `authorization` and
    /// cookies are replaced.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The first value of a header, whose case does not matter.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers()
            .find(|(other, _)| other.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    /// The JSON of the body, in which the values of tokens and other secrets are replaced. `None` when it
    /// was empty, no JSON, or larger than 64 KiB.
    pub fn body(&self) -> Option<&str> {
        self.body.as_deref()
    }

    /// How many bytes the body had.
    pub fn body_length(&self) -> usize {
        self.body_length
    }

    /// The headers that the service gave its answer, names in lower case; none when there was no answer. What
    /// is added on the way is not among them: `content-length`, `date`, and those for pages of other origins.
    pub fn answer_headers(&self) -> impl Iterator<Item = (&str, &str)> {
        let headers = self.answer_headers.iter();
        headers.map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The first value of a header of the answer, whose case does not matter.
    pub fn answer_header(&self, name: &str) -> Option<&str> {
        self.answer_headers()
            .find(|(other, _)| other.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    /// The JSON that the client was answered with, in which the values of tokens and other secrets are
    /// replaced. `None` when there was no answer, or when it was empty, no JSON, or larger than 64 KiB.
    pub fn answer_body(&self) -> Option<&str> {
        self.answer_body.as_deref()
    }

    /// The operation that method and path name, if any.
    pub fn operation(&self) -> Option<Operation> {
        self.operation
    }

    /// What the client got, or would have got had it waited.
    pub fn outcome(&self) -> Outcome {
        self.outcome
    }

    /// Whether the service carried the request out: now, late, or without the client's knowing.
    pub fn carried_out(&self) -> bool {
        self.service.is_some_and(|(status, _)| status.is_success())
    }

    /// What the service answered, whatever the client got. `None` when the request has not reached it.
    pub fn service_status(&self) -> Option<u16> {
        self.service.map(|(status, _)| status.as_u16())
    }

    /// When the service answered, by its clock.
    pub fn executed_at(&self) -> Option<OffsetDateTime> {
        self.service.map(|(_, at)| at.into())
    }

    /// The faults that befell the request.
    pub fn faults(&self) -> impl Iterator<Item = FaultId> {
        self.faults.iter().map(|(id, _)| *id)
    }

    /// The entry as the control API shows it.
    pub(crate) fn document(&self) -> Value {
        let json =
            |body: Option<&str>| body.and_then(|body| serde_json::from_str::<Value>(body).ok());
        let faults: Vec<_> = self
            .faults
            .iter()
            .map(|(id, kind)| json!({"id": id, "kind": kind}))
            .collect();
        json!({
            "number": self.number,
            "receivedAt": self.received_at.with_millis(),
            "method": self.method,
            "path": self.path,
            "query": self.query,
            "headers": object(&self.headers),
            "body": json(self.body()),
            "bodyLength": self.body_length,
            "answerHeaders": object(&self.answer_headers),
            "answer": json(self.answer_body()),
            "answerLength": self.answer_length,
            "operation": self.operation.map(Operation::id),
            "outcome": self.outcome.name(),
            "status": self.outcome.status(),
            "carriedOut": self.carried_out(),
            "serviceStatus": self.service_status(),
            "executedAt": self.service.map(|(_, at)| at.with_millis()),
            "faults": faults,
        })
    }
}

/// The headers of lines of `name: value`.
fn headers(lines: &str) -> Vec<(String, String)> {
    let headers = lines.lines().filter_map(|line| line.split_once(": "));
    headers
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// Headers by name. Several of one name become one, as HTTP allows.
fn object(headers: &[(String, String)]) -> Map<String, Value> {
    let mut object = Map::new();
    for (name, value) in headers {
        match object.get_mut(name) {
            Some(Value::String(all)) => {
                all.push_str(", ");
                all.push_str(value);
            }
            _ => {
                object.insert(name.clone(), value.as_str().into());
            }
        }
    }
    object
}
