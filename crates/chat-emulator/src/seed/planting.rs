//! Makes what a seed says, by the commands that requests are carried out with.

use std::collections::HashMap;

use crate::store::timestamp::Timestamp;
use crate::store::{
    Attachment, AttachmentKind, Caller, Content, Grant, MessageId, NewThread, Participant, Present,
    Refusal, RetentionPolicy, Store, ThreadId, UserMessage,
};

use super::document::{
    Base64, Document, Name, SeedAttachment, SeedMessage, SeedMessageId, SeedThread, SeedUser,
};
use super::{SeedError, ids};

/// When threads have been created of which nothing else is said: 2026-01-01T00:00:00Z. The ids of their
/// messages are made of it, and so they are always the same.
const CREATED_ON: Timestamp = Timestamp::from_millis(1_767_225_600_000);

/// How many messages a thread has from its creation on, a millisecond apart.
const FIRST_MESSAGES: i64 = 2;

/// Users that can do something. Others have been deleted.
type Callers<'a> = HashMap<&'a Name, Caller>;

/// Makes everything that is not there yet; gives the users' tokens. What has been deleted stays so.
pub(super) fn plant(
    document: &Document,
    store: &mut Store,
) -> Result<Vec<(String, Grant)>, SeedError> {
    let mut grants = Vec::with_capacity(document.users.len());
    let mut callers = Callers::new();
    for (u, user) in document.users.iter().enumerate() {
        let grant = grant(user, store).map_err(at(format!("users[{u}]")))?;
        let Some(grant) = grant else {
            tracing::info!(
                name = user.name.as_str(),
                "a user of the seed has been deleted"
            );
            continue;
        };
        let caller = store.authorize(&grant).map_err(at(format!("users[{u}]")))?;
        callers.insert(&user.name, caller);
        grants.push((user.name.to_string(), grant));
    }
    let mut numbers = HashMap::new();
    for (t, thread) in document.threads.iter().enumerate() {
        let number = numbers.entry((&thread.created_by, &thread.topic));
        let number = number.and_modify(|number| *number += 1).or_insert(0);
        let id = thread.id.clone().unwrap_or_else(|| {
            ids::thread(store.resource(), &thread.created_by, &thread.topic, *number)
        });
        plant_thread(thread, &id, &callers, store, &format!("threads[{t}]"))?;
    }
    Ok(grants)
}

/// A new token of a user, who is made if need be; none if it has been deleted.
fn grant(user: &SeedUser, store: &mut Store) -> Result<Option<Grant>, Refusal> {
    let id = ids::user(store.resource(), &user.name);
    let id = match store.seeded_user(user.name.as_str(), &id) {
        Present::Deleted => return Ok(None),
        Present::Live(id) => id,
        Present::Absent => {
            store.seed_user(id.clone(), user.name.as_str())?;
            id
        }
    };
    let scopes = user.scopes.iter().map(|scope| scope.0).collect();
    store.issue_token(&id, scopes, user.token_minutes).map(Some)
}

fn plant_thread(
    thread: &SeedThread,
    id: &ThreadId,
    callers: &Callers<'_>,
    store: &mut Store,
    path: &str,
) -> Result<(), SeedError> {
    let creator = callers.get(&thread.created_by);
    let created_on = match (store.thread_created(id), creator) {
        (Present::Deleted, _) | (Present::Absent, None) => return Ok(()),
        (Present::Live(created_on), None) => created_on,
        (Present::Live(created_on), Some(creator)) => {
            let mut new = participants(thread, callers);
            new.retain(|participant| !store.has_been_in(id, &participant.id));
            if !new.is_empty() {
                let added = store.add_participants(creator, id, new);
                added.map_err(at(format!("{path}.participants")))?;
            }
            created_on
        }
        (Present::Absent, Some(creator)) => {
            // Nobody wants a thread whose retention is over on the first day.
            let default = match thread.delete_thread_after_days {
                Some(_) => store.now(),
                None => CREATED_ON,
            };
            let created_on = thread.created_on.unwrap_or(default);
            let new = new_thread(thread, callers);
            store
                .seed_thread(creator, new, id.clone(), created_on)
                .map_err(at(path.to_owned()))?;
            created_on
        }
    };
    let mut last = created_on.millis() + FIRST_MESSAGES - 1;
    for (m, message) in thread.messages.iter().enumerate() {
        let path = format!("{path}.messages[{m}]");
        let given = message.id.map(|SeedMessageId(id)| id.0);
        if given.is_some_and(|given| given <= last) {
            let reason = "the id is not greater than those of the messages before, and the time at which \
                          the thread was created";
            return Err(SeedError::new(format!("{path}.id"), reason));
        }
        last = given.unwrap_or(last + 1);
        if let Some(sender) = callers.get(&message.from) {
            let message = user_message(message, sender, id, MessageId(last));
            store
                .seed_message(sender, id, MessageId(last), message)
                .map_err(at(path))?;
        }
    }
    Ok(())
}

fn new_thread(thread: &SeedThread, callers: &Callers<'_>) -> NewThread {
    let days = thread.delete_thread_after_days;
    NewThread {
        topic: thread.topic.clone(),
        participants: participants(thread, callers),
        metadata: thread.metadata.clone(),
        retention: days.map(|days| RetentionPolicy::ThreadCreationDate { days }),
        repeatability: None,
    }
}

/// Those who have not been deleted.
fn participants(thread: &SeedThread, callers: &Callers<'_>) -> Vec<Participant> {
    let participants = thread.participants.iter();
    let live = participants.filter_map(|participant| {
        Some(Participant {
            id: callers.get(&participant.user)?.user.clone(),
            display_name: participant.display_name.clone(),
            share_history_time: participant.share_history_time.unwrap_or(Timestamp::EPOCH),
            metadata: participant.metadata.clone(),
        })
    });
    live.collect()
}

fn user_message(
    message: &SeedMessage,
    sender: &Caller,
    thread: &ThreadId,
    id: MessageId,
) -> UserMessage {
    let attachments = message.attachments.iter().enumerate();
    UserMessage {
        sender: sender.user.clone(),
        sender_display_name: message.sender_display_name.clone(),
        content_type: message.r#type.into(),
        content: message.content.clone(),
        metadata: message.metadata.clone(),
        attachments: attachments
            .map(|(place, attachment)| attach(attachment, || ids::attachment(thread, id, place)))
            .collect(),
    }
}

fn attach(attachment: &SeedAttachment, id: impl FnOnce() -> String) -> Attachment {
    let content = |Base64(bytes): &Base64| Content {
        media_type: attachment.media_type.clone(),
        bytes: bytes.clone(),
    };
    // The emulator says where pictures are.
    let is_elsewhere = attachment.attachment_type == AttachmentKind::File;
    Attachment {
        id: attachment.id.clone().unwrap_or_else(id),
        kind: attachment.attachment_type,
        name: attachment.name.clone(),
        url: attachment.url.clone().filter(|_| is_elsewhere),
        preview_url: attachment.preview_url.clone().filter(|_| is_elsewhere),
        original: attachment.bytes.as_ref().map(content),
        preview: attachment.preview.as_ref().map(content),
    }
}

fn at(path: String) -> impl FnOnce(Refusal) -> SeedError {
    move |refusal| SeedError::new(path, refusal.to_string())
}
