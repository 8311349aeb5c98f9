//! A list of messages as it comes: pages that are kept one by one, so that a list that broke off goes on where
//! it was.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::error::ArchiveError;
use crate::folder::{ReverseLines, open_for_append, sha256};
use crate::source::{ListedMessage, MessagePage};

/// What begins the lines that are no messages.
const MARK: u8 = b'=';

/// What the first line says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Header {
    /// Whose list it is.
    reader: String,
    /// What it is the changes since.
    since: Option<u64>,
}

/// What stands after the messages of each page.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Trailer {
    sha256: String,
    /// Where the list goes on; nothing at its end.
    next: Option<String>,
}

/// Where a list is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Beginning,
    At(String),
    End,
}

/// The pages of one list of messages, newest change first.
#[derive(Debug)]
pub(super) struct PageLog {
    path: PathBuf,
    file: File,
    length: u64,
    place: Place,
    top: Option<u64>,
    lowest: Option<u64>,
    count: u64,
}

impl PageLog {
    /// Goes on with a log, or begins it. What a kill left behind of a page is cut off, and a log of another
    /// list is begun anew.
    pub(super) fn open(
        path: &Path,
        reader: &str,
        since: Option<u64>,
    ) -> Result<Self, ArchiveError> {
        let file = open_for_append(path)?;
        let mut log = Self {
            path: path.to_owned(),
            file,
            length: 0,
            place: Place::Beginning,
            top: None,
            lowest: None,
            count: 0,
        };
        let header = Header {
            reader: reader.to_owned(),
            since,
        };
        log.load(&header).map_err(ArchiveError::io(path))?;
        if log.length == 0 {
            log.begin(&header)?;
        }
        Ok(log)
    }

    /// Forgets all pages.
    pub(super) fn restart(&mut self, reader: &str, since: Option<u64>) -> Result<(), ArchiveError> {
        self.place = Place::Beginning;
        (self.top, self.lowest, self.count) = (None, None, 0);
        self.begin(&Header {
            reader: reader.to_owned(),
            since,
        })
    }

    fn begin(&mut self, header: &Header) -> Result<(), ArchiveError> {
        self.file.set_len(0).map_err(ArchiveError::io(&self.path))?;
        self.length = 0;
        self.write(&marked(header))
    }

    fn load(&mut self, header: &Header) -> std::io::Result<()> {
        let mut reader = BufReader::new(File::open(&self.path)?);
        let (mut line, mut block, mut read) = (Vec::new(), Vec::new(), 0);
        let mut ends = Vec::new();
        while reader.read_until(b'\n', &mut line)? > 0 && line.last() == Some(&b'\n') {
            read += line.len() as u64;
            if line.first() != Some(&MARK) {
                ends.push(block.len());
                block.append(&mut line);
                continue;
            }
            let text = &line[1..];
            if self.length == 0 {
                if serde_json::from_slice::<Header>(text).ok().as_ref() != Some(header) {
                    break;
                }
            } else {
                let trailer = serde_json::from_slice::<Trailer>(text).ok();
                let trailer = trailer.filter(|trailer| trailer.sha256 == sha256(&block));
                let Some(trailer) = trailer else { break };
                let place = |start: Option<&usize>| {
                    let line = block.get(*start?..)?.split(|byte| *byte == b'\n').next()?;
                    Some(ListedMessage::new(std::str::from_utf8(line).ok()?)?.sequence_id)
                };
                self.note(place(ends.first()), place(ends.last()), ends.len());
                self.place = trailer.next.map_or(Place::End, Place::At);
            }
            self.length = read;
            block.clear();
            ends.clear();
            line.clear();
        }
        self.file.set_len(self.length)
    }

    fn note(&mut self, top: Option<u64>, lowest: Option<u64>, count: usize) {
        self.top = self.top.or(top);
        self.lowest = lowest.or(self.lowest);
        self.count += count as u64;
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), ArchiveError> {
        // What a loss of power takes of it, its hash tells.
        let written = self.file.write_all(bytes);
        written.map_err(ArchiveError::io(&self.path))?;
        self.length += bytes.len() as u64;
        Ok(())
    }

    /// Adds a page. What comes again, because the list moved while it was read, is left out. Gives how many
    /// messages were added.
    pub(super) fn append(&mut self, page: &MessagePage) -> Result<usize, ArchiveError> {
        let mut lowest = self.lowest;
        let (mut first, mut count) = (None, 0);
        let mut bytes = Vec::new();
        for message in &page.messages {
            if lowest.is_some_and(|lowest| message.sequence_id >= lowest) {
                continue;
            }
            lowest = Some(message.sequence_id);
            first = first.or(lowest);
            count += 1;
            bytes.extend_from_slice(message.record.json().as_bytes());
            bytes.push(b'\n');
        }
        let next = page.continuation.as_ref().map(ToString::to_string);
        let trailer = Trailer {
            sha256: sha256(&bytes),
            next: next.clone(),
        };
        bytes.extend(marked(&trailer));
        self.write(&bytes)?;
        self.note(first, lowest, count);
        self.place = next.map_or(Place::End, Place::At);
        Ok(count)
    }

    /// Notes that there is nothing more.
    pub(super) fn end(&mut self) -> Result<(), ArchiveError> {
        let end = MessagePage {
            messages: Vec::new(),
            unreadable: 0,
            continuation: None,
        };
        self.append(&end).map(drop)
    }

    pub(super) fn place(&self) -> &Place {
        &self.place
    }

    /// The greatest sequence id.
    pub(super) fn top(&self) -> Option<u64> {
        self.top
    }

    /// The least sequence id.
    pub(super) fn lowest(&self) -> Option<u64> {
        self.lowest
    }

    pub(super) fn count(&self) -> u64 {
        self.count
    }

    /// The messages, oldest change first.
    pub(super) fn ascending(&self) -> Result<Ascending, ArchiveError> {
        Ok(Ascending {
            lines: ReverseLines::open(&self.path, self.length)?,
            path: self.path.clone(),
        })
    }
}

/// The messages of a log, oldest change first.
pub(super) struct Ascending {
    lines: ReverseLines,
    path: PathBuf,
}

impl Ascending {
    pub(super) fn try_next(&mut self) -> Result<Option<ListedMessage>, ArchiveError> {
        while let Some(line) = self.lines.next_line()? {
            if line.as_bytes().first() == Some(&MARK) {
                continue;
            }
            let message = ListedMessage::new(&line);
            let message =
                message.ok_or_else(|| ArchiveError::damaged(&self.path, "a line is no message"))?;
            return Ok(Some(message));
        }
        Ok(None)
    }
}

fn marked(value: &impl Serialize) -> Vec<u8> {
    let mut line = vec![MARK];
    // Only a map whose keys are not strings could fail, and there is none.
    line.extend(serde_json::to_vec(value).unwrap_or_default());
    line.push(b'\n');
    line
}

#[cfg(test)]
mod tests;
