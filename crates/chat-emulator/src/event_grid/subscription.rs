//! What a webhook subscribes to, and how events come to it.

use std::fmt;

use http::{HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};

use super::endpoint::Endpoint;

/// What the type of each chat event begins with.
pub(super) const PREFIX: &str = "Microsoft.Communication.Chat";
/// As many headers as the service adds, and as long.
const MAX_HEADERS: usize = 10;
const MAX_HEADER_BYTES: usize = 4096;

/// The schema of the events that are delivered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum EventGridSchema {
    /// Event Grid's own schema: arrays of events.
    #[default]
    #[serde(rename = "EventGridSchema")]
    EventGrid,
    /// CloudEvents 1.0: one event, or an array of them where deliveries are batched.
    #[serde(rename = "CloudEventSchemaV1_0")]
    CloudEvents,
}

/// A webhook to which the emulator delivers events as Azure Event Grid does, with the settings that a subscription
/// of Event Grid has, under the names that they have there.
///
/// ```
/// use chat_emulator::{EventGridSchema, EventGridSubscription};
///
/// let subscription = EventGridSubscription::new("http://127.0.0.1:7071/events?code=s3cret")
///     .schema(EventGridSchema::CloudEvents)
///     .max_events_per_batch(20)
///     .include("Microsoft.Communication.ChatMessageReceivedInThread");
/// assert!(!format!("{subscription:?}").contains("s3cret"));
/// ```
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[must_use = "a subscription does nothing until an emulator has it"]
pub struct EventGridSubscription {
    endpoint_url: String,
    #[serde(default)]
    event_delivery_schema: EventGridSchema,
    #[serde(default = "one")]
    max_events_per_batch: u32,
    #[serde(default = "default_batch_kilobytes")]
    preferred_batch_size_in_kilobytes: u32,
    #[serde(default = "most_attempts")]
    max_delivery_attempts: u32,
    #[serde(default = "most_minutes")]
    event_time_to_live_in_minutes: u32,
    #[serde(default)]
    included_event_types: Vec<String>,
    #[serde(default)]
    delivery_headers: Vec<DeliveryHeader>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct DeliveryHeader {
    name: String,
    value: String,
}

const fn one() -> u32 {
    1
}

const fn default_batch_kilobytes() -> u32 {
    64
}

const fn most_attempts() -> u32 {
    30
}

const fn most_minutes() -> u32 {
    24 * 60
}

impl EventGridSubscription {
    /// A subscription to all chat events, which are posted to `url` one by one in Event Grid's schema. Its
    /// query may hold a secret, and is shown nowhere.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            endpoint_url: url.into(),
            event_delivery_schema: EventGridSchema::default(),
            max_events_per_batch: one(),
            preferred_batch_size_in_kilobytes: default_batch_kilobytes(),
            max_delivery_attempts: most_attempts(),
            event_time_to_live_in_minutes: most_minutes(),
            included_event_types: Vec::new(),
            delivery_headers: Vec::new(),
        }
    }

    /// The schema of deliveries and of the handshake before them.
    pub fn schema(mut self, schema: EventGridSchema) -> Self {
        self.event_delivery_schema = schema;
        self
    }

    /// How many events a delivery has at most, 1 to 5,000; 1 by default. It has fewer when no more wait.
    pub fn max_events_per_batch(mut self, events: u32) -> Self {
        self.max_events_per_batch = events;
        self
    }

    /// How large a delivery of several events is at most, in kilobytes (1,024 bytes), 1 to 1,024; 64 by default.
    /// One event alone may be larger.
    pub fn preferred_batch_size_in_kilobytes(mut self, kilobytes: u32) -> Self {
        self.preferred_batch_size_in_kilobytes = kilobytes;
        self
    }

    /// How often the delivery of an event is attempted at most, 1 to 30; 30 by default. Then it is a dead letter.
    pub fn max_delivery_attempts(mut self, attempts: u32) -> Self {
        self.max_delivery_attempts = attempts;
        self
    }

    /// For how many minutes of the emulator's clock deliveries are attempted, 1 to 1,440; 1,440 by default. An
    /// event that is older when its next attempt is due is a dead letter.
    pub fn event_time_to_live_in_minutes(mut self, minutes: u32) -> Self {
        self.event_time_to_live_in_minutes = minutes;
        self
    }

    /// Only events of this type, and of others that this is called with, such as
    /// `Microsoft.Communication.ChatMessageReceived`.
    pub fn include(mut self, event_type: impl Into<String>) -> Self {
        self.included_event_types.push(event_type.into());
        self
    }

    /// Adds a header to every delivery, 10 at most, each with up to 4,096 bytes: a secret, for example. Its value is
    /// shown nowhere. Handshakes do not have it.
    pub fn delivery_header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.delivery_headers.push(DeliveryHeader {
            name: name.into(),
            value: value.into(),
        });
        self
    }

    pub(super) fn check(self) -> Result<Settings, InvalidSubscription> {
        let endpoint = Endpoint::parse(&self.endpoint_url)
            .map_err(|mistake| InvalidSubscription(mistake.to_owned()))?;
        let range = |name: &str, value: u32, most: u32| match (1..=most).contains(&value) {
            true => Ok(value),
            false => Err(InvalidSubscription(format!(
                "{name} is from 1 to {most}, not {value}"
            ))),
        };
        let kilobytes = range(
            "preferredBatchSizeInKilobytes",
            self.preferred_batch_size_in_kilobytes,
            1024,
        )?;
        for event_type in &self.included_event_types {
            if !event_type.starts_with(PREFIX) {
                return Err(InvalidSubscription(format!(
                    "{event_type:?} is no type of chat events: they begin with {PREFIX}"
                )));
            }
        }
        Ok(Settings {
            endpoint,
            schema: self.event_delivery_schema,
            most_events: range("maxEventsPerBatch", self.max_events_per_batch, 5000)? as usize,
            most_bytes: kilobytes as usize * 1024,
            most_attempts: range("maxDeliveryAttempts", self.max_delivery_attempts, 30)?,
            minutes: range(
                "eventTimeToLiveInMinutes",
                self.event_time_to_live_in_minutes,
                most_minutes(),
            )?,
            included: self.included_event_types,
            headers: headers(self.delivery_headers)?,
        })
    }
}

