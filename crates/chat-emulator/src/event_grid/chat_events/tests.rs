use super::*;
use crate::store::identifier::RawId;
use crate::store::{MessageId, Metadata, ThreadId, ThreadProperties, UserMessage};

const THREAD: &str = "19:acsV2_t@thread.v2";

fn user(number: u128) -> RawId {
    RawId::communication_user(Uuid::from_u128(1), Uuid::from_u128(number))
}

fn member(number: u128) -> Participant {
    Participant {
        id: user(number),
        display_name: Some(format!("User {number}")),
        share_history_time: Timestamp::EPOCH,
        metadata: Metadata::new(),
    }
}

/// Something that user 1 has done in a thread of the users 1, 2 and 3.
fn happened(kind: ThreadEventKind) -> ThreadEvent {
    ThreadEvent {
        thread: ThreadProperties {
            id: ThreadId::parse(THREAD).unwrap(),
            topic: "Lunch".to_owned(),
            created_on: Timestamp::from_millis(1_200),
            created_by: user(1),
            deleted_on: None,
            metadata: Metadata::new(),
            retention: None,
        },
        at: Timestamp::from_millis(61_500),
        actor: member(1),
        recipients: [1, 2, 3].map(user).into(),
        kind,
    }
}

fn sent() -> Message {
    Message {
        id: MessageId(60_500),
        sequence: 3,
        version: 60_500,
        edited_on: None,
        deleted_on: None,
        body: MessageBody::User(UserMessage {
            sender: user(1),
            sender_display_name: "Anna".to_owned(),
            content_type: ContentType::Text,
            content: "Noon?".to_owned(),
            metadata: Metadata::from_iter([("tag".to_owned(), "lunch".to_owned())]),
            attachments: Vec::new(),
        }),
    }
}

/// Types and recipients of the events.
fn told(kind: ThreadEventKind) -> Vec<(&'static str, Option<RawId>)> {
    let events = chat_events(&happened(kind)).into_iter();
    events.map(|event| (event.kind, event.recipient)).collect()
}

fn data(event: &Event) -> Value {
    let source = super::super::event::Source::new(Uuid::nil());
    event.envelope(super::super::EventGridSchema::CloudEvents, &source)["data"].take()
}

#[test]
fn all_but_who_has_done_it_have_an_event_and_the_thread_has_one() {
    use ThreadEventKind as K;

    let message = Arc::new(sent());
    for (kind, user_level, thread_level) in [
        (
            K::MessageReceived(Arc::clone(&message)),
            "MessageReceived",
            "MessageReceivedInThread",
        ),
        (
            K::MessageEdited(Arc::clone(&message)),
            "MessageEdited",
            "MessageEditedInThread",
        ),
        (
            K::MessageDeleted(message),
            "MessageDeleted",
            "MessageDeletedInThread",
        ),
        (
            K::ThreadCreated {
                participants: [1, 2, 3].map(member).into(),
            },
            "ThreadCreatedWithUser",
            "ThreadCreated",
        ),
        (
            K::ThreadUpdated,
            "ThreadPropertiesUpdatedPerUser",
            "ThreadPropertiesUpdated",
        ),
        (K::ThreadDeleted, "ThreadWithUserDeleted", "ThreadDeleted"),
        (
            K::ParticipantsAdded(vec![member(3)]),
            "ParticipantAddedToThreadWithUser",
            "ThreadParticipantAdded",
        ),
        (
            K::ParticipantsRemoved(vec![member(3)]),
            "ParticipantRemovedFromThreadWithUser",
            "ThreadParticipantRemoved",
        ),
    ] {
        let expected = [
            (user_level, Some(user(2))),
            (user_level, Some(user(3))),
            (thread_level, None),
        ];
        assert_eq!(told(kind), expected);
    }
}

#[test]
fn typing_is_told_to_the_thread_alone_and_reading_to_nobody() {
    let typing = ThreadEventKind::Typing {
        sender_display_name: "Anna".to_owned(),
    };
    assert_eq!(told(typing), [("TypingIndicatorReceivedInThread", None)]);
    let receipt = crate::store::ReadReceipt {
        sender: user(1),
        message: MessageId(1),
        read_on: Timestamp::EPOCH,
    };
    assert_eq!(told(ThreadEventKind::ReadReceipt(receipt)), []);
}

#[test]
fn a_thread_that_deletes_itself_has_no_event() {
    assert_eq!(told(ThreadEventKind::ThreadExpired), []);
}

#[test]
fn several_who_are_added_have_events_of_their_own() {
    let added = vec![member(2), member(3)];
    let events = chat_events(&happened(ThreadEventKind::ParticipantsAdded(added)));
    assert_eq!(events.len(), 6);
    let subjects = [&events[0], &events[2]].map(|event| event.subject.clone());
    let (two, three) = (user(2), user(3));
    let expected = [
        format!("thread/{THREAD}/participantAdded/{two}/recipient/{two}"),
        format!("thread/{THREAD}/participantadded/{two}"),
    ];
    assert_eq!(subjects, expected);
    assert_eq!(
        data(&events[3])["participantAdded"]["displayName"],
        "User 3"
    );
    assert!(events[5].subject.ends_with(three.as_str()));
    assert!(data(&events[5]).get("createTime").is_none());
}

#[test]
fn times_are_written_as_the_level_has_them() {
    let mut message = sent();
    message.edited_on = Some(Timestamp::from_millis(61_500));
    let events = chat_events(&happened(ThreadEventKind::MessageEdited(message.into())));
    let [user_level, _, thread_level] = &events[..] else {
        panic!("{events:?}");
    };
    let (user_level, thread_level) = (data(user_level), data(thread_level));
    assert_eq!(user_level["composeTime"], "1970-01-01T00:01:00.5Z");
    assert_eq!(user_level["editTime"], "1970-01-01T00:01:01.5Z");
    assert_eq!(thread_level["composeTime"], "1970-01-01T00:01:00.5+00:00");
    assert_eq!(
        thread_level["editTime"],
        "1970-01-01T00:01:01.5000000+00:00"
    );
    assert_eq!(Level::User.time(Timestamp::EPOCH), "1970-01-01T00:00:00Z");
}

#[test]
fn a_deleted_message_has_neither_content_nor_metadata() {
    let mut message = sent();
    message.deleted_on = Some(Timestamp::from_millis(61_500));
    let events = chat_events(&happened(ThreadEventKind::MessageDeleted(message.into())));
    for event in &events {
        let data = data(event);
        assert!(data.get("messageBody").is_none() && data.get("metadata").is_none());
        assert_eq!(data["messageId"], "60500");
        assert!(data["deleteTime"].is_string() && data.get("editTime").is_none());
    }
    assert_eq!(events.len(), 3);
}

#[test]
fn versions_are_numbers_at_both_levels() {
    let events = chat_events(&happened(ThreadEventKind::ThreadUpdated));
    for event in &events {
        assert_eq!(data(event)["version"], 61_500);
    }
    let events = chat_events(&happened(ThreadEventKind::MessageReceived(sent().into())));
    for event in &events {
        assert_eq!(data(event)["version"], 60_500);
    }
}

#[test]
fn html_is_of_the_type_that_notifications_have() {
    for (content_type, name) in [
        (ContentType::Text, "Text"),
        (ContentType::Html, "RichText/Html"),
    ] {
        let mut message = sent();
        if let MessageBody::User(user) = &mut message.body {
            user.content_type = content_type;
        }
        let events = chat_events(&happened(ThreadEventKind::MessageReceived(message.into())));
        assert!(events.iter().all(|event| data(event)["type"] == name));
    }
}
