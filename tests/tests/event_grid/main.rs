//! Events of Event Grid on the whole way: what the client does on the emulator, what the emulator then posts to a
//! webhook, and how `chat::event_grid` reads it.

mod play;
mod published;
mod webhook;

use std::collections::BTreeMap;

use chat::event_grid::{ChatEventData as Data, Event};
use chat_emulator::EventGridSchema;

use play::{Cast, perform};

const SCHEMAS: [EventGridSchema; 2] = [EventGridSchema::EventGrid, EventGridSchema::CloudEvents];

/// The types that the play makes happen, and how many events there are of each, of two participants at user level.
const EXPECTED: [(&str, usize); 17] = [
    ("ChatMessageDeleted", 1),
    ("ChatMessageDeletedInThread", 1),
    ("ChatMessageEdited", 1),
    ("ChatMessageEditedInThread", 1),
    ("ChatMessageReceived", 1),
    ("ChatMessageReceivedInThread", 1),
    ("ChatParticipantAddedToThreadWithUser", 2),
    ("ChatParticipantRemovedFromThreadWithUser", 2),
    ("ChatThreadCreated", 1),
    ("ChatThreadCreatedWithUser", 1),
    ("ChatThreadDeleted", 1),
    ("ChatThreadParticipantAdded", 1),
    ("ChatThreadParticipantRemoved", 1),
    ("ChatThreadPropertiesUpdated", 1),
    ("ChatThreadPropertiesUpdatedPerUser", 1),
    ("ChatThreadWithUserDeleted", 1),
    ("ChatTypingIndicatorReceivedInThread", 1),
];

#[tokio::test]
async fn everything_that_users_do_is_told_and_read_at_both_levels_in_both_schemas() {
    for schema in SCHEMAS {
        let (events, cast) = perform(schema).await;
        let mut counts = BTreeMap::new();
        for event in &events {
            let name = event.event_type().strip_prefix("Microsoft.Communication.");
            *counts.entry(name.unwrap()).or_default() += 1;
            check(event, &cast);
        }
        assert_eq!(counts, BTreeMap::from(EXPECTED), "{schema:?}");
        let mut ids: Vec<_> = events.iter().map(Event::id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), events.len());
    }
}

/// What every event is to say of those who take part in the play.
fn check(event: &Event, cast: &Cast) {
    let anna = Some(cast.anna.as_str());
    let by_anna = |by: Option<&chat::models::CommunicationIdentifier>| {
        assert_eq!(by.map(|by| by.raw_id()), anna, "{event:?}");
    };
    let (thread, recipient) = match event.data() {
        Data::MessageReceived(message) | Data::MessageEdited(message) => {
            by_anna(message.sender());
            assert_eq!(message.message_id().as_str(), cast.message);
            assert_eq!(message.metadata()["tag"], "lunch");
            assert_eq!(message.sender_display_name(), Some("Anna"));
            let edited = message.edited_on().is_some();
            let content = if edited { "At one?" } else { "At noon?" };
            assert_eq!(message.content(), Some(content));
            (message.thread_id(), message.recipient())
        }
        Data::MessageDeleted(message) => {
            by_anna(message.sender());
            assert!(message.deleted_on().is_some() && message.content().is_none());
            (message.thread_id(), message.recipient())
        }
        Data::TypingIndicatorReceived(typing) => {
            by_anna(typing.sender());
            assert_eq!(typing.sender_display_name(), Some("Anna"));
            (typing.thread_id(), typing.recipient())
        }
        Data::ThreadCreated(thread) => {
            by_anna(thread.by());
            assert_eq!(thread.topic(), Some("Lunch"));
            let names = thread.participants().iter().map(|who| who.display_name());
            assert!(names.eq([Some("Anna"), Some("Ben")]));
            (thread.thread_id(), thread.recipient())
        }
        Data::ThreadPropertiesUpdated(thread) => {
            by_anna(thread.by());
            assert_eq!(thread.topic(), Some("Dinner"));
            assert_eq!(thread.metadata()["team"], "north");
            assert!(thread.updated_on() > thread.created_on());
            (thread.thread_id(), thread.recipient())
        }
        Data::ThreadDeleted(thread) => {
            by_anna(thread.by());
            assert!(thread.deleted_on() > thread.created_on());
            (thread.thread_id(), thread.recipient())
        }
        Data::ParticipantAdded(change) | Data::ParticipantRemoved(change) => {
            by_anna(change.by());
            assert_eq!(change.participant().identifier().raw_id(), cast.cleo);
            assert_eq!(change.participant().display_name(), Some("Cleo"));
            (change.thread_id(), change.recipient())
        }
        other => panic!("{other:?}"),
    };
    assert_eq!(thread.as_str(), cast.thread);
    // Nobody is told of what it has done itself.
    assert_ne!(recipient.map(|recipient| recipient.raw_id()), anna);
}

#[tokio::test]
async fn what_is_delivered_has_the_shape_of_the_published_examples() {
    let Some(published) = published::read() else {
        println!("skipped: the published examples are not there");
        return;
    };
    for schema in SCHEMAS {
        let (deliveries, _) = play::deliveries(schema).await;
        for delivered in published::events(&deliveries) {
            published.compare(&delivered, schema);
        }
    }
}
