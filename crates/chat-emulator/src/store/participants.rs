//! Participants: list, add, remove.

use crate::store::identifier::{IdentifierKind, RawId};

use super::access::{Caller, Permission};
use super::event::ThreadEventKind;
use super::ids::ThreadId;
use super::machine::{OVERHEAD, Page, Store, at_most, within};
use super::marks::Mark;
use super::message::MessageBody;
use super::participant::{Failure, FailureReason, FormerMember, Member, Participant};
use super::refusal::Refusal;

impl Store {
    /// The participants in the order in which they came; the position is the number to skip.
    pub(crate) fn list_participants(
        &self,
        caller: &Caller,
        thread: &ThreadId,
        skip: usize,
        page_size: usize,
    ) -> Result<Page<Participant, usize>, Refusal> {
        let thread = self.thread(caller, thread, Permission::TakePart)?;
        let all = thread
            .members
            .values()
            .filter(|member| member.added_on <= caller.lists_until)
            .map(|member| &member.participant);
        Ok(Page::skipping(all, skip, page_size))
    }

    /// Adds those who can be added, and says who could not. Nothing changes for who takes part already.
    pub(crate) fn add_participants(
        &mut self,
        caller: &Caller,
        id: &ThreadId,
        participants: Vec<Participant>,
    ) -> Result<Vec<Failure>, Refusal> {
        let thread = self.thread(caller, id, Permission::Invite)?;
        self.check_batch(&participants)?;
        let (participants, failures) = self.sort_out(participants)?;
        let mut new: Vec<Participant> = Vec::new();
        for participant in participants {
            let known = |other: &Participant| other.id == participant.id;
            if !thread.members.contains_key(&participant.id) && !new.iter().any(known) {
                new.push(participant);
            }
        }
        if new.is_empty() {
            return Ok(failures);
        }
        let count = thread.members.len() + new.len();
        at_most("Participants of a thread", count, self.limits.participants)?;
        within(
            "messages in a thread",
            thread.message_count() + 1,
            self.capacity.messages_per_thread,
        )?;
        // Each is kept twice: as a participant, and in the message that tells of it.
        let sizes = new.iter().map(|new| 2 * (new.size() + OVERHEAD));
        let bytes = sizes.sum();
        self.reserve(bytes)?;

        self.totals.bytes += bytes;
        let added_on = self.now();
        let thread = self.thread_mut(caller, id, Permission::Invite)?;
        let activity = thread.progress.activity;
        let mut places = Vec::with_capacity(new.len());
        for participant in new.iter().cloned() {
            places.push(thread.former.remove(&participant.id));
            let member = Member {
                receipt: None,
                added_on,
                participant,
            };
            thread.members.insert(member.participant.id.clone(), member);
        }
        self.marks.add(|| Mark::Thread(id.clone()));
        for (participant, place) in new.iter().zip(places) {
            if let Some(user) = self.users.get_mut(&participant.id) {
                user.threads.insert(activity, id.clone());
                // Whoever was here before has the thread where it was then.
                if let Some(former) = place {
                    user.threads.remove(&former.activity);
                    self.give_back(OVERHEAD);
                }
            }
        }
        let added = MessageBody::ParticipantAdded {
            participants: new.clone(),
            initiator: caller.user.clone(),
        };
        self.append(id, added)?;
        self.emit(id, &caller.user, |_| {
            ThreadEventKind::ParticipantsAdded(new)
        });
        Ok(failures)
    }

    /// Removes a participant, perhaps the caller itself, together with its read receipt. It still reads what
    /// was there before, and has the thread in its list.
    pub(crate) fn remove_participant(
        &mut self,
        caller: &Caller,
        id: &ThreadId,
        who: &RawId,
    ) -> Result<(), Refusal> {
        let thread = self.thread(caller, id, Permission::Invite)?;
        let member = thread.members.get(who).cloned();
        let member = member.ok_or(Refusal::ParticipantNotFound)?;
        within(
            "messages in a thread",
            thread.message_count() + 1,
            self.capacity.messages_per_thread,
        )?;
        self.reserve(0)?;

        // The one who is removed is told, too.
        let removed = MessageBody::ParticipantRemoved {
            participants: vec![member.participant.clone()],
            initiator: caller.user.clone(),
        };
        self.append(id, removed)?;
        if let Some(thread) = self.threads.get_mut(id) {
            thread.members.shift_remove(who);
            let former = FormerMember {
                share_history_time: member.participant.share_history_time,
                added_on: member.added_on,
                last_sequence: thread.progress.last_sequence(),
                activity: thread.progress.activity,
            };
            thread.former.insert(who.clone(), former);
        }
        self.marks.add(|| Mark::Thread(id.clone()));
        self.emit(id, &caller.user, |_| {
            ThreadEventKind::ParticipantsRemoved(vec![member.participant])
        });
        Ok(())
    }

    pub(super) fn check_batch(&self, participants: &[Participant]) -> Result<(), Refusal> {
        let limit = self.limits.batch;
        if participants.len() > limit {
            return Err(Refusal::BatchTooLarge(limit));
        }
        Ok(())
    }

    /// Parts those who can be added from those who cannot.
    pub(super) fn sort_out(
        &self,
        participants: Vec<Participant>,
    ) -> Result<(Vec<Participant>, Vec<Failure>), Refusal> {
        let mut good = Vec::with_capacity(participants.len());
        let mut failures = Vec::new();
        for participant in participants {
            self.check_metadata("Bytes of participant metadata", &participant.metadata)?;
            match self.obstacle(&participant.id) {
                None => good.push(participant),
                Some(reason) => failures.push(Failure {
                    target: participant.id,
                    reason,
                }),
            }
        }
        Ok((good, failures))
    }

    fn obstacle(&self, id: &RawId) -> Option<FailureReason> {
        match id.kind() {
            Some(IdentifierKind::CommunicationUser { resource }) if resource == self.resource => {
                let live = self.users.get(id).is_some_and(|user| !user.is_deleted());
                (!live).then_some(FailureReason::NotFound)
            }
            _ => Some(FailureReason::NotPermitted),
        }
    }
}

impl<T: Clone> Page<T, usize> {
    /// The items after the first `skip`, of a list that is not long.
    pub(super) fn skipping<'a>(
        all: impl Iterator<Item = &'a T>,
        skip: usize,
        page_size: usize,
    ) -> Self
    where
        T: 'a,
    {
        let mut rest = all.skip(skip);
        let items: Vec<_> = rest.by_ref().take(page_size).cloned().collect();
        let next = rest.next().map(|_| skip + items.len());
        Self { items, next }
    }
}
