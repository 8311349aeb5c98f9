//! What the service says of a thread as it is now, without its messages.

use std::path::Path;

use futures_util::TryStreamExt;

use crate::error::ArchiveError;
use crate::folder::{inside, read_if_there};
use crate::format::{PARTICIPANTS, ParticipantLine, RECEIPTS, THREAD, ThreadDocument, ThreadEntry};
use crate::source::{ListedParticipant, Record, ThreadAccess};

/// Compares, and notes which files say something else. Whoever was removed may not ask: then it gives `false`.
pub(super) async fn compare(
    outdated: &mut Vec<String>,
    archive: &Path,
    access: &ThreadAccess,
    thread: &ThreadEntry,
) -> Result<bool, ArchiveError> {
    let shown = match shown(access).await {
        Ok(shown) => shown,
        Err(error) if error.is_forbidden() || error.is_not_found() => return Ok(false),
        Err(error) => return Err(error.into()),
    };
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
    let files = [THREAD, PARTICIPANTS, RECEIPTS];
    for ((file, archived), shown) in files.into_iter().zip(archived).zip(shown) {
        if sorted(archived) != sorted(shown) {
            outdated.push(name(file));
        }
    }
    Ok(true)
}

/// Properties, participants and read receipts.
async fn shown(access: &ThreadAccess) -> Result<[Vec<Record>; 3], chat::Error> {
    let properties = vec![access.properties().await?.0];
    let participants: Vec<ListedParticipant> = access.participants().try_collect().await?;
    let participants = participants
        .into_iter()
        .map(|listed| listed.record)
        .collect();
    let receipts = access.receipts().try_collect().await?;
    Ok([properties, participants, receipts])
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
