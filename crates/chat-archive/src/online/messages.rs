//! The messages of a thread, held against what is listed now.

use std::path::{Path, PathBuf};

use crate::error::ArchiveError;
use crate::folder::{ReverseLines, inside};
use crate::format::{MESSAGES, ThreadEntry};
use crate::source::{ListedMessage, ThreadAccess};
use crate::verify::Finding;

/// The archived messages of a thread, and what those who have listed them have seen of them.
#[derive(Debug)]
pub(super) struct ArchivedMessages {
    name: String,
    path: PathBuf,
    length: u64,
    /// The last sequence id that is archived.
    last: u64,
    /// The sequence ids that nobody has seen so far, the highest first; nothing before anybody has looked.
    unseen: Option<Vec<u64>>,
    /// The lowest sequence id that anybody has seen.
    lowest: u64,
    newer: u64,
    findings: Vec<Finding>,
}

/// In what the archived messages of a thread differ from those that are listed now.
#[derive(Debug)]
pub(super) struct Conclusion {
    pub(super) newer: u64,
    pub(super) no_more: u64,
    pub(super) cut_off: u64,
    pub(super) findings: Vec<Finding>,
}

impl ArchivedMessages {
    /// Those of a thread; nothing where there is no file of them.
    pub(super) fn of(archive: &Path, thread: &ThreadEntry) -> Result<Option<Self>, ArchiveError> {
        let name = format!("{}/{MESSAGES}", thread.folder);
        let path = inside(archive, &name)?;
        let Ok(length) = std::fs::metadata(&path).map(|file| file.len()) else {
            return Ok(None);
        };
        let ids = thread.sequence_ids.as_ref();
        let last = ids.and_then(|ids| ids.last.parse().ok());
        Ok(Some(Self {
            name,
            path,
            length,
            last: last.unwrap_or_default(),
            unseen: None,
            lowest: u64::MAX,
            newer: 0,
            findings: Vec::new(),
        }))
    }

    /// Whether somebody has seen everything that is archived.
    pub(super) fn all_seen(&self) -> bool {
        self.unseen.as_ref().is_some_and(Vec::is_empty)
    }

    /// Lists the messages, and compares those that nobody has seen before. Says whether they could be listed: if
    /// not, nothing is noted.
    pub(super) async fn see(&mut self, access: &ThreadAccess) -> Result<bool, ArchiveError> {
        let mut pages = access.messages(None, None);
        let mut lines = ReverseLines::open(&self.path, self.length)?;
        let mut archived = next(&mut lines)?;
        let before = self.unseen.as_deref();
        let is_open = |place: u64| {
            before.is_none_or(|unseen| unseen.binary_search_by(|other| place.cmp(other)).is_ok())
        };
        let (mut unseen, mut findings) = (Vec::new(), Vec::new());
        let (mut lowest, mut newer) = (u64::MAX, 0);
        loop {
            let page = match pages.try_next().await {
                Ok(Some(page)) => page,
                Ok(None) => break,
                Err(error) if error.is_forbidden() || error.is_not_found() => return Ok(false),
                Err(error) => return Err(error.into()),
            };
            for message in page.messages {
                let place = message.sequence_id;
                if place >= lowest {
                    continue;
                }
                lowest = place;
                if place > self.last {
                    newer += 1;
                    continue;
                }
                while let Some(above) = archived.take_if(|archived| archived.sequence_id > place) {
                    unseen.push(above.sequence_id);
                    archived = next(&mut lines)?;
                }
                let what = match archived.take_if(|archived| archived.sequence_id == place) {
                    Some(same) => {
                        archived = next(&mut lines)?;
                        let is_other = is_open(place) && same.record != message.record;
                        is_other.then_some("is not what the service shows")
                    }
                    None => Some("is missing"),
                };
                findings.extend(what.map(|what| Finding {
                    place: self.name.clone(),
                    what: format!("the message {} {what}", message.id),
                }));
            }
        }
        while let Some(below) = archived {
            unseen.push(below.sequence_id);
            archived = next(&mut lines)?;
        }
        unseen.retain(|place| is_open(*place));
        self.unseen = Some(unseen);
        self.lowest = self.lowest.min(lowest);
        self.newer = self.newer.max(newer);
        for finding in findings {
            // What somebody else was shown before is known already.
            if !self.findings.contains(&finding) {
                self.findings.push(finding);
            }
        }
        Ok(true)
    }

    /// What came of it.
    pub(super) fn conclude(self) -> Conclusion {
        let unseen = self.unseen.unwrap_or_default();
        let cut_off = unseen.iter().filter(|place| **place < self.lowest).count();
        Conclusion {
            newer: self.newer,
            no_more: (unseen.len() - cut_off) as u64,
            cut_off: cut_off as u64,
            findings: self.findings,
        }
    }
}

fn next(lines: &mut ReverseLines) -> Result<Option<ListedMessage>, ArchiveError> {
    let line = lines.next_line()?;
    Ok(line.and_then(|line| ListedMessage::new(&line)))
}
