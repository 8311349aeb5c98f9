//! Taking conversations along: from the service into the folder of an archive.
//!
//! Each user's threads are listed ([`survey`]). Each thread is read once ([`reading`]), with the token of
//! whoever sees most of it ([`readers`]), page by page into logs ([`pages`]), which are put together with what
//! was archived before ([`merge`]) into a new folder ([`staged`]). The manifest comes last ([`finish`]). What is
//! done is kept ([`work`]), so that an export that was killed goes on.

mod base;
mod context;
mod estimate;
mod finish;
mod merge;
mod pages;
mod participants;
mod pictures;
mod readers;
mod reading;
mod staged;
mod stop;
mod survey;
mod thread;
mod work;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use futures_util::{StreamExt, stream};

use self::context::{Context, Found};
pub use self::estimate::Estimate;
use self::stop::{Stop, kind_of};
use self::survey::Survey;
use self::work::{Done, Work};
use crate::error::ArchiveError;
use crate::format::{Manifest, Unread, UnreadKind, UserLine};
use crate::progress::Progress;
use crate::source::Resource;

/// How many users and threads are read at a time.
const CONCURRENCY: usize = 16;

/// Takes the conversations of users along, into the folder of an archive.
///
/// An archive that is there is brought up to date: only what has changed is read. It stays as it is until the
/// export has ended. One that was killed, or dropped, goes on when it is begun again.
#[derive(Debug)]
#[must_use = "nothing is read before run() is awaited"]
pub struct Export {
    resource: Resource,
    to: PathBuf,
    users: Vec<UserLine>,
    discovers: bool,
    concurrency: usize,
    progress: Arc<Progress>,
}

/// What came of an export.
#[derive(Clone, Debug)]
pub struct Exported {
    /// What there is now.
    pub manifest: Manifest,
    /// How many threads were not in the archive before, or differ from what was.
    pub changed_threads: u64,
    /// How many users who were named in threads were not asked for: `discover` was off.
    pub users_left_out: u64,
}

impl Exported {
    /// Whether all was read that can be: what is gone or elsewhere cannot be had by anybody.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        let unread = self.manifest.unread.iter();
        let mut kinds = unread.map(|unread| unread.kind);
        kinds.all(|kind| matches!(kind, UnreadKind::Gone | UnreadKind::Elsewhere))
    }
}

impl Export {
    /// An export of these users' threads into this folder, which is made if it is not there.
    pub fn new(resource: Resource, to: impl Into<PathBuf>, users: Vec<UserLine>) -> Self {
        Self {
            resource,
            to: to.into(),
            users,
            discovers: true,
            concurrency: CONCURRENCY,
            progress: Arc::default(),
        }
    }

    /// Sets whether users of the resource that are named in threads are exported, too; they are unless this
    /// says otherwise.
    pub fn discover(mut self, discovers: bool) -> Self {
        self.discovers = discovers;
        self
    }

    /// Sets how many users and threads are read at a time; 16 unless it is set.
    pub fn concurrency(mut self, count: usize) -> Self {
        self.concurrency = count.max(1);
        self
    }

    /// How far it has come.
    #[must_use]
    pub fn progress(&self) -> Arc<Progress> {
        Arc::clone(&self.progress)
    }

    /// How much there is to be read, and how long that takes at least. Lists the threads and reads the newest
    /// message of each; writes nothing.
    ///
    /// # Errors
    /// [`Service`](ArchiveError::Service) when the access key is refused.
    pub async fn estimate(self) -> Result<Estimate, ArchiveError> {
        let mut survey = Survey::default();
        for user in self.users {
            survey.add(user);
        }
        let users = survey.users.iter().map(|user| user.id.as_str());
        let context = Context::new(self.resource, users, self.discovers, self.progress);
        estimate::estimate(&context, survey, self.concurrency).await
    }