fn headers(
    given: Vec<DeliveryHeader>,
) -> Result<Vec<(HeaderName, HeaderValue)>, InvalidSubscription> {
    if given.len() > MAX_HEADERS {
        let mistake = format!("there are at most {MAX_HEADERS} delivery headers");
        return Err(InvalidSubscription(mistake));
    }
    let mut headers = Vec::with_capacity(given.len());
    for DeliveryHeader { name, value } in given {
        let mistake =
            |what: &str| InvalidSubscription(format!("the delivery header {name:?} {what}"));
        let read = HeaderName::try_from(&name).map_err(|_| mistake("has no valid name"))?;
        if value.len() > MAX_HEADER_BYTES {
            return Err(mistake("is longer than 4,096 bytes"));
        }
        let mut value = HeaderValue::try_from(value).map_err(|_| mistake("has no valid value"))?;
        value.set_sensitive(true);
        headers.push((read, value));
    }
    Ok(headers)
}

impl From<&str> for EventGridSubscription {
    fn from(url: &str) -> Self {
        Self::new(url)
    }
}

impl From<String> for EventGridSubscription {
    fn from(url: String) -> Self {
        Self::new(url)
    }
}

/// Shows neither the query of the URL nor the headers.
impl fmt::Debug for EventGridSubscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let endpoint = Endpoint::parse(&self.endpoint_url);
        f.debug_struct("EventGridSubscription")
            .field("endpoint", &endpoint)
            .field("schema", &self.event_delivery_schema)
            .finish_non_exhaustive()
    }
}

/// A subscription that makes no sense. Its text says why, and holds no secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the Event Grid subscription is not valid: {0}")]
pub struct InvalidSubscription(pub(super) String);

/// A subscription that has been checked.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    pub(super) endpoint: Endpoint,
    pub(super) schema: EventGridSchema,
    pub(super) most_events: usize,
    pub(super) most_bytes: usize,
    pub(super) most_attempts: u32,
    pub(super) minutes: u32,
    /// All when there are none.
    pub(super) included: Vec<String>,
    /// Their values are marked as sensitive, which their debug output respects.
    pub(super) headers: Vec<(HeaderName, HeaderValue)>,
}

impl Settings {
    /// Whether deliveries have several events.
    pub(super) fn batched(&self) -> bool {
        self.most_events > 1
    }

    pub(super) fn includes(&self, event_type: &str) -> bool {
        self.included.is_empty() || self.included.iter().any(|included| included == event_type)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "http://127.0.0.1/events?code=s3cret";

    #[test]
    fn what_a_subscription_of_the_service_cannot_have_is_refused() {
        let new = || EventGridSubscription::new(URL);
        let long = "x".repeat(MAX_HEADER_BYTES + 1);
        let many = (0..11).fold(new(), |subscription, _| {
            subscription.delivery_header("a", "b")
        });
        for wrong in [
            new().max_events_per_batch(0),
            new().max_events_per_batch(5001),
            new().preferred_batch_size_in_kilobytes(1025),
            new().max_delivery_attempts(31),
            new().event_time_to_live_in_minutes(1441),
            new().include("Microsoft.Storage.BlobCreated"),
            new().delivery_header("no name", "s3cret"),
            new().delivery_header("secret", "s3cret\n"),
            new().delivery_header("secret", long),
            many,
            EventGridSubscription::new("s3cret"),
        ] {
            let mistake = wrong.check().unwrap_err().to_string();
            assert!(!mistake.contains("s3cret"), "{mistake}");
        }
        assert!(new().check().is_ok());
    }

    #[test]
    fn nothing_that_is_shown_has_a_secret() {
        let subscription = EventGridSubscription::new(URL).delivery_header("key", "s3cret");
        let shown = format!("{subscription:?} {:?}", subscription.clone().check());
        assert!(
            shown.contains("127.0.0.1") && !shown.contains("s3cret"),
            "{shown}"
        );
    }
}
