//! Messages: send, read, list, change, delete.

use std::sync::Arc;

use crate::store::timestamp::Timestamp;

use super::access::{Caller, Permission};
use super::attachment::{Content, PictureSize};
use super::event::ThreadEventKind;
use super::html;
use super::ids::{MessageId, ThreadId};
use super::machine::{Page, Store, at_most, within};
use super::marks::Mark;
use super::message::{ContentType, Message, MessageBody, UserMessage};
use super::metadata::{EmptyValue, MetadataPatch};
use super::refusal::Refusal;

/// A merge patch of a message: what is `None` stays.
#[derive(Clone, Debug, Default)]
pub(crate) struct MessageChange {
    pub(crate) content: Option<String>,
    /// An empty value removes its name.
    pub(crate) metadata: Option<MetadataPatch>,
}

/// Which messages to list.
#[derive(Clone, Debug)]
pub(crate) struct ListMessages {
    pub(crate) page_size: usize,
    /// Messages that have not changed since are left out.
    pub(crate) start: Timestamp,
    /// Only sequence ids below this one.
    pub(crate) before: u64,
}

impl Store {
    /// Adds a user's message to a thread. HTML loses what the service does not let through.
    pub(crate) fn send_message(
        &mut self,
        caller: &Caller,
        id: &ThreadId,
        message: UserMessage,
    ) -> Result<MessageId, Refusal> {
        self.send_message_at(caller, id, self.now(), None, message)
    }

    /// As [`Self::send_message`], at another time, and perhaps with an id that the message has already.
    pub(super) fn send_message_at(
        &mut self,
        caller: &Caller,
        id: &ThreadId,
        at: Timestamp,
        message_id: Option<MessageId>,
        message: UserMessage,
    ) -> Result<MessageId, Refusal> {
        let thread = self.thread(caller, id, Permission::TakePart)?;
        let size = message.size();
        at_most("Bytes of a message", size, self.limits.message)?;
        let message = sanitized(message);
        within(
            "messages in a thread",
            thread.message_count() + 1,
            self.capacity.messages_per_thread,
        )?;
        let bytes = message.size() + message.attachments_size() + message.sender_display_name.len();
        self.reserve(bytes)?;

        self.totals.bytes += bytes;
        self.thread_mut(caller, id, Permission::TakePart)?
            .typing
            .remove(&caller.user);
        let sent = self.append_at(id, at, message_id, MessageBody::User(message))?;
        let message_id = sent.id;
        self.emit(id, &caller.user, |_| ThreadEventKind::MessageReceived(sent));
        Ok(message_id)
    }

    /// One message that the caller may see. Whoever was removed sees what was there before.
    pub(crate) fn message(
        &self,
        caller: &Caller,
        thread: &ThreadId,
        id: MessageId,
    ) -> Result<Arc<Message>, Refusal> {
        let thread = self.live_thread(caller, thread, Permission::TakePart)?;
        thread.message(id, thread.view(&caller.user)?)
    }

    /// What is attached under an id to a message that the caller may see; to any of them where none is named.
    pub(crate) fn attachment(
        &self,
        caller: &Caller,
        thread: &ThreadId,
        message: Option<MessageId>,
        id: &str,
        size: PictureSize,
    ) -> Result<Content, Refusal> {
        let thread = self.live_thread(caller, thread, Permission::TakePart)?;
        let seen = thread.view(&caller.user)?;
        let message = message.or_else(|| thread.message_with(id));
        let message = thread.message(message.ok_or(Refusal::MessageNotFound)?, seen)?;
        let mut attachments = message.body.attachments().iter();
        let found = attachments.find(|attachment| attachment.id == id);
        let content = found.and_then(|found| found.content(size)).cloned();
        content.ok_or(Refusal::MessageNotFound)
    }

