//! The pictures of messages.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

use chat::models::{ChatAttachment, ChatAttachmentType};
use chat::{Error, ErrorKind};
use serde::{Deserialize, Serialize};

use super::stop::{Stop, kind_of};
use super::work::json;
use crate::error::ArchiveError;
use crate::folder::{self, FileWriter, open_for_append, read_if_there};
use crate::format::{AttachmentLine, CONTENTS, PictureSize, Unread, UnreadKind};
use crate::progress::Progress;
use crate::source::{ListedMessage, ThreadAccess};

/// How often a download is begun that breaks off.
const ATTEMPTS: u32 = 5;

/// The attachments of a message that was read now.
#[derive(Debug, Serialize, Deserialize)]
struct Wanted {
    message_id: String,
    attachments: Vec<ChatAttachment>,
}

/// Writes down which messages have pictures.
#[derive(Debug)]
pub(super) struct WantedPictures {
    path: PathBuf,
    writer: Option<FileWriter>,
}

impl WantedPictures {
    pub(super) fn new(folder: &Path) -> Self {
        Self {
            path: folder.join("pictures.wanted"),
            writer: None,
        }
    }

    pub(super) fn add(&mut self, message: &ListedMessage) -> Result<(), ArchiveError> {
        let Some(model) = message.model() else {
            return Ok(());
        };
        let wanted = Wanted {
            message_id: message.id.clone(),
            attachments: model.content().attachments().to_vec(),
        };
        let writer = match self.writer.take() {
            Some(writer) => writer,
            None => FileWriter::create(&self.path)?,
        };
        let mut line = json(&wanted);
        line.push(b'\n');
        self.writer.insert(writer).write(&line)
    }

    /// Adds messages that were archived before.
    pub(super) fn add_again(
        &mut self,
        archived: &Path,
        ids: &HashSet<String>,
    ) -> Result<(), ArchiveError> {
        let file = File::open(archived).map_err(ArchiveError::io(archived))?;
        for line in BufReader::new(file).lines() {
            let line = line.map_err(ArchiveError::io(archived))?;
            match ListedMessage::new(&line) {
                Some(message) if ids.contains(&message.id) => self.add(&message)?,
                _ => {}
            }
        }
        Ok(())
    }

    /// The file; nothing if no message has any.
    pub(super) fn finish(self) -> Result<Option<PathBuf>, ArchiveError> {
        let Some(writer) = self.writer else {
            return Ok(None);
        };
        writer.finish()?;
        Ok(Some(self.path))
    }
}

/// The pictures that are there already, by the message, the attachment and the size.
pub(super) type Known = HashMap<Key, AttachmentLine>;

/// The message, the attachment and the size.
pub(super) type Key = (String, String, PictureSize);

pub(super) fn key(line: &AttachmentLine) -> Key {
    let (message, attachment) = (line.message_id.clone(), line.attachment_id.clone());
    (message, attachment, line.size)
}

pub(super) fn known(lines: impl IntoIterator<Item = AttachmentLine>) -> Known {
    let lines = lines.into_iter();
    lines.map(|line| (key(&line), line)).collect()
}

/// What was downloaded, and what could not be.
#[derive(Debug, Default)]
pub(super) struct Downloaded {
    pub(super) lines: Vec<AttachmentLine>,
    pub(super) unread: Vec<Unread>,
}

/// Downloads all wanted pictures that are not known yet into the folder. After a kill, those that are there are
/// not downloaded again.
pub(super) async fn download(
    thread: &ThreadAccess,
    thread_id: &str,
    wanted: &Path,
    archived: &Known,
    folder: &Path,
    progress: &Progress,
) -> Result<Downloaded, Stop> {
    let contents = folder.join(CONTENTS);
    folder::create(&contents)?;
    let log_path = folder.join("pictures.log");
    let log = read_if_there(&log_path)?.unwrap_or_default();
    let log = log.split_inclusive(|byte| *byte == b'\n');
    let before = known(log.filter_map(|line| serde_json::from_slice(line).ok()));
    let mut log = open_for_append(&log_path)?;
    let file = File::open(wanted).map_err(ArchiveError::io(wanted))?;
    let mut result = Downloaded::default();
    for line in BufReader::new(file).lines() {
        let line = line.map_err(ArchiveError::io(wanted))?;
        let Wanted {
            message_id,
            attachments,
        } = serde_json::from_str(&line)
            .map_err(|error| ArchiveError::damaged(wanted, error.to_string()))?;
        for attachment in &attachments {
            let mut sizes = vec![(PictureSize::Original, attachment.url())];
            sizes.push((PictureSize::Small, attachment.preview_url()));
            for (size, url) in sizes {
                if url.is_none() {
                    continue;
                }
                let key = (message_id.clone(), attachment.id().to_owned(), size);
                if let Some(line) = archived.get(&key).or_else(|| before.get(&key)) {
                    result.lines.push(line.clone());
                    continue;
                }
                let (message, of_thread) = (Some(message_id.clone()), Some(thread_id.to_owned()));
                match fetch(thread, attachment, size, &contents).await? {
                    Ok((media_type, sha256)) => {
                        let line = AttachmentLine {
                            message_id: message_id.clone(),
                            attachment_id: attachment.id().to_owned(),
                            size,
                            media_type,
                            file: format!("{CONTENTS}/{sha256}"),
                        };
                        let mut text = json(&line);
                        text.push(b'\n');
                        log.write_all(&text).map_err(ArchiveError::io(&log_path))?;
                        result.lines.push(line);
                        progress.read_picture();
                    }
                    Err(error) => result.unread.push(Unread {
                        kind: match error.kind() {
                            ErrorKind::InvalidArgument => UnreadKind::Elsewhere,
                            _ => kind_of(&error),
                        },
                        user: None,
                        thread: of_thread,
                        message,
                        item: None,
                        reason: match attachment.attachment_type() {
                            ChatAttachmentType::File => {
                                "a file, of which the service has no copy".to_owned()
                            }
                            _ => format!("a picture: {error}"),
                        },
                    }),
                }
            }
        }
    }
    Ok(result)
}

/// Downloads one picture; gives its media type and its hash, by which it is named.
async fn fetch(
    thread: &ThreadAccess,
    attachment: &ChatAttachment,
    size: PictureSize,
    contents: &Path,
) -> Result<Result<(String, String), Error>, ArchiveError> {
    let mut attempt = 1;
    loop {
        let error = match try_fetch(thread, attachment, size, contents).await? {
            Ok(fetched) => return Ok(Ok(fetched)),
            Err(error) => error,
        };
        if attempt == ATTEMPTS || !error.is_retryable() {
            return Ok(Err(error));
        }
        attempt += 1;
    }
}

async fn try_fetch(
    thread: &ThreadAccess,
    attachment: &ChatAttachment,
    size: PictureSize,
    contents: &Path,
) -> Result<Result<(String, String), Error>, ArchiveError> {
    let preview = size == PictureSize::Small;
    let mut picture = match thread.picture(attachment, preview).await {
        Ok(picture) => picture,
        Err(error) => return Ok(Err(error)),
    };
    let media_type = picture.media_type().unwrap_or("application/octet-stream");
    let media_type = media_type.to_owned();
    let mut writer = FileWriter::create(&contents.join("picture"))?;
    loop {
        match picture.try_next().await {
            Ok(Some(piece)) => writer.write(&piece)?,
            Ok(None) => break,
            Err(error) => return Ok(Err(error)),
        }
    }
    let entry = writer.finish_as(|sha256| contents.join(sha256))?;
    Ok(Ok((media_type, entry.sha256)))
}
