//! What has happened in a thread, as the events that the service makes of it: one for each participant but who has
//! done it, and one for the thread.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::store::timestamp::Timestamp;
use crate::store::{ContentType, Message, MessageBody, Participant, ThreadEvent, ThreadEventKind};

use super::event::{Data, Event, identifier};

/// Whom an event is for. The service writes times in another way for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Level {
    User,
    Thread,
}

impl Level {
    /// A time without zeros at its end.
    fn time(self, at: Timestamp) -> String {
        let ticks = at.with_ticks();
        let digits = ticks.trim_end_matches("+00:00").trim_end_matches('0');
        let zone = match self {
            Self::User => "Z",
            Self::Thread => "+00:00",
        };
        format!("{}{zone}", digits.trim_end_matches('.'))
    }

    /// A time of which the thread level has all digits.
    fn exact_time(self, at: Timestamp) -> String {
        match self {
            Self::User => self.time(at),
            Self::Thread => at.with_ticks(),
        }
    }
}

/// What is told to both levels.
struct Telling<'a> {
    /// The type at user level, if there is one, and at thread level.
    kinds: (Option<&'static str>, &'static str),
    /// What the subject has after the thread, at both levels.
    subjects: (String, String),
    /// The data at a level.
    fields: Box<dyn Fn(Level) -> Value + 'a>,
}

/// All events about what has happened.
pub(super) fn chat_events(happened: &ThreadEvent) -> Vec<Event> {
    let others = || {
        happened
            .recipients
            .iter()
            .filter(|id| **id != happened.actor.id)
    };
    let mut events = Vec::new();
    for telling in tellings(happened) {
        let Telling {
            kinds,
            subjects,
            fields,
        } = telling;
        let thread = happened.thread.id.as_str();
        if let Some(kind) = kinds.0 {
            let data = data(happened, fields(Level::User));
            events.extend(others().map(|recipient| Event {
                id: Uuid::new_v4(),
                kind,
                subject: format!("thread/{thread}/{}/recipient/{recipient}", subjects.0),
                time: happened.at,
                recipient: Some(recipient.clone()),
                data: Arc::clone(&data),
            }));
        }
        events.push(Event {
            id: Uuid::new_v4(),
            kind: kinds.1,
            subject: format!("thread/{thread}/{}", subjects.1),
            time: happened.at,
            recipient: None,
            data: data(happened, fields(Level::Thread)),
        });
    }
    events
}

/// The data with what all events have.
fn data(happened: &ThreadEvent, fields: Value) -> Arc<Data> {
    let mut fields = match fields {
        Value::Object(fields) => fields,
        _ => Map::new(),
    };
    fields.insert("threadId".to_owned(), happened.thread.id.as_str().into());
    fields.insert("transactionId".to_owned(), transaction(happened.at).into());
    Arc::new(Data::new(fields))
}

/// The vector by which the service traces a request, as it looks.
fn transaction(at: Timestamp) -> String {
    let id = URL_SAFE_NO_PAD.encode(Uuid::new_v4().as_bytes());
    format!("{id}.1.1.1.1.{}.1.4", at.seconds())
}

fn tellings(happened: &ThreadEvent) -> Vec<Telling<'_>> {
    use ThreadEventKind as K;

    match &happened.kind {
        K::MessageReceived(sent) => {
            let kinds = (Some("MessageReceived"), "MessageReceivedInThread");
            vec![message(happened, sent, kinds)]
        }
        K::MessageEdited(edited) => {
            let kinds = (Some("MessageEdited"), "MessageEditedInThread");
            vec![message(happened, edited, kinds)]
        }
        K::MessageDeleted(deleted) => {
            let kinds = (Some("MessageDeleted"), "MessageDeletedInThread");
            vec![message(happened, deleted, kinds)]
        }
        K::Typing {
            sender_display_name,
        } => vec![typing(happened, sender_display_name)],
        // There is no event of this.
        K::ReadReceipt(_) => Vec::new(),
        K::ThreadCreated { participants } => vec![created(happened, participants)],
        K::ThreadUpdated => vec![updated(happened)],
        K::ThreadDeleted => vec![deleted(happened)],
        // Whether there is an event of this is not known, nor whom it would name as the one who has deleted.
        K::ThreadExpired => Vec::new(),
        K::ParticipantsAdded(added) => {
            let added = added.iter().map(|who| participant(happened, who, &ADDED));
            added.collect()
        }
        K::ParticipantsRemoved(removed) => {
            let removed = removed
                .iter()
                .map(|who| participant(happened, who, &REMOVED));
            removed.collect()
        }
    }
}

fn message<'a>(
    happened: &'a ThreadEvent,
    message: &'a Message,
    kinds: (Option<&'static str>, &'static str),
) -> Telling<'a> {
    let subject = format!("sender/{}", happened.actor.id);
    let fields = move |level: Level| {
        let mut fields = json!({
            "messageId": message.id.to_string(),
            "senderCommunicationIdentifier": identifier(&happened.actor.id),
            "composeTime": level.time(message.created_on()),
            "version": message.version,
        });
        if let MessageBody::User(user) = &message.body {
            fields["senderDisplayName"] = user.sender_display_name.as_str().into();
            fields["type"] = match user.content_type {
                ContentType::Text => "Text",
                ContentType::Html => "RichText/Html",
            }
            .into();
            if message.deleted_on.is_none() {
                fields["messageBody"] = user.content.as_str().into();
                fields["metadata"] = json!(user.metadata);
            }
        }
        if let Some(at) = message.deleted_on {
            fields["deleteTime"] = level.exact_time(at).into();
        } else if let Some(at) = message.edited_on {
            fields["editTime"] = level.exact_time(at).into();
        }
        fields
    };
    Telling {
        kinds,
        subjects: (subject.clone(), subject),
        fields: Box::new(fields),
    }
}

