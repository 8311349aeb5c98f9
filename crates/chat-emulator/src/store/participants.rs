//! Participants: list, add, remove.

use crate::store::identifier::{IdentifierKind, RawId};

use super::access::{Caller, Permission};
use super::ids::ThreadId;
use super::message::MessageBody;
use super::metadata;
use super::refusal::Refusal;
use super::saved::Mark;
use super::thread::{Member, Participant};
use super::{OVERHEAD, Page, Store, at_most, within};

/// Someone who could not be added, while others were.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) target: RawId,
    pub(crate) reason: FailureReason,
}

/// Why someone could not be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FailureReason {
    /// A user of another resource.
    OtherResource,
    /// A user of this resource that does not exist, or no longer.
    NotFound,
    /// Not a communication user: the emulator has nobody else.
    Unsupported(&'static str),
}

impl FailureReason {
    /// The emulator has nobody of this kind.
    pub(super) fn unsupported(kind: Option<IdentifierKind>) -> Self {
        Self::Unsupported(match kind {
            Some(IdentifierKind::PhoneNumber) => "phone numbers",
            Some(IdentifierKind::MicrosoftTeamsUser) => "Microsoft Teams users",
            Some(IdentifierKind::MicrosoftTeamsApp) => "Microsoft Teams apps",
            Some(IdentifierKind::CommunicationUser { .. }) | None => "unknown identifiers",
        })
    }
}

impl Participant {
    /// Bytes of its texts.
    pub(super) fn size(&self) -> usize {
        let name = self.display_name.as_ref().map_or(0, String::len);
        name + metadata::size(&self.metadata)
    }
}

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

    /// Adds those who can be added, and says who could not. Whoever takes part already is updated.
    pub(crate) fn add_participants(
        &mut self,
        caller: &Caller,
        id: &ThreadId,
        participants: Vec<Participant>,
    ) -> Result<Vec<Failure>, Refusal> {
        let thread = self.thread(caller, id, Permission::Invite)?;
        at_most(
            "Participants in one request",
            participants.len(),
            self.limits.batch,
        )?;
        let (participants, failures) = self.sort_out(participants)?;
        let mut new: Vec<Participant> = Vec::new();
        for participant in &participants {
            let known = |other: &Participant| other.id == participant.id;
            if !thread.members.contains_key(&participant.id) && !new.iter().any(known) {
                new.push(participant.clone());
            }
        }
        let count = thread.members.len() + new.len();
        at_most("Participants of a thread", count, self.limits.participants)?;
        within(
            "messages in a thread",
            thread.message_count() + 1,
            self.capacity.messages_per_thread,
        )?;
        let bytes = participants
            .iter()
            .map(|participant| 2 * (participant.size() + OVERHEAD))
            .sum();
        self.reserve(bytes)?;

        self.bytes += bytes;
        let added_on = self.now();
        let thread = self.thread_mut(caller, id, Permission::Invite)?;
        let activity = thread.activity;
        for participant in participants {
            match thread.members.get_mut(&participant.id) {
                Some(member) => member.participant = participant,
                None => {
                    let member = Member {
                        receipt: None,
                        added_on,
                        participant,
                    };
                    thread.members.insert(member.participant.id.clone(), member);
                }
            }
        }
        self.mark(|| Mark::Thread(id.clone()));
        for participant in &new {
            if let Some(user) = self.users.get_mut(&participant.id) {
                user.threads.insert(activity, id.clone());
            }
        }
        if !new.is_empty() {
            let initiator = caller.user.clone();
            self.append(
                id,
                MessageBody::ParticipantAdded {
                    participants: new,
                    initiator,
                },
            )?;
        }
        Ok(failures)
    }

    /// Removes a participant, perhaps the caller itself, together with its read receipt.
    pub(crate) fn remove_participant(
        &mut self,
        caller: &Caller,
        id: &ThreadId,
        who: &RawId,
    ) -> Result<(), Refusal> {
        let thread = self.thread(caller, id, Permission::Invite)?;
        if !thread.members.contains_key(who) {
            return Err(Refusal::ParticipantNotFound);
        }
        within(
            "messages in a thread",
            thread.message_count() + 1,
            self.capacity.messages_per_thread,
        )?;
        self.reserve(0)?;

        let thread = self.thread_mut(caller, id, Permission::Invite)?;
        let activity = thread.activity;
        let Some(member) = thread.members.shift_remove(who) else {
            return Ok(());
        };
        self.mark(|| Mark::Thread(id.clone()));
        if let Some(user) = self.users.get_mut(who) {
            user.threads.remove(&activity);
        }
        let (participants, initiator) = (vec![member.participant], caller.user.clone());
        self.append(
            id,
            MessageBody::ParticipantRemoved {
                participants,
                initiator,
            },
        )?;
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
            Some(IdentifierKind::CommunicationUser { .. }) => Some(FailureReason::OtherResource),
            other => Some(FailureReason::unsupported(other)),
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
