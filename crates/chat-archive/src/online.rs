//! What the service shows now, held against an archive.

use std::path::Path;

use futures_util::TryStreamExt;

use crate::error::ArchiveError;
use crate::folder::{ReverseLines, inside};
use crate::format::{MESSAGES, ThreadEntry};
use crate::source::{ListedMessage, Resource};
use crate::verify::{Verified, read_manifest, verify};

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
    /// Threads that nobody could read now.
    pub unread: Vec<String>,
}

/// Lists everything again, and compares it with the archive: [`verify`] first, then the lists of threads of all
/// archived users, then the messages of each thread.
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
    let name = format!("{}/{MESSAGES}", thread.folder);
    let path = inside(archive, &name)?;
    let Ok(length) = std::fs::metadata(&path).map(|file| file.len()) else {
        return Ok(());
    };
    let last = thread
        .sequence_ids
        .as_ref()
        .and_then(|ids| ids.last.parse().ok());
    let last: u64 = last.unwrap_or_default();
    for user in &thread.read_by {
        let Ok(access) = resource.access(user).await else {
            continue;
        };
        let mut pages = access.thread(&thread.id).messages(None, None);
        let mut lines = ReverseLines::open(&path, length)?;
        let mut archived = next(&mut lines)?;
        let mut lowest = u64::MAX;
        loop {
            let page = match pages.try_next().await {
                Ok(Some(page)) => page,
                Ok(None) => return Ok(()),
                Err(error) if error.is_forbidden() || error.is_not_found() => break,
                Err(error) => return Err(error.into()),
            };
            for message in page.messages {
                let place = message.sequence_id;
                if place >= lowest {
                    continue;
                }
                lowest = place;
                if place > last {
                    compared.newer += 1;
                    continue;
                }
                while archived
                    .as_ref()
                    .is_some_and(|archived| archived.sequence_id > place)
                {
                    compared.no_more += 1;
                    archived = next(&mut lines)?;
                }
                match archived.take_if(|archived| archived.sequence_id == place) {
                    Some(same) if same.record == message.record => {}
                    Some(_) => {
                        let what =
                            format!("the message {} is not what the service shows", message.id);
                        compared.archive.find(&name, what);
                    }
                    None => {
                        let what = format!("the message {} is missing", message.id);
                        compared.archive.find(&name, what);
                        continue;
                    }
                }
                archived = next(&mut lines)?;
            }
        }
    }
    compared.unread.push(thread.id.clone());
    Ok(())
}

fn next(lines: &mut ReverseLines) -> Result<Option<ListedMessage>, ArchiveError> {
    let line = lines.next_line()?;
    Ok(line.and_then(|line| ListedMessage::new(&line)))
}
