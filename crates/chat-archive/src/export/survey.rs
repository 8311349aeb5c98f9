//! Who there is, and which threads each finds in its list.

use std::collections::{BTreeMap, HashMap};

use futures_util::{StreamExt, TryStreamExt, stream};

use super::context::{Context, Found};
use super::stop::{Stop, kind_of};
use super::work::{Surveyed, Work};
use crate::error::ArchiveError;
use crate::format::{Unread, UnreadKind, UserLine};
use crate::source::ListedThread;

/// Who there is, and which threads each finds in its list.
#[derive(Debug, Default)]
pub(super) struct Survey {
    pub(super) users: Vec<UserLine>,
    places: HashMap<String, usize>,
    pending: Vec<String>,
    pub(super) threads: BTreeMap<String, Found>,
    pub(super) unread: Vec<Unread>,
}

impl Survey {
    /// Adds a user, whose threads are then to be listed. One who is known stays, with the name that is given.
    pub(super) fn add(&mut self, user: UserLine) -> bool {
        if let Some(place) = self.places.get(&user.id) {
            let known = &mut self.users[*place];
            known.name = user.name.or(known.name.take());
            return false;
        }
        self.places.insert(user.id.clone(), self.users.len());
        match user.deleted {
            true => self.unread.push(gone(&user.id)),
            false => self.pending.push(user.id.clone()),
        }
        self.users.push(user);
        true
    }

    pub(super) fn is_known(&self, user: &str) -> bool {
        self.places.contains_key(user)
    }

    /// Goes on with what an export has found that did not end.
    pub(super) fn resume(&mut self, context: &Context, work: &Work) -> Result<(), ArchiveError> {
        for surveyed in work.surveyed()? {
            let id = surveyed.user.clone();
            self.add(UserLine {
                id: id.clone(),
                name: None,
                deleted: false,
            });
            self.pending.retain(|pending| *pending != id);
            context.progress.found_users(1);
            self.take(context, &surveyed);
        }
        Ok(())
    }

    /// Whether there are users whose threads were not listed yet.
    pub(super) fn has_pending(&self) -> bool {
        !self.pending.is_empty()
    }

    /// Lists the threads of all users for whom that was not done yet.
    pub(super) async fn run(
        &mut self,
        context: &Context,
        work: Option<&Work>,
        concurrency: usize,
    ) -> Result<(), ArchiveError> {
        let pending = std::mem::take(&mut self.pending);
        context.progress.found_users(pending.len());
        let surveys = stream::iter(pending).map(async |user| {
            let surveyed = survey(context, &user).await;
            (user, surveyed)
        });
        let mut surveys = std::pin::pin!(surveys.buffer_unordered(concurrency));
        while let Some((user, surveyed)) = surveys.next().await {
            match surveyed {
                Ok(surveyed) => {
                    if let Some(work) = work {
                        work.add_surveyed(&surveyed)?;
                    }
                    self.take(context, &surveyed);
                }
                // The access key is refused: no other user will fare better.
                Err(Stop::Service(error)) if is_refused_key(&error) => return Err(error.into()),
                Err(Stop::Service(error)) => {
                    context.progress.user_done();
                    context.progress.failed();
                    self.unread.push(Unread {
                        kind: kind_of(&error),
                        user: Some(user),
                        thread: None,
                        message: None,
                        item: None,
                        reason: error.to_string(),
                    });
                }
                Err(Stop::Archive(error)) => return Err(error),
            }
        }
        Ok(())
    }

    fn take(&mut self, context: &Context, surveyed: &Surveyed) {
        context.progress.user_done();
        if surveyed.deleted {
            if let Some(place) = self.places.get(&surveyed.user) {
                self.users[*place].deleted = true;
            }
            self.unread.push(gone(&surveyed.user));
        }
        let threads = surveyed.threads.iter();
        for item in threads.filter_map(|raw| ListedThread::new(raw.get())) {
            let found = self.threads.entry(item.id.clone()).or_insert_with(|| {
                context.progress.found_threads(1);
                Found {
                    item,
                    candidates: Vec::new(),
                }
            });
            if !found.candidates.contains(&surveyed.user) {
                found.candidates.push(surveyed.user.clone());
            }
        }
    }
}

/// What is noted of a user for whom there is no token.
fn gone(user: &str) -> Unread {
    Unread {
        kind: UnreadKind::Gone,
        user: Some(user.to_owned()),
        thread: None,
        message: None,
        item: None,
        reason: "the service knows no such user, or no more: there is no token for it".to_owned(),
    }
}

/// Lists the threads of one user.
async fn survey(context: &Context, user: &str) -> Result<Surveyed, Stop> {
    let access = match context.access(user).await {
        Ok(access) => access,
        Err(error) if error.is_not_found() => {
            return Ok(Surveyed {
                user: user.to_owned(),
                deleted: true,
                threads: Vec::new(),
            });
        }
        Err(error) => return Err(error.into()),
    };
    let threads: Vec<_> = access.threads().try_collect().await?;
    let threads = threads.iter().filter_map(|thread| thread.record.raw());
    Ok(Surveyed {
        user: user.to_owned(),
        deleted: false,
        threads: threads.collect(),
    })
}

fn is_refused_key(error: &chat::Error) -> bool {
    error.is_unauthorized() && error.operation() == Some("issueAccessToken")
}
