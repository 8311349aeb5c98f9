//! The state that recorded requests presuppose: what happened before the session, between its
//! exchanges, and in those of its requests whose body was not recorded.

use serde_json::json;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;

use super::Exchange;
use super::acts::{act, create, happen, participants, send};
use super::caller::caller;
use super::history::meanwhile;
use super::story::Story;
use super::world::World;

/// Sets up what has to be there before an exchange.
pub(super) async fn before(world: &mut World, story: Story<'_>, index: usize) {
    let exchange = &story.0.exchanges[index];
    if !exchange.response.is_success() {
        return;
    }
    if exchange.operation == "listChatThreads" && exchange.continuation {
        return meanwhile(world, story, index).await;
    }
    let Some(thread) = exchange.request.thread() else {
        return;
    };
    if world.known_thread(&thread).is_none() {
        create(world, story, &thread, caller(story, exchange)).await;
    }
    let now = seconds(exchange);
    for (id, message) in story.messages(&thread) {
        let is_past = id / 1000 < now;
        let id = id.to_string();
        if is_past && !story.sends(&id) && world.known_message(&id).is_none() {
            happen(world, &thread, message).await;
        }
    }
}

/// When the answer was given.
fn seconds(exchange: &Exchange) -> u64 {
    let date = exchange.response.headers.get("date").map(|date| {
        OffsetDateTime::parse(date, &Rfc2822)
            .expect("the date of an answer")
            .unix_timestamp()
    });
    date.and_then(|date| date.try_into().ok())
        .unwrap_or(u64::MAX)
}

/// Does what a request has done whose body is not known.
pub(super) async fn stand_in(world: &mut World, story: Story<'_>, index: usize) {
    let exchange = &story.0.exchanges[index];
    let answer = exchange.response.body.as_ref();
    let caller = caller(story, exchange);
    let thread = exchange.request.thread();
    match (exchange.operation.as_str(), thread.as_deref()) {
        _ if !exchange.response.is_success() => {}
        ("createChatThread", _) => {
            let id = answer.and_then(|answer| answer["chatThread"]["id"].as_str());
            // A repeated create gives the same thread.
            if let Some(id) = id.filter(|id| world.known_thread(id).is_none()) {
                create(world, story, id, caller).await;
            }
        }
        ("sendChatMessage", Some(thread)) => {
            let id = answer
                .and_then(|answer| answer["id"].as_str())
                .expect("the message's id");
            let sent = json!({ "id": id, "type": "text", "content": { "message": "hello" } });
            let view = story.next_view(index, thread, id).unwrap_or(&sent);
            send(world, thread, view, caller).await;
        }
        ("updateChatMessage", Some(thread)) => {
            let id = exchange.request.message().expect("a message in the path");
            let view = story
                .next_view(index, thread, &id)
                .expect("the message after the change");
            let change = json!({
                "content": view["content"]["message"],
                "metadata": view.get("metadata").unwrap_or(&json!({})),
            });
            let message = world.known_message(&id).expect("a message").to_owned();
            act(
                world,
                caller,
                ("PATCH", thread, &format!("/messages/{message}")),
                change,
            )
            .await;
        }
        ("updateChatThreadProperties", Some(thread)) => {
            let topic = story
                .last_topic(thread)
                .expect("the topic after the change");
            act(
                world,
                caller,
                ("PATCH", thread, ""),
                json!({ "topic": topic }),
            )
            .await;
        }
        ("addChatParticipants", Some(thread)) => {
            let added = story.listed_participants(thread).last();
            let added = added.map_or_else(Vec::new, |participant| vec![participant.clone()]);
            let body = json!({ "participants": participants(world, &added).await });
            act(world, caller, ("POST", thread, "/participants/:add"), body).await;
        }
        ("removeChatParticipant", Some(thread)) => {
            let removed = story
                .listed_participants(thread)
                .last()
                .expect("a participant");
            let body = participants(world, std::slice::from_ref(removed)).await;
            let body = body[0]["communicationIdentifier"].clone();
            act(
                world,
                caller,
                ("POST", thread, "/participants/:remove"),
                body,
            )
            .await;
        }
        // It leaves nothing behind.
        ("sendTypingNotification", Some(_)) => {}
        (unknown, _) => panic!("nothing stands in for {unknown}"),
    }
}
