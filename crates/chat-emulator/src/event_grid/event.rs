//! An event, and what it looks like in each schema.

use std::sync::Arc;

use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::store::identifier::RawId;
use crate::store::timestamp::Timestamp;
use crate::wire::identifier::Identifier;

use super::subscription::{EventGridSchema, PREFIX};

/// Something that has happened in a thread, told to one of its participants or to nobody in particular.
#[derive(Clone, Debug)]
pub(super) struct Event {
    /// The same in every attempt to deliver it.
    pub(super) id: Uuid,
    /// What follows `Microsoft.Communication.Chat` in its type.
    pub(super) kind: &'static str,
    pub(super) subject: String,
    pub(super) time: Timestamp,
    /// The participant that an event at user level is for; none at thread level.
    pub(super) recipient: Option<RawId>,
    /// All but the recipient, shared by the events for all recipients.
    pub(super) data: Arc<Data>,
}

/// What an event tells, but for its recipient.
#[derive(Debug)]
pub(super) struct Data {
    fields: Map<String, Value>,
    /// Bytes of it as JSON.
    size: usize,
}

impl Data {
    pub(super) fn new(fields: Map<String, Value>) -> Self {
        let size = Value::Object(fields.clone()).to_string().len();
        Self { fields, size }
    }
}

/// The resource that events are of, in the two spellings that the service has for it.
#[derive(Clone, Debug)]
pub(super) struct Source {
    user_level: String,
    thread_level: String,
}

impl Source {
    /// The communication resource with this GUID.
    pub(super) fn new(resource: Uuid) -> Self {
        let subscription = Uuid::nil();
        let path = format!(
            "/subscriptions/{subscription}/resourceGroups/chat-emulator/providers/\
             Microsoft.Communication/communicationServices/{resource}"
        );
        Self {
            thread_level: path.to_lowercase(),
            user_level: path,
        }
    }

    fn of(&self, event: &Event) -> &str {
        match event.recipient {
            Some(_) => &self.user_level,
            None => &self.thread_level,
        }
    }

    pub(super) fn as_str(&self) -> &str {
        &self.user_level
    }
}

impl Event {
    pub(super) fn event_type(&self) -> String {
        format!("{PREFIX}{}", self.kind)
    }

    /// About as many bytes as it has when it is delivered.
    pub(super) fn size(&self) -> usize {
        // The envelope, the source, and the recipient with its raw id twice.
        let recipient = self
            .recipient
            .as_ref()
            .map_or(0, |id| 2 * id.as_str().len() + 80);
        self.data.size + self.subject.len() + recipient + 400
    }

    fn data(&self) -> Value {
        let mut fields = self.data.fields.clone();
        if let Some(recipient) = &self.recipient {
            fields.insert(
                "recipientCommunicationIdentifier".to_owned(),
                identifier(recipient),
            );
        }
        fields.into()
    }

    /// The event as it is delivered.
    pub(super) fn envelope(&self, schema: EventGridSchema, source: &Source) -> Value {
        match schema {
            EventGridSchema::EventGrid => json!({
                "id": self.id.to_string(),
                "topic": source.of(self),
                "subject": self.subject,
                "data": self.data(),
                "eventType": self.event_type(),
                "dataVersion": "1.0",
                "metadataVersion": "1",
                "eventTime": event_time(self.time),
            }),
            EventGridSchema::CloudEvents => json!({
                "id": self.id.to_string(),
                "source": source.of(self),
                "subject": self.subject,
                "data": self.data(),
                "type": self.event_type(),
                "time": event_time(self.time),
                "specversion": "1.0",
            }),
        }
    }
}

/// Somebody, as events name people.
pub(super) fn identifier(id: &RawId) -> Value {
    // Only a map whose keys are not strings could fail, and there is none.
    serde_json::to_value(Identifier::from(id)).unwrap_or_default()
}

/// Seven digits of a second, and `Z`.
pub(super) fn event_time(at: Timestamp) -> String {
    at.with_ticks().replace("+00:00", "Z")
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in crate::event_grid) const USER: &str =
        "8:acs:00000000-0000-0000-0000-000000000001_00000000-0000-0000-0000-000000000002";

    /// An event with this number in its data.
    pub(in crate::event_grid) fn event(number: u64) -> Event {
        let fields = Map::from_iter([("messageId".to_owned(), number.to_string().into())]);
        Event {
            id: Uuid::from_u64_pair(0, number),
            kind: "MessageReceived",
            subject: "thread/19:t".to_owned(),
            time: Timestamp::EPOCH,
            recipient: Some(RawId::parse(USER).unwrap()),
            data: Arc::new(Data::new(fields)),
        }
    }

    #[test]
    fn each_schema_has_its_own_envelope_about_the_same_data() {
        let source = Source::new(Uuid::from_u128(7));
        let mut event = event(1);
        let event_grid = event.envelope(EventGridSchema::EventGrid, &source);
        let cloud = event.envelope(EventGridSchema::CloudEvents, &source);
        assert_eq!(event_grid["data"], cloud["data"]);
        assert_eq!(
            cloud["data"]["recipientCommunicationIdentifier"]["rawId"],
            USER
        );
        assert_eq!(event_grid["eventTime"], "1970-01-01T00:00:00.0000000Z");
        assert_eq!(event_grid["topic"], cloud["source"]);
        event.recipient = None;
        let thread = event.envelope(EventGridSchema::EventGrid, &source);
        let (topic, lower) = (source.as_str(), source.as_str().to_lowercase());
        assert_eq!(
            (event_grid["topic"].as_str(), thread["topic"].as_str()),
            (Some(topic), Some(&*lower))
        );
        assert_eq!(thread["data"], json!({"messageId": "1"}));
    }

    #[test]
    fn the_size_of_an_event_is_about_that_of_its_json() {
        let source = Source::new(Uuid::from_u128(7));
        let event = event(1);
        let json = event
            .envelope(EventGridSchema::EventGrid, &source)
            .to_string();
        let ratio = event.size() as f64 / json.len() as f64;
        assert!(
            (0.8..1.3).contains(&ratio),
            "{} {}",
            event.size(),
            json.len()
        );
    }
}
