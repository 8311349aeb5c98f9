//! What the service says about a thread.

use std::path::Path;

use chat::Error;
use futures_util::TryStreamExt;
use time::OffsetDateTime;

use super::base::Base;
use super::context::{Context, Found};
use super::pages::PageLog;
use super::participants;
use super::readers::{Readers, follow};
use super::stop::{Stop, is_refusal};
use crate::format::{Covered, PARTICIPANTS};
use crate::source::{ListedParticipant, Record, ThreadAccess};

/// What the service says about a thread, and who was told it. The messages are in logs.
#[derive(Debug, Default)]
pub(super) struct Reading {
    pub(super) properties: Option<Record>,
    pub(super) participants: Option<Vec<ListedParticipant>>,
    pub(super) receipts: Option<Vec<Record>>,
    pub(super) logs: Vec<PageLog>,
    pub(super) covered: Vec<Covered>,
    /// Those with whose tokens messages were read.
    pub(super) readers: Vec<ThreadAccess>,
    /// Whether nobody could see more.
    pub(super) is_whole: bool,
    /// Those who found the thread in a list and take part no more, and up to where they see it.
    pub(super) former: Vec<(String, Option<u64>)>,
    /// Messages without an id or a place.
    pub(super) unreadable: usize,
    /// Why it was not read, if it was not.
    pub(super) refusal: Option<Error>,
}

impl Reading {
    pub(super) async fn of(
        context: &Context,
        id: &str,
        found: &Found,
        base: Option<&Base>,
        folder: &Path,
    ) -> Result<Self, Stop> {
        let mut reading = Self::default();
        let created_on = reading.read_properties(context, id, found).await?;
        if found.item.deleted_on.is_some() {
            reading.is_whole = true;
            return Ok(reading);
        }
        reading.read_participants(context, id, found).await?;
        reading
            .read_messages(context, id, found, created_on, base, folder)
            .await?;
        reading.look_for_ends(context, id, found, base).await?;
        Ok(reading)
    }

    /// The result of the first of the users that is not refused; nothing if all are.
    async fn first<T>(
        &mut self,
        context: &Context,
        id: &str,
        users: &[String],
        read: impl AsyncFn(&ThreadAccess) -> Result<T, Error>,
    ) -> Result<Option<(T, ThreadAccess)>, Stop> {
        for user in users {
            let thread = match context.access(user).await {
                Ok(access) => access.thread(id),
                Err(error) => {
                    self.refusal = Some(error);
                    continue;
                }
            };
            match read(&thread).await {
                Ok(value) => return Ok(Some((value, thread))),
                Err(error) if is_refusal(&error) => self.refusal = Some(error),
                Err(error) => return Err(error.into()),
            }
        }
        Ok(None)
    }

    async fn read_properties(
        &mut self,
        context: &Context,
        id: &str,
        found: &Found,
    ) -> Result<Option<OffsetDateTime>, Stop> {
        let read = async |thread: &ThreadAccess| thread.properties().await;
        let properties = self.first(context, id, &found.candidates, read).await?;
        Ok(properties.map(|((record, created_on), _)| {
            self.properties = Some(record);
            created_on
        }))
    }

    /// The participants, and the receipts with the same token: those who take part see both.
    async fn read_participants(
        &mut self,
        context: &Context,
        id: &str,
        found: &Found,
    ) -> Result<(), Stop> {
        let read = async |thread: &ThreadAccess| {
            let participants: Vec<_> = thread.participants().try_collect().await?;
            let receipts: Vec<_> = thread.receipts().try_collect().await?;
            Ok((participants, receipts))
        };
        if let Some(((participants, receipts), _)) =
            self.first(context, id, &found.candidates, read).await?
        {
            self.participants = Some(participants);
            self.receipts = Some(receipts);
        }
        Ok(())
    }

    async fn read_messages(
        &mut self,
        context: &Context,
        id: &str,
        found: &Found,
        created_on: Option<OffsetDateTime>,
        base: Option<&Base>,
        folder: &Path,
    ) -> Result<(), Stop> {
        let participants = self.participants.as_deref().unwrap_or_default();
        let can_have = |user: &str| context.gives_tokens_to(user);
        let readers = Readers::of(participants, created_on, &found.candidates, can_have);
        for (number, user) in readers.users.iter().enumerate() {
            let thread = match context.access(user).await {
                Ok(access) => access.thread(id),
                Err(error) => {
                    self.refusal = Some(error);
                    continue;
                }
            };
            let since = base.and_then(|base| base.since(user, readers.is_whole));
            let progress = &context.progress;
            match follow(&thread, number, since, readers.is_whole, folder, progress).await {
                Ok((logs, covered, unreadable)) => {
                    self.logs.extend(logs);
                    self.covered.extend(covered);
                    self.unreadable += unreadable;
                    self.readers.push(thread);
                }
                Err(Stop::Service(error)) if is_refusal(&error) => self.refusal = Some(error),
                Err(stop) => return Err(stop),
            }
        }
        self.is_whole = readers.is_whole && !self.readers.is_empty();
        Ok(())
    }

    /// Up to where those see the thread who take part in it no more.
    async fn look_for_ends(
        &mut self,
        context: &Context,
        id: &str,
        found: &Found,
        base: Option<&Base>,
    ) -> Result<(), Stop> {
        // Where nothing has changed, nobody has left.
        let before = match base.filter(|_| self.logs.is_empty()) {
            Some(base) => base.lines(PARTICIPANTS)?,
            None => Vec::new(),
        };
        let present = self.participants.as_deref().unwrap_or_default();
        let takes_part = |user: &&String| present.iter().any(|who| who.id == **user);
        let former = found.candidates.iter().filter(|user| !takes_part(user));
        for user in former.cloned().collect::<Vec<_>>() {
            if let Some(end) = participants::end_of(&before, &user) {
                self.former.push((user, Some(end)));
                continue;
            }
            let read = async |thread: &ThreadAccess| thread.newest().await;
            let only = std::slice::from_ref(&user);
            let newest = self.first(context, id, only, read).await?;
            self.former
                .push((user, newest.and_then(|(newest, _)| newest)));
        }
        Ok(())
    }
}
