//! The threads of a list: those from before the session, and those that move while it is read.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::acts::{act, create_from};
use super::caller::caller;
use super::story::Story;
use super::world::World;

/// Sets up the threads that the session lists and does not create: they are from before it.
pub(super) async fn history(world: &mut World, story: Story<'_>) {
    let exchanges = &story.0.exchanges;
    let list = exchanges
        .iter()
        .position(|exchange| exchange.operation == "listChatThreads");
    let Some(list) = list else {
        return;
    };
    let user = caller(story, &exchanges[list]);
    let created: BTreeSet<_> = story.created().collect();
    // The newest comes first in the list, so it is made last.
    for item in story.listed_threads(list).into_iter().rev() {
        let id = item["id"].as_str().expect("an id");
        if !created.contains(id) && world.known_thread(id).is_none() {
            thread_of_list(world, id, item, user).await;
        }
    }
}

/// Sends a message to each thread that a further page shows once more, since that is what it means:
/// something has happened in it meanwhile.
pub(super) async fn meanwhile(world: &mut World, story: Story<'_>, index: usize) {
    let exchange = &story.0.exchanges[index];
    let user = caller(story, exchange);
    let mut begin = story.0.exchanges[..index].iter();
    let begin = begin.rposition(|page| page.operation == "listChatThreads" && !page.continuation);
    let earlier = &story.0.exchanges[begin.expect("the first page")..index];
    let earlier: BTreeSet<_> = earlier
        .iter()
        .filter(|page| page.operation == "listChatThreads")
        .flat_map(|page| page.response.items())
        .filter_map(|item| item["id"].as_str())
        .collect();
    for id in exchange
        .response
        .items()
        .iter()
        .filter_map(|item| item["id"].as_str())
    {
        if earlier.contains(id) {
            let body = json!({ "content": "meanwhile" });
            act(world, user, ("POST", id, "/messages"), body).await;
        }
    }
}

async fn thread_of_list(world: &mut World, id: &str, item: &Value, creator: &str) {
    let body = json!({ "topic": item["topic"], "participants": [] });
    create_from(world, id, creator, body).await;
    if item.get("deletedOn").is_some() {
        act(world, creator, ("DELETE", id, ""), Value::Null).await;
    }
}