    /// The messages that the caller may see, newest sequence id first. Whoever was removed sees what was
    /// there before.
    pub(crate) fn list_messages(
        &self,
        caller: &Caller,
        thread: &ThreadId,
        list: &ListMessages,
    ) -> Result<Page<Arc<Message>, u64>, Refusal> {
        let thread = self.live_thread(caller, thread, Permission::TakePart)?;
        let view = thread.view(&caller.user)?;
        let mut messages = thread
            .messages_below(list.before, list.start, view)
            .filter(|message| message.created_on() <= caller.lists_until);
        let items: Vec<_> = messages.by_ref().take(list.page_size).cloned().collect();
        let more = messages.next().is_some();
        let next = items.last().filter(|_| more).map(|last| last.sequence);
        Ok(Page { items, next })
    }

    /// Changes a message of the caller's own. An empty change changes nothing.
    pub(crate) fn update_message(
        &mut self,
        caller: &Caller,
        thread: &ThreadId,
        id: MessageId,
        change: MessageChange,
    ) -> Result<(), Refusal> {
        let old = self.own_message(caller, thread, id)?;
        let MessageBody::User(body) = &old.body else {
            return Err(Refusal::NotSender);
        };
        if old.deleted_on.is_some() {
            return Err(Refusal::MessageDeleted);
        }
        if change.content.is_none() && change.metadata.is_none() {
            return Ok(());
        }
        let body = changed(body, change);
        at_most("Bytes of a message", body.size(), self.limits.message)?;
        let body = sanitized(body);
        let (before, after) = (old.body.size(), body.size() + body.attachments_size());
        self.reserve(after.saturating_sub(before))?;

        self.totals.bytes = (self.totals.bytes + after).saturating_sub(before);
        let edited = self.replace(caller, thread, &old, |message, now| {
            message.edited_on = Some(now);
            message.body = MessageBody::User(body);
        })?;
        self.emit(thread, &caller.user, |_| {
            ThreadEventKind::MessageEdited(edited)
        });
        Ok(())
    }

    /// Empties a message of the caller's own; it stays in the list. Deleting again changes nothing.
    pub(crate) fn delete_message(
        &mut self,
        caller: &Caller,
        thread: &ThreadId,
        id: MessageId,
    ) -> Result<(), Refusal> {
        let old = self.own_message(caller, thread, id)?;
        if old.deleted_on.is_some() {
            return Ok(());
        }
        self.give_back(old.body.size());
        let deleted = self.replace(caller, thread, &old, |message, now| {
            message.edited_on = None;
            message.deleted_on = Some(now);
            if let MessageBody::User(body) = &mut message.body {
                body.content.clear();
                body.metadata.clear();
                body.attachments.clear();
            }
        })?;
        self.emit(thread, &caller.user, |_| {
            ThreadEventKind::MessageDeleted(deleted)
        });
        Ok(())
    }

    /// A message that the caller may see and has sent; the service's own messages have no sender.
    fn own_message(
        &self,
        caller: &Caller,
        thread: &ThreadId,
        id: MessageId,
    ) -> Result<Arc<Message>, Refusal> {
        let thread = self.thread(caller, thread, Permission::TakePart)?;
        let message = thread.message(id, thread.view(&caller.user)?)?;
        match &message.body {
            MessageBody::User(body) if body.sender == caller.user => Ok(message),
            _ => Err(Refusal::NotSender),
        }
    }

    fn replace(
        &mut self,
        caller: &Caller,
        thread: &ThreadId,
        old: &Message,
        change: impl FnOnce(&mut Message, Timestamp),
    ) -> Result<Arc<Message>, Refusal> {
        let now = self.now();
        let message = self
            .thread_mut(caller, thread, Permission::TakePart)?
            .replace(now, old, change);
        for sequence in [old.sequence, message.sequence] {
            self.marks.add(|| Mark::Message(thread.clone(), sequence));
        }
        Ok(message)
    }
}

fn changed(old: &UserMessage, change: MessageChange) -> UserMessage {
    let mut body = old.clone();
    if let Some(content) = change.content {
        body.content = content;
    }
    if let Some(patch) = change.metadata {
        body.metadata = patch.apply(&old.metadata, EmptyValue::Removes);
    }
    body
}

/// Without what the service does not let through. Text is carried as it is.
fn sanitized(mut message: UserMessage) -> UserMessage {
    if message.content_type == ContentType::Html {
        message.content = html::sanitize(&message.content);
    }
    message
}
