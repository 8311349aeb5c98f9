//! Makes what a seed says, by the commands that requests are carried out with.

use std::collections::HashMap;

use crate::store::timestamp::Timestamp;
use crate::store::{
    Caller, Grant, NewThread, Participant, Refusal, RetentionPolicy, Store, ThreadId, UserMessage,
};

use super::SeedError;
use super::document::{Document, Name, SeedMessage, SeedThread, SeedUser};

type Callers<'a> = HashMap<&'a Name, Caller>;

/// Makes everything; gives the users' tokens.
pub(super) fn plant(
    document: &Document,
    store: &mut Store,
) -> Result<Vec<(String, Grant)>, SeedError> {
    let mut grants = Vec::with_capacity(document.users.len());
    let mut callers = Callers::new();
    for (u, user) in document.users.iter().enumerate() {
        let grant = create(user, store).map_err(at(format!("users[{u}]")))?;
        let caller = store.authorize(&grant).map_err(at(format!("users[{u}]")))?;
        callers.insert(&user.name, caller);
        grants.push((user.name.to_string(), grant));
    }
    for (t, thread) in document.threads.iter().enumerate() {
        let path = format!("threads[{t}]");
        let creator = caller(&callers, &thread.created_by, &path)?;
        let new = new_thread(thread, &callers, &path)?;
        let created = store
            .create_thread(creator, new)
            .map_err(at(path.clone()))?;
        for (m, message) in thread.messages.iter().enumerate() {
            let path = format!("{path}.messages[{m}]");
            let sender = caller(&callers, &message.from, &path)?;
            send(message, sender, &created.properties.id, store).map_err(at(path))?;
        }
    }
    Ok(grants)
}

/// Gives new tokens to the users that `document` has made before.
pub(super) fn renew(
    document: &Document,
    store: &mut Store,
) -> Result<Vec<(String, Grant)>, SeedError> {
    let mut grants = Vec::with_capacity(document.users.len());
    for (u, user) in document.users.iter().enumerate() {
        let id = store.user_named(user.name.as_str()).ok_or_else(|| {
            let reason = "the data that the emulator continues with has no user of this name";
            SeedError::new(format!("users[{u}].name"), reason)
        })?;
        let scopes = user.scopes.iter().map(|scope| scope.0).collect();
        let grant = store
            .issue_token(&id, scopes, user.token_minutes)
            .map_err(at(format!("users[{u}]")))?;
        grants.push((user.name.to_string(), grant));
    }
    Ok(grants)
}

fn create(user: &SeedUser, store: &mut Store) -> Result<Grant, Refusal> {
    let scopes = user.scopes.iter().map(|scope| scope.0).collect();
    let (id, _) = store.create_user(Vec::new(), user.token_minutes)?;
    store.name_user(&id, user.name.as_str())?;
    store.issue_token(&id, scopes, user.token_minutes)
}

fn new_thread(
    thread: &SeedThread,
    callers: &Callers<'_>,
    path: &str,
) -> Result<NewThread, SeedError> {
    let mut participants = Vec::with_capacity(thread.participants.len());
    for (p, participant) in thread.participants.iter().enumerate() {
        let path = format!("{path}.participants[{p}]");
        participants.push(Participant {
            id: caller(callers, &participant.user, &path)?.user.clone(),
            display_name: participant.display_name.clone(),
            share_history_time: participant.share_history_time.unwrap_or(Timestamp::EPOCH),
            metadata: participant.metadata.clone(),
        });
    }
    let days = thread.delete_thread_after_days;
    Ok(NewThread {
        topic: thread.topic.clone(),
        participants,
        metadata: thread.metadata.clone(),
        retention: days.map(|days| RetentionPolicy::ThreadCreationDate { days }),
        repeatability: None,
    })
}

fn send(
    message: &SeedMessage,
    sender: &Caller,
    thread: &ThreadId,
    store: &mut Store,
) -> Result<(), Refusal> {
    let message = UserMessage {
        sender: sender.user.clone(),
        sender_display_name: message.sender_display_name.clone(),
        content_type: message.r#type.into(),
        content: message.content.clone(),
        metadata: message.metadata.clone(),
    };
    store.send_message(sender, thread, message).map(drop)
}

fn caller<'a>(callers: &'a Callers<'_>, name: &Name, path: &str) -> Result<&'a Caller, SeedError> {
    callers
        .get(name)
        .ok_or_else(|| SeedError::new(path, format!("there is no user {name}")))
}

fn at(path: String) -> impl FnOnce(Refusal) -> SeedError {
    move |refusal| SeedError::new(path, refusal.to_string())
}
