//! How those who take part in a thread come to know what happens in it.

use crate::store::identifier::RawId;
use crate::store::timestamp::Timestamp;

use super::event::{ThreadEvent, ThreadEventKind};
use super::ids::ThreadId;
use super::machine::Store;
use super::metadata::Metadata;
use super::participant::Participant;
use super::thread::Thread;

impl Store {
    /// Keeps the events from now on for [`Self::take_events`], or none. Where none are kept, they are not
    /// even made.
    pub(crate) fn keep_events(&mut self, keep: bool) {
        if !keep {
            self.events = None;
        } else if self.events.is_none() {
            self.events = Some(self.no_events_yet());
        }
    }

    /// All events since this was called last, in the order in which they happened.
    pub(crate) fn take_events(&mut self) -> Vec<ThreadEvent> {
        self.expire_threads();
        let events = self.events.as_mut();
        events
            .map(|events| std::mem::take(&mut events.kept))
            .unwrap_or_default()
    }

    /// Tells of what `actor` has just done in a thread, where that is of use.
    pub(super) fn emit(
        &mut self,
        id: &ThreadId,
        actor: &RawId,
        kind: impl FnOnce(&Thread) -> ThreadEventKind,
    ) {
        self.emit_at(self.now(), id, actor, kind);
    }

    /// As [`Self::emit`], at another time.
    pub(super) fn emit_at(
        &mut self,
        at: Timestamp,
        id: &ThreadId,
        actor: &RawId,
        kind: impl FnOnce(&Thread) -> ThreadEventKind,
    ) {
        let (Some(events), Some(thread)) = (&mut self.events, self.threads.get(id)) else {
            return;
        };
        let kind = kind(thread);
        events.kept.push(ThreadEvent {
            thread: thread.properties.clone(),
            at,
            actor: participant(thread, &kind, actor),
            recipients: recipients(thread, &kind, actor),
            kind,
        });
    }
}

/// `user` as it takes part in a thread, or did so until now.
fn participant(thread: &Thread, kind: &ThreadEventKind, user: &RawId) -> Participant {
    let removed = || match kind {
        ThreadEventKind::ParticipantsRemoved(removed) => {
            removed.iter().find(|removed| removed.id == *user)
        }
        _ => None,
    };
    let member = thread.members.get(user).map(|member| &member.participant);
    member.or_else(removed).cloned().unwrap_or(Participant {
        id: user.clone(),
        display_name: None,
        share_history_time: Timestamp::EPOCH,
        metadata: Metadata::new(),
    })
}

fn recipients(thread: &Thread, kind: &ThreadEventKind, actor: &RawId) -> Vec<RawId> {
    use ThreadEventKind as K;

    let members = thread.members.keys();
    match kind {
        K::MessageReceived(message) | K::MessageEdited(message) | K::MessageDeleted(message) => {
            let sees = |user: &&RawId| thread.view(user).is_ok_and(|view| view.shows(message));
            members.filter(sees).cloned().collect()
        }
        K::ReadReceipt(_) => members.filter(|user| *user != actor).cloned().collect(),
        K::ParticipantsRemoved(removed) => {
            let removed = removed.iter().map(|removed| &removed.id);
            members.chain(removed).cloned().collect()
        }
        _ => members.cloned().collect(),
    }
}