fn typing<'a>(happened: &'a ThreadEvent, sender_display_name: &'a str) -> Telling<'a> {
    let sender = &happened.actor.id;
    let other = happened.recipients.iter().find(|id| *id != sender);
    let subject = format!(
        "senderCommunicationIdentifierRawId/{sender}/recipientCommunicationIdentifierRawId/{}",
        other.unwrap_or(sender)
    );
    let fields = move |_: Level| {
        json!({
            "senderCommunicationIdentifier": identifier(sender),
            "senderDisplayName": sender_display_name,
        })
    };
    Telling {
        kinds: (None, "TypingIndicatorReceivedInThread"),
        subjects: (String::new(), subject),
        fields: Box::new(fields),
    }
}

/// An event about a thread, whose subject and data name who has done it.
fn thread<'a>(
    happened: &'a ThreadEvent,
    kinds: (&'static str, &'static str),
    by: &'static str,
    more: impl Fn(Level) -> Vec<(&'static str, Value)> + 'a,
) -> Telling<'a> {
    let subject = format!("{by}/{}", happened.actor.id);
    let fields = move |level: Level| {
        let mut fields = json!({
            "createTime": level.exact_time(happened.thread.created_on),
            "version": happened.at.millis(),
            format!("{by}CommunicationIdentifier"): identifier(&happened.actor.id),
        });
        for (name, value) in more(level) {
            fields[name] = value;
        }
        fields
    };
    Telling {
        kinds: (Some(kinds.0), kinds.1),
        subjects: (subject.clone(), subject),
        fields: Box::new(fields),
    }
}

/// What a thread is about.
fn properties(happened: &ThreadEvent) -> Vec<(&'static str, Value)> {
    vec![
        ("properties", json!({ "topic": happened.thread.topic })),
        ("metadata", json!(happened.thread.metadata)),
    ]
}

fn created<'a>(happened: &'a ThreadEvent, participants: &'a [Participant]) -> Telling<'a> {
    let kinds = ("ThreadCreatedWithUser", "ThreadCreated");
    thread(happened, kinds, "createdBy", move |_| {
        let participants: Vec<_> = participants.iter().map(participant_document).collect();
        let mut fields = properties(happened);
        fields.push(("participants", participants.into()));
        fields
    })
}

fn updated(happened: &ThreadEvent) -> Telling<'_> {
    let kinds = ("ThreadPropertiesUpdatedPerUser", "ThreadPropertiesUpdated");
    thread(happened, kinds, "editedBy", move |level| {
        let mut fields = properties(happened);
        fields.push(("editTime", level.exact_time(happened.at).into()));
        fields
    })
}

fn deleted(happened: &ThreadEvent) -> Telling<'_> {
    let kinds = ("ThreadWithUserDeleted", "ThreadDeleted");
    thread(happened, kinds, "deletedBy", move |level| {
        vec![("deleteTime", level.exact_time(happened.at).into())]
    })
}

/// The names that the service has for coming and going.
struct Movement {
    kinds: (&'static str, &'static str),
    subject: &'static str,
    by: &'static str,
    who: &'static str,
}

const ADDED: Movement = Movement {
    kinds: ("ParticipantAddedToThreadWithUser", "ThreadParticipantAdded"),
    subject: "participantAdded",
    by: "addedByCommunicationIdentifier",
    who: "participantAdded",
};

const REMOVED: Movement = Movement {
    kinds: (
        "ParticipantRemovedFromThreadWithUser",
        "ThreadParticipantRemoved",
    ),
    subject: "participantRemoved",
    by: "removedByCommunicationIdentifier",
    who: "participantRemoved",
};

fn participant<'a>(
    happened: &'a ThreadEvent,
    who: &'a Participant,
    movement: &'static Movement,
) -> Telling<'a> {
    let subject = |name: &str| format!("{name}/{}", who.id);
    let fields = move |level: Level| {
        let mut fields = json!({
            "time": level.exact_time(happened.at),
            "version": happened.at.millis(),
            movement.by: identifier(&happened.actor.id),
            movement.who: participant_document(who),
        });
        if level == Level::User {
            fields["createTime"] = level.time(happened.thread.created_on).into();
        }
        fields
    };
    Telling {
        kinds: (Some(movement.kinds.0), movement.kinds.1),
        subjects: (
            subject(movement.subject),
            subject(&movement.subject.to_lowercase()),
        ),
        fields: Box::new(fields),
    }
}

fn participant_document(who: &Participant) -> Value {
    let mut document = json!({
        "participantCommunicationIdentifier": identifier(&who.id),
        "metadata": who.metadata,
    });
    if let Some(name) = &who.display_name {
        document["displayName"] = name.as_str().into();
    }
    document
}

#[cfg(test)]
mod tests;