    /// Reads and writes all. What cannot be read is noted in the manifest, and all else goes on.
    ///
    /// # Errors
    /// [`Service`](ArchiveError::Service) when the access key is refused, and those of the file system. What was
    /// read by then is kept for the next export.
    pub async fn run(self) -> Result<Exported, ArchiveError> {
        let work = Arc::new(Work::open(&self.to)?);
        let mut survey = Survey::default();
        for user in archived_users(&work)?.into_iter().chain(self.users) {
            survey.add(user);
        }
        let users = survey.users.iter().map(|user| user.id.as_str());
        let context = Context::new(self.resource, users, self.discovers, self.progress);
        survey.resume(&context, &work)?;

        let mut threads = Threads::default();
        loop {
            survey.run(&context, Some(&work), self.concurrency).await?;
            let todo = threads.todo(&work, &survey, &context)?;
            for done in threads.done.values() {
                threads
                    .elsewhere
                    .extend(discover(&context, &mut survey, done));
            }
            let read = stream::iter(todo).map(async |(id, found): (String, Found)| {
                let done = thread::export(&context, &work, &id, &found).await;
                (id, done)
            });
            let mut read = std::pin::pin!(read.buffer_unordered(self.concurrency));
            while let Some((id, result)) = read.next().await {
                context.progress.thread_done();
                match result {
                    Ok(done) => {
                        work.set_done(&id, &done)?;
                        threads
                            .elsewhere
                            .extend(discover(&context, &mut survey, &done));
                        threads.done.insert(id, done);
                    }
                    Err(Stop::Service(error)) => {
                        context.progress.failed();
                        threads.fail(id, &error);
                    }
                    Err(Stop::Archive(error)) => return Err(error),
                }
            }
            if !survey.has_pending() {
                break;
            }
        }
        let mut unread = std::mem::take(&mut survey.unread);
        unread.extend(threads.failed.into_values());
        let elsewhere = threads.elsewhere.into_iter();
        let (left_out, foreign): (Vec<_>, Vec<_>) = elsewhere.partition(|id| context.is_own(id));
        unread.extend(foreign.into_iter().map(|id| Unread {
            kind: UnreadKind::Elsewhere,
            user: Some(id),
            thread: None,
            message: None,
            item: None,
            reason: "it takes part in threads, and is no user of this resource".to_owned(),
        }));
        let changed_threads = threads.done.values().filter(|done| done.is_new).count() as u64;
        let manifest = finish::finish(&context, &work, &survey, threads.done, unread)?;
        Ok(Exported {
            manifest,
            changed_threads,
            users_left_out: left_out.len() as u64,
        })
    }
}

/// What became of the threads.
#[derive(Default)]
struct Threads {
    done: BTreeMap<String, Done>,
    failed: BTreeMap<String, Unread>,
    /// Those who are named in threads, and for whom no token is had.
    elsewhere: BTreeSet<String>,
}

impl Threads {
    /// The threads that are to be read: those that were not, and those of which somebody who has found them
    /// since may tell more.
    fn todo(
        &mut self,
        work: &Work,
        survey: &Survey,
        context: &Context,
    ) -> Result<Vec<(String, Found)>, ArchiveError> {
        let mut todo = Vec::new();
        for (id, found) in &survey.threads {
            if self.failed.contains_key(id) {
                continue;
            }
            if !self.done.contains_key(id)
                && let Some(done) = work.done(id)?
            {
                context.progress.thread_done();
                self.done.insert(id.clone(), done);
            }
            let done = self.done.get(id);
            let is_new = |user: &String| done.is_none_or(|done| done.may_gain_by(user));
            if found.candidates.iter().any(is_new) {
                todo.push((id.clone(), found.clone()));
            }
        }
        Ok(todo)
    }

    fn fail(&mut self, id: String, error: &chat::Error) {
        let unread = Unread {
            kind: kind_of(error),
            user: None,
            thread: Some(id.clone()),
            message: None,
            item: None,
            reason: error.to_string(),
        };
        self.failed.insert(id, unread);
    }
}

/// Adds those who are named in a thread; gives those for whom no token is had.
fn discover(context: &Context, survey: &mut Survey, done: &Done) -> Vec<String> {
    let mut elsewhere = Vec::new();
    for id in &done.seen {
        if context.gives_tokens_to(id) {
            survey.add(UserLine {
                id: id.clone(),
                name: None,
                deleted: false,
            });
        } else if !survey.is_known(id) {
            elsewhere.push(id.clone());
        }
    }
    elsewhere
}

/// The users of the archive as it is.
fn archived_users(work: &Work) -> Result<Vec<UserLine>, ArchiveError> {
    let Some(manifest) = &work.archived else {
        return Ok(Vec::new());
    };
    let path = crate::folder::inside(&work.root, manifest.users_file())?;
    let text = std::fs::read(&path).map_err(ArchiveError::io(&path))?;
    let lines = text.split_inclusive(|byte| *byte == b'\n');
    let users = lines.map(|line| {
        serde_json::from_slice(line)
            .map_err(|error| ArchiveError::damaged(&path, error.to_string()))
    });
    users.collect()
}
