//! Who follows: a process of its own, which may be killed at any time.

use std::path::Path;
use std::time::Duration;

use chat::models::UserCursor;
use chat::watch::UserWatch;
use chat::{ChatClient, CommunicationTokenCredential};

use super::journal::{Commit, Journal};
use super::{How, patient};
use crate::soak::Failure;

/// The environment variables by which the process knows where and as whom it follows.
pub(super) const ENDPOINT: &str = "FOLLOW_SOAK_ENDPOINT";
pub(super) const TOKEN: &str = "FOLLOW_SOAK_TOKEN";

/// Follows all threads of a user, from the last commit in the file on, until the process is killed: whatever
/// it is doing then, and whatever of it is not in the file is gone.
///
/// # Errors
/// Those of the watch, and of reading and writing the file.
pub async fn follow(how: How, file: &Path) -> Result<(), Failure> {
    let credential = CommunicationTokenCredential::new(std::env::var(TOKEN)?)?;
    let client = patient(ChatClient::builder(std::env::var(ENDPOINT)?, credential)).build()?;
    let (journal, last) = Journal::open(file)?;
    let watch = match last {
        Some(commit) => client.watch().after(commit.cursor.parse::<UserCursor>()?),
        None => client.watch().from_beginning(),
    };
    let watch = watch
        .poll_between(Duration::from_millis(100), Duration::from_secs(1))
        .allowed_lateness(how.lateness);
    let notifications = match how.is_notified {
        true => Some(client.notifications().connect()?),
        false => None,
    };
    let watch = match &notifications {
        Some(notifications) => watch.notified_by(notifications),
        None => watch,
    };
    handle(watch.into_stream(), journal).await
}

async fn handle(mut watch: UserWatch, mut journal: Journal) -> Result<(), Failure> {
    while let Some(watched) = watch.try_next().await? {
        let message = watched.event().message();
        let place = message.and_then(|message| message.sequence_id().as_u64());
        journal.commit(&Commit {
            effect: place.map(|place| (watched.thread_id().clone(), place)),
            cursor: watched.cursor().to_string(),
        })?;
    }
    Err("the watch has ended".into())
}
