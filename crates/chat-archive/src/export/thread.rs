//! One thread, from the service into a folder of the archive.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;

use time::OffsetDateTime;

use super::base::Base;
use super::context::{Context, Found};
use super::merge::{Merged, merge};
use super::participants::{Known, Participants};
use super::pictures::{self, WantedPictures};
use super::readers::join;
use super::reading::Reading;
use super::staged::Staged;
use super::stop::{Stop, kind_of};
use super::work::{Done, Work, json, now};
use crate::error::ArchiveError;
use crate::folder::read_if_there;
use crate::format::{
    ATTACHMENTS, AttachmentLine, MESSAGES, PARTICIPANTS, RECEIPTS, SequenceRange, THREAD,
    ThreadDocument, ThreadEntry, Unread, UnreadKind,
};
use crate::source::Record;

/// Reads all of a thread that can be read, and makes its folder ready. What was archived before and is not to be
/// had any more stays.
pub(super) async fn export(
    context: &Context,
    work: &Arc<Work>,
    id: &str,
    found: &Found,
) -> Result<Done, Stop> {
    let folder = work.thread_folder(id)?;
    let base = Base::of(work, id)?;
    let read_on = now();
    let reading = Reading::of(context, id, found, base.as_ref(), &folder).await?;
    let mut unread = notes(id, found, base.as_ref(), &reading);
    if reading.properties.is_none() && reading.logs.is_empty() && base.is_none() {
        return Ok(Done {
            entry: None,
            files: Default::default(),
            unread,
            seen: Vec::new(),
            is_whole: reading.is_whole,
            candidates: found.candidates.clone(),
            is_new: false,
        });
    }
    let again = again(work, id, &mut unread);
    let mut job = Job {
        work: Arc::clone(work),
        id: id.to_owned(),
        found: found.clone(),
        staged: Staged::new(work, id)?,
        pictures: match &base {
            Some(base) => base.lines(ATTACHMENTS)?,
            None => Vec::new(),
        },
        merged: None,
        base,
        reading,
        folder,
        unread,
        read_on,
    };
    let (mut job, wanted) = blocking(move || {
        let wanted = job.merge(&again)?;
        Ok((job, wanted))
    })
    .await?;
    if let (Some(wanted), Some(reader)) = (&wanted, job.reading.readers.first()) {
        let known = pictures::known(job.pictures.iter().cloned());
        let (folder, progress) = (&job.folder, &context.progress);
        let downloaded = pictures::download(reader, id, wanted, &known, folder, progress).await?;
        job.unread.extend(downloaded.unread);
        job.pictures.extend(downloaded.lines);
    }
    Ok(blocking(move || job.stage()).await?)
}

