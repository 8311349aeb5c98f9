//! What the answers of a session tell of the state that they were given in.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Exchange, Session};

/// What a session tells.
#[derive(Clone, Copy, Debug)]
pub(super) struct Story<'a>(pub(super) &'a Session);

/// The user that an identifier names.
pub(super) fn user_of(identifier: &Value) -> Option<&str> {
    identifier["rawId"]
        .as_str()
        .or(identifier["communicationUser"]["id"].as_str())
}

/// Whether a message was changed or deleted after it was sent.
pub(super) fn is_changed(message: &Value) -> bool {
    message.get("editedOn").is_some() || message.get("deletedOn").is_some()
}

impl<'a> Story<'a> {
    fn exchanges(self) -> impl Iterator<Item = &'a Exchange> {
        self.0.exchanges.iter()
    }

    /// The properties of the thread, wherever an answer has them.
    fn properties(self, thread: &str) -> impl Iterator<Item = &'a Value> {
        let bodies = self
            .exchanges()
            .filter_map(|exchange| exchange.response.body.as_ref());
        let thread = thread.to_owned();
        bodies
            .map(|body| body.get("chatThread").unwrap_or(body))
            .filter(move |body| body["id"] == *thread && body.get("topic").is_some())
    }

    /// The threads that the session creates.
    pub(super) fn created(self) -> impl Iterator<Item = &'a str> {
        let created = self
            .exchanges()
            .filter(|exchange| exchange.operation == "createChatThread");
        created.filter_map(|exchange| exchange.response.body.as_ref()?["chatThread"]["id"].as_str())
    }

    /// Who created the thread, or might have; where no thread is named, who created any.
    pub(super) fn creator(self, thread: Option<&str>) -> Option<&'a str> {
        let Some(thread) = thread else {
            return self.created().find_map(|id| self.creator(Some(id)));
        };
        let by_properties = self
            .properties(thread)
            .find_map(|thread| user_of(&thread["createdByCommunicationIdentifier"]));
        by_properties
            .or_else(|| {
                let mut messages = self.messages(thread).into_values();
                messages.find_map(|message| {
                    user_of(&message["content"]["initiatorCommunicationIdentifier"])
                        .or(user_of(&message["senderCommunicationIdentifier"]))
                })
            })
            .or_else(|| {
                let first = self.listed_participants(thread).first()?;
                user_of(&first["communicationIdentifier"])
            })
    }

    /// The topic with which the thread was created, as far as that can be told.
    pub(super) fn topic(self, thread: &str) -> Option<&'a str> {
        let messages = self.messages(thread);
        let first = messages
            .values()
            .find_map(|message| message["content"]["topic"].as_str());
        first.or_else(|| {
            self.properties(thread)
                .find_map(|thread| thread["topic"].as_str())
        })
    }

    /// The topic that the thread has in the end.
    pub(super) fn last_topic(self, thread: &str) -> Option<&'a str> {
        self.properties(thread)
            .filter_map(|thread| thread["topic"].as_str())
            .last()
    }

    /// The metadata of the thread.
    pub(super) fn metadata(self, thread: &str) -> Option<&'a Value> {
        self.properties(thread)
            .find_map(|thread| thread.get("metadata"))
    }

    /// The participants with which the thread began; all that are known if that cannot be told.
    pub(super) fn participants(self, thread: &str) -> &'a [Value] {
        let messages = self.messages(thread);
        let first = messages
            .values()
            .find(|message| message["sequenceId"] == "1");
        let began_with = first.and_then(|message| message["content"]["participants"].as_array());
        began_with.map_or_else(|| self.listed_participants(thread), Vec::as_slice)
    }

    /// The participants in a list of them.
    pub(super) fn listed_participants(self, thread: &str) -> &'a [Value] {
        let mut lists = self
            .exchanges()
            .filter(|exchange| exchange.operation == "listChatParticipants");
        lists
            .find(|exchange| exchange.request.thread().as_deref() == Some(thread))
            .map_or(&[], |exchange| exchange.response.items())
    }

    /// The messages of the thread in the order of their creation, as each was first seen.
    pub(super) fn messages(self, thread: &str) -> BTreeMap<u64, &'a Value> {
        let mut messages = BTreeMap::new();
        for message in self
            .exchanges()
            .flat_map(|exchange| messages_in(exchange, thread))
        {
            if let Some(id) = message["id"].as_str().and_then(|id| id.parse().ok()) {
                messages.entry(id).or_insert(message);
            }
        }
        messages
    }

    /// The message as it is seen next, from that exchange on.
    pub(super) fn next_view(self, from: usize, thread: &str, message: &str) -> Option<&'a Value> {
        self.0.exchanges[from..]
            .iter()
            .flat_map(|exchange| messages_in(exchange, thread))
            .find(|seen| seen["id"] == message)
    }

    /// Whether the session sends the message itself.
    pub(super) fn sends(self, message: &str) -> bool {
        self.exchanges()
            .filter(|exchange| exchange.operation == "sendChatMessage")
            .filter_map(|exchange| exchange.response.body.as_ref())
            .any(|body| body["id"] == message)
    }

    /// The keys of the thread's metadata that the session sets itself.
    pub(super) fn sets_metadata(self, key: &str) -> bool {
        self.exchanges()
            .filter(|exchange| exchange.operation == "updateChatThreadProperties")
            .filter_map(|exchange| exchange.request.body.as_ref())
            .any(|body| body["metadata"].get(key).is_some())
    }

    /// The threads of a list that begins with that exchange, page by page.
    pub(super) fn listed_threads(self, from: usize) -> Vec<&'a Value> {
        let lists = self.0.exchanges[from..].iter();
        let mut pages = lists.filter(|exchange| exchange.operation == "listChatThreads");
        let first = pages.next();
        let others = pages.take_while(|exchange| exchange.continuation);
        first
            .into_iter()
            .chain(others)
            .flat_map(|page| page.response.items())
            .collect()
    }
}

/// The messages of the thread that the answer shows.
fn messages_in<'a>(exchange: &'a Exchange, thread: &str) -> &'a [Value] {
    let body = exchange
        .response
        .body
        .as_ref()
        .filter(|_| exchange.response.is_success());
    match (exchange.operation.as_str(), body) {
        _ if exchange.request.thread().as_deref() != Some(thread) => &[],
        ("listChatMessages", _) => exchange.response.items(),
        ("getChatMessage", Some(body)) => std::slice::from_ref(body),
        _ => &[],
    }
}
