//! Who starts the process that follows, kills it, and counts what it has committed.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use chat::{AccessToken, CommunicationIdentityClient};

use super::follower::{ENDPOINT, TOKEN};
use super::journal::{Commits, Seen};
use super::{How, Report};
use crate::soak::Failure;

/// How often is looked at what was committed.
const EVERY: Duration = Duration::from_millis(5);
/// How long a process may take until it has committed as much as it is to be killed after.
const PATIENCE: Duration = Duration::from_secs(3);

/// The process that follows, and what it has committed so far.
pub(super) struct Supervisor<'a> {
    program: &'a (dyn Fn() -> Command + Sync),
    how: How,
    endpoint: String,
    token: String,
    directory: tempfile::TempDir,
    commits: Commits,
    effects: Vec<Seen>,
    cursor_bytes: usize,
    kills: usize,
}

/// A process that does not outlive who holds this.
struct Follower(Child);

impl Drop for Follower {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl<'a> Supervisor<'a> {
    pub(super) fn new(
        program: &'a (dyn Fn() -> Command + Sync),
        how: How,
        identity: &CommunicationIdentityClient,
        token: &AccessToken,
    ) -> Result<Self, Failure> {
        let directory = tempfile::tempdir()?;
        Ok(Self {
            program,
            how,
            endpoint: identity.endpoint().to_string(),
            token: token.secret().to_owned(),
            commits: Commits::open(&file_in(directory.path()))?,
            directory,
            effects: Vec::new(),
            cursor_bytes: 0,
            kills: 0,
        })
    }

    fn start(&self) -> Result<Follower, Failure> {
        let mut command = (self.program)();
        command.arg("--follow").arg(file_in(self.directory.path()));
        let lateness = self.how.lateness.as_millis().to_string();
        command.args(["--lateness-ms", &lateness]);
        if self.how.is_notified {
            command.arg("--notified");
        }
        command
            .env(ENDPOINT, &self.endpoint)
            .env(TOKEN, &self.token);
        let command = command.stdin(Stdio::null()).stdout(Stdio::null());
        Ok(Follower(command.spawn()?))
    }

    /// Takes in what was committed, and says whether there was something.
    fn look(&mut self) -> Result<bool, Failure> {
        let commits = self.commits.read()?;
        let something = !commits.is_empty();
        for commit in commits {
            self.effects.extend(commit.effect);
            self.cursor_bytes = commit.cursor.len();
        }
        Ok(something)
    }

    /// Starts the process so often and kills it each time: in turn some time after it was started, and some
    /// effects after that.
    pub(super) async fn kill(&mut self, kills: usize) -> Result<(), Failure> {
        while self.kills < kills {
            let begin = Instant::now();
            let (mut time, mut effects) = (Duration::ZERO, self.effects.len());
            match self.kills % 2 {
                0 => time = Duration::from_millis((self.kills as u64 * 37) % 300),
                _ => effects += (self.kills * 31) % 97,
            }
            let mut follower = self.start()?;
            while begin.elapsed() < PATIENCE
                && (begin.elapsed() < time || self.effects.len() < effects)
            {
                tokio::time::sleep(EVERY).await;
                self.look()?;
            }
            let ended = follower.0.try_wait()?;
            if let Some(status) = ended {
                return Err(format!("the follower has ended by itself: {status}").into());
            }
            follower.0.kill()?;
            let status = follower.0.wait()?;
            if !was_killed(status) {
                return Err(format!("the follower has ended by itself: {status}").into());
            }
            self.kills += 1;
            self.look()?;
        }
        Ok(())
    }

    /// Starts the process once more, and waits until all of this took effect, or so long without anything new.
    pub(super) async fn catch_up(
        &mut self,
        there: &HashSet<Seen>,
        patience: Duration,
    ) -> Result<(), Failure> {
        let mut follower = self.start()?;
        let (mut missing, mut known) = (there.clone(), 0);
        let mut last = Instant::now();
        while last.elapsed() < patience {
            if let Some(status) = follower.0.try_wait()? {
                return Err(format!("the follower has ended by itself: {status}").into());
            }
            if self.look()? {
                last = Instant::now();
            }
            for effect in &self.effects[known..] {
                missing.remove(effect);
            }
            known = self.effects.len();
            if missing.is_empty() {
                break;
            }
            tokio::time::sleep(EVERY).await;
        }
        // A doubling would come now.
        tokio::time::sleep(patience.min(Duration::from_secs(2))).await;
        self.look()?;
        Ok(())
    }

    pub(super) fn report(&self, there: &HashSet<Seen>) -> Report {
        let (mut seen, mut highest) = (HashSet::new(), BTreeMap::new());
        let mut report = Report {
            kills: self.kills,
            effects: self.effects.len(),
            cursor_bytes: self.cursor_bytes,
            ..Report::default()
        };
        for (thread, place) in &self.effects {
            report.doubled += usize::from(!seen.insert((thread.clone(), *place)));
            let highest = highest.entry(thread).or_insert(0);
            report.out_of_order += usize::from(place < highest);
            *highest = (*highest).max(*place);
        }
        report.missed = there.iter().filter(|there| !seen.contains(*there)).count();
        report
    }
}

fn file_in(directory: &Path) -> PathBuf {
    directory.join("committed.jsonl")
}

#[cfg(unix)]
fn was_killed(status: ExitStatus) -> bool {
    const SIGKILL: i32 = 9;
    std::os::unix::process::ExitStatusExt::signal(&status) == Some(SIGKILL)
}

#[cfg(not(unix))]
fn was_killed(status: ExitStatus) -> bool {
    !status.success()
}