/// Does what waits for the disk, on a thread of its own.
async fn blocking<T: Send + 'static>(
    run: impl FnOnce() -> Result<T, ArchiveError> + Send + 'static,
) -> Result<T, ArchiveError> {
    match tokio::task::spawn_blocking(run).await {
        Ok(result) => result,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}

/// A thread that has been read.
struct Job {
    work: Arc<Work>,
    id: String,
    found: Found,
    base: Option<Base>,
    reading: Reading,
    merged: Option<Merged>,
    pictures: Vec<AttachmentLine>,
    folder: PathBuf,
    staged: Staged,
    unread: Vec<Unread>,
    read_on: OffsetDateTime,
}

impl Job {
    /// Puts the messages of before and of now into one file. Gives the list of those whose pictures are wanted;
    /// nothing if there are none that are new.
    fn merge(&mut self, again: &HashSet<String>) -> Result<Option<PathBuf>, ArchiveError> {
        let base = self.base.as_ref();
        let archived = base.map(|base| base.path(MESSAGES)).transpose()?.flatten();
        let archived = archived.filter(|path| path.exists());
        let archived = archived.as_deref();
        let mut wanted = WantedPictures::new(&self.folder);
        if let Some(archived) = archived.filter(|_| !again.is_empty()) {
            wanted.add_again(archived, again)?;
        }
        let logs = &self.reading.logs;
        if !logs.is_empty() {
            let to = self.staged.path(MESSAGES);
            let merged = merge(archived, logs, &to, |message| wanted.add(message))?;
            self.staged.written(base, MESSAGES, merged.file.clone());
            self.merged = Some(merged);
        } else if base.is_some() {
            self.staged.keep(base, MESSAGES)?;
        } else {
            self.staged.put(base, MESSAGES, b"")?;
        }
        wanted.finish()
    }

    /// Writes all other files, and gives the folder its place.
    fn stage(mut self) -> Result<Done, ArchiveError> {
        let attachment_count = self.put_pictures()?;
        self.put_document()?;
        let participants = self.put_participants()?;
        let receipt_count = self.put_receipts()?;
        let merged = self.merged.as_ref();
        let seen = participants.ids.iter().cloned();
        let seen = seen.chain(merged.iter().flat_map(|merged| merged.seen.iter().cloned()));
        let seen: BTreeSet<_> = seen.collect();
        let base = self.base.as_ref();
        let (folder, files, is_new) = self.staged.finish(base, &self.work, &self.id)?;
        let before = base.map(|base| &base.entry);
        let readers = self.reading.readers.iter();
        let read_by = readers.map(|reader| reader.user().to_owned());
        let read_before = before
            .iter()
            .flat_map(|entry| entry.read_by.iter().cloned());
        let read_by: BTreeSet<_> = read_by.chain(read_before).collect();
        let covered = before
            .iter()
            .flat_map(|entry| entry.covered.iter().copied());
        let ends = merged.map(|merged| {
            merged.ends.map(|(first, last)| SequenceRange {
                first: first.to_string(),
                last: last.to_string(),
            })
        });
        let entry = ThreadEntry {
            id: self.id,
            folder,
            message_count: match merged {
                Some(merged) => merged.count,
                None => before.map_or(0, |entry| entry.message_count),
            },
            participant_count: participants.count,
            receipt_count,
            attachment_count,
            sequence_ids: match ends {
                Some(ends) => ends,
                None => before.and_then(|entry| entry.sequence_ids.clone()),
            },
            covered: join(covered.chain(self.reading.covered)),
            visible_to: participants.visible_to,
            read_by: read_by.into_iter().collect(),
            read_on: Some(self.read_on),
        };
        Ok(Done {
            entry: Some(entry),
            files,
            unread: self.unread,
            seen: seen.into_iter().collect(),
            is_whole: self.reading.is_whole,
            candidates: self.found.candidates,
            is_new,
        })
    }

    /// The lines of pictures whose messages are as they were, or have been read now.
    fn put_pictures(&mut self) -> Result<u64, ArchiveError> {
        // Of two lines the later one is of now.
        let mut lines: Vec<AttachmentLine> = Vec::new();
        let mut places = HashMap::new();
        for line in std::mem::take(&mut self.pictures) {
            let key = pictures::key(&line);
            match places.get(&key) {
                Some(place) => lines[*place] = line,
                None => {
                    places.insert(key, lines.len());
                    lines.push(line);
                }
            }
        }
        if let Some(merged) = &self.merged {
            lines.retain(|line| !merged.without_pictures.contains(&line.message_id));
        }
        if lines.is_empty() {
            return Ok(0);
        }
        let base = self.base.as_ref();
        let mut text = Vec::new();
        for line in &lines {
            text.extend(json(line));
            text.push(b'\n');
            let new = self.folder.join(&line.file);
            self.staged.picture(base, &line.file, &new)?;
        }
        self.staged.put(base, ATTACHMENTS, &text)?;
        Ok(lines.len() as u64)
    }

    fn put_document(&mut self) -> Result<(), ArchiveError> {
        let base = self.base.as_ref();
        let mut properties = self.reading.properties.as_ref().and_then(Record::raw);
        if let (None, Some(base)) = (&properties, base) {
            let path = base.path(THREAD)?;
            let bytes = path.map(|path| read_if_there(&path)).transpose()?.flatten();
            let before =
                bytes.and_then(|bytes| serde_json::from_slice::<ThreadDocument>(&bytes).ok());
            properties = before.and_then(|before| before.properties);
        }
        let document = ThreadDocument {
            properties,
            item: self.found.item.record.raw(),
        };
        let mut text = json(&document);
        text.push(b'\n');
        self.staged.put(base, THREAD, &text)
    }

    fn put_participants(&mut self) -> Result<Participants, ArchiveError> {
        let base = self.base.as_ref();
        let none = HashMap::new();
        let known = Known {
            listed: self.reading.participants.as_deref(),
            archived: match base {
                Some(base) => base.lines(PARTICIPANTS)?,
                None => Vec::new(),
            },
            removals: self
                .merged
                .as_ref()
                .map_or(&none, |merged| &merged.removals),
            former: &self.reading.former,
        };
        let participants = known.lines();
        self.staged.put(base, PARTICIPANTS, &participants.text)?;
        Ok(participants)
    }

    fn put_receipts(&mut self) -> Result<u64, ArchiveError> {
        let base = self.base.as_ref();
        let Some(receipts) = &self.reading.receipts else {
            self.staged.keep(base, RECEIPTS)?;
            return Ok(base.map_or(0, |base| base.entry.receipt_count));
        };
        let lines = receipts.iter().flat_map(|receipt| [receipt.json(), "\n"]);
        let text: String = lines.collect();
        self.staged.put(base, RECEIPTS, text.as_bytes())?;
        Ok(receipts.len() as u64)
    }
}

/// What of a thread could not be read, and why.
fn notes(id: &str, found: &Found, base: Option<&Base>, reading: &Reading) -> Vec<Unread> {
    let mut notes = Vec::new();
    let mut note = |kind, reason: String| {
        let is_kept = base.is_some() || reading.properties.is_some();
        notes.push(Unread {
            kind,
            user: None,
            thread: Some(id.to_owned()),
            message: None,
            item: match is_kept {
                true => None,
                false => found.item.record.raw(),
            },
            reason,
        });
    };
    let kept = match base {
        Some(_) => "; what was archived before stays",
        None => "",
    };
    if let Some(deleted_on) = found.item.deleted_on {
        let on = deleted_on.date();
        note(
            UnreadKind::Gone,
            format!("the thread was deleted on {on}{kept}"),
        );
    } else if reading.readers.is_empty() {
        match &reading.refusal {
            Some(error) => note(kind_of(error), format!("its messages: {error}{kept}")),
            None => note(
                UnreadKind::Refused,
                format!("nobody is known who may read it{kept}"),
            ),
        }
    }
    if reading.unreadable > 0 {
        let count = reading.unreadable;
        note(
            UnreadKind::Unreadable,
            format!("{count} messages have no id or sequence id"),
        );
    }
    notes
}

/// The messages whose pictures did not come in the export before, and are tried again. What is gone or elsewhere
/// is not to be had, and noted again.
fn again(work: &Work, id: &str, unread: &mut Vec<Unread>) -> HashSet<String> {
    let mut again = HashSet::new();
    let notes = work.archived.iter().flat_map(|archived| &archived.unread);
    for note in notes.filter(|note| note.thread.as_deref() == Some(id)) {
        match &note.message {
            Some(_) if matches!(note.kind, UnreadKind::Gone | UnreadKind::Elsewhere) => {
                unread.push(note.clone());
            }
            Some(message) => {
                again.insert(message.clone());
            }
            None => {}
        }
    }
    again
}
