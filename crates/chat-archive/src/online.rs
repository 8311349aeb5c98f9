//! What the service shows now, held against an archive.

use std::path::Path;

use futures_util::TryStreamExt;

use crate::error::ArchiveError;
use crate::folder::{ReverseLines, inside, read_if_there};
use crate::format::{
    MESSAGES, PARTICIPANTS, ParticipantLine, RECEIPTS, THREAD, ThreadDocument, ThreadEntry,
};
use crate::source::{ListedMessage, ListedParticipant, Record, Resource, ThreadAccess};
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
    /// Files of properties, participants or read receipts that say something else than the service does now, as
    /// paths within the archive. These have no history: whether they have changed since or were wrong cannot
    /// be told, and another export writes them anew.
    pub outdated: Vec<String>,
    /// Threads that nobody could read now.
    pub unread: Vec<String>,
}

/// Lists everything again, and compares it with the archive: [`verify`] first, then the lists of threads of all
/// archived users, then messages, properties, participants and read receipts of each thread.
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
        let access = access.thread(&thread.id);
        let mut pages = access.messages(None, None);
        let mut lines = ReverseLines::open(&path, length)?;
        let mut archived = next(&mut lines)?;
        let mut lowest = u64::MAX;
        loop {
            let page = match pages.try_next().await {
                Ok(Some(page)) => page,
                Ok(None) => return compare_present(compared, archive, &access, thread).await,
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

/// Compares what the service says of a thread as it is now.
async fn compare_present(
    compared: &mut Compared,
    archive: &Path,
    access: &ThreadAccess,
    thread: &ThreadEntry,
) -> Result<(), ArchiveError> {
    let name = |file: &str| format!("{}/{file}", thread.folder);
    let document = read_if_there(&inside(archive, &name(THREAD))?)?;
    let document = document.and_then(|text| serde_json::from_slice::<ThreadDocument>(&text).ok());
    let properties = document.and_then(|document| document.properties);
    let archived = [
        properties
            .iter()
            .map(|json| Record::new(json.get()))
            .collect(),
        records(archive, &name(PARTICIPANTS), |line| {
            let line: ParticipantLine = serde_json::from_str(line).ok()?;
            let takes_part = line.removed_on.is_none();
            takes_part.then(|| Record::new(line.participant.get()))
        })?,
        records(archive, &name(RECEIPTS), |line| Some(Record::new(line)))?,
    ];
    let properties = vec![access.properties().await?.0];
    let participants: Vec<ListedParticipant> = access.participants().try_collect().await?;
    let participants = participants
        .into_iter()
        .map(|listed| listed.record)
        .collect();
    let receipts = access.receipts().try_collect().await?;
    let shown: [Vec<Record>; 3] = [properties, participants, receipts];
    let files = [THREAD, PARTICIPANTS, RECEIPTS];
    for ((file, archived), shown) in files.into_iter().zip(archived).zip(shown) {
        if sorted(archived) != sorted(shown) {
            compared.outdated.push(name(file));
        }
    }
    Ok(())
}

/// What is archived in the lines of a file; nothing where it is not there.
fn records(
    archive: &Path,
    name: &str,
    record: impl Fn(&str) -> Option<Record>,
) -> Result<Vec<Record>, ArchiveError> {
    let mut records = Vec::new();
    for line in crate::verify::lines(archive, name)?.into_iter().flatten() {
        let line = line.map_err(ArchiveError::io(archive))?;
        records.extend(record(&line));
    }
    Ok(records)
}

/// The service promises no order of participants and receipts.
fn sorted(records: Vec<Record>) -> Vec<String> {
    let mut records: Vec<_> = records.into_iter().map(Record::into_json).collect();
    records.sort_unstable();
    records
}

fn next(lines: &mut ReverseLines) -> Result<Option<ListedMessage>, ArchiveError> {
    let line = lines.next_line()?;
    Ok(line.and_then(|line| ListedMessage::new(&line)))
}
