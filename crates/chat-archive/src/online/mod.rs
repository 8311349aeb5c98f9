//! What the service shows now, held against an archive.

mod messages;
mod present;

use std::path::Path;

use futures_util::TryStreamExt;

use crate::error::ArchiveError;
use crate::format::ThreadEntry;
use crate::source::Resource;
use crate::verify::{Verified, read_manifest, verify};
use messages::ArchivedMessages;

/// What the service shows now, beside what is archived.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Compared {
    /// What is archived, and what is wrong or missing: also messages that the service has shown within what was
    /// read and that are not there or differ, and threads of archived users that are not there.
    pub archive: Verified,
    /// Messages that came, or were changed, after they were archived.
    pub newer: u64,
    /// Messages that the service shows in this state no more: they were changed since, or are gone.
    pub no_more: u64,
    /// Messages before the oldest one that the service still shows to anybody who has read them: histories end
    /// later by now, as the service has deleted what is older, or those who read may not see it any more.
    pub cut_off: u64,
    /// Files of properties, participants or read receipts that say something else than the service does now, as
    /// paths within the archive. These have no history: whether they have changed since or were wrong cannot
    /// be told, and another export writes them anew.
    pub outdated: Vec<String>,
    /// Threads that nobody could read now.
    pub unread: Vec<String>,
}

/// Lists everything again, and compares it with the archive: [`verify`] first, then the lists of threads of all
/// archived users, then messages, properties, participants and read receipts of each thread. Messages are listed
/// with the tokens of those who have read the thread, one after the other until all that is archived was seen.
///
/// # Errors
/// Those of [`verify`]; [`Service`](ArchiveError::Service) when the access key is refused or a list breaks off.
pub async fn compare(archive: &Path, resource: &Resource) -> Result<Compared, ArchiveError> {
    let manifest = read_manifest(archive)?;
    let mut compared = Compared {
        archive: verify(archive)?,
        ..Compared::default()
    };
    let users = crate::verify::lines(archive, manifest.users_file())?;
    for line in users.into_iter().flatten() {
        let line = line.map_err(ArchiveError::io(archive))?;
        let user = serde_json::from_str::<crate::format::UserLine>(&line);
        let Ok(user) = user else { continue };
        let access = match resource.access(&user.id).await {
            Ok(access) => access,
            Err(error) if error.is_unauthorized() => return Err(error.into()),
            Err(_) => continue,
        };
        let threads: Vec<_> = access.threads().try_collect().await?;
        for thread in threads {
            let is_noted = manifest
                .unread
                .iter()
                .any(|unread| unread.thread.as_ref() == Some(&thread.id));
            if manifest.thread(&thread.id).is_none() && !is_noted {
                compared.archive.find(
                    &thread.id,
                    "a user finds it in a list, and it is not archived",
                );
            }
        }
    }
    for thread in &manifest.threads {
        compare_thread(&mut compared, archive, resource, thread).await?;
    }
    Ok(compared)
}

async fn compare_thread(
    compared: &mut Compared,
    archive: &Path,
    resource: &Resource,
    thread: &ThreadEntry,
) -> Result<(), ArchiveError> {
    let Some(mut messages) = ArchivedMessages::of(archive, thread)? else {
        return Ok(());
    };
    let (mut was_seen, mut is_compared) = (false, false);
    for user in &thread.read_by {
        if was_seen && is_compared && messages.all_seen() {
            break;
        }
        let Ok(access) = resource.access(user).await else {
            continue;
        };
        let access = access.thread(&thread.id);
        was_seen |= messages.see(&access).await?;
        if !is_compared {
            is_compared =
                present::compare(&mut compared.outdated, archive, &access, thread).await?;
        }
    }
    if was_seen {
        let concluded = messages.conclude();
        compared.newer += concluded.newer;
        compared.no_more += concluded.no_more;
        compared.cut_off += concluded.cut_off;
        compared.archive.findings.extend(concluded.findings);
    }
    if !was_seen || !is_compared {
        compared.unread.push(thread.id.clone());
    }
    Ok(())
}
