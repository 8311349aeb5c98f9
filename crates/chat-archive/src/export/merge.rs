//! What was archived before and what was read now, as one file of messages.

use std::collections::hash_map::RandomState;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::fs::File;
use std::hash::BuildHasher;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use chat::models::{ChatMessageType, CommunicationIdentifier};
use serde::Deserialize;
use serde_json::value::RawValue;
use time::OffsetDateTime;

use super::pages::{Ascending, PageLog};
use crate::error::ArchiveError;
use crate::folder::FileWriter;
use crate::format::FileEntry;
use crate::source::{ListedMessage, ListedParticipant, Record};

/// What became of it.
#[derive(Debug)]
pub(super) struct Merged {
    pub(super) file: FileEntry,
    pub(super) count: u64,
    /// The least and the greatest sequence id.
    pub(super) ends: Option<(u64, u64)>,
    /// The raw ids of all who are named in what was read now.
    pub(super) seen: BTreeSet<String>,
    /// Who was removed or has left, and when, by raw id: what was read now says so.
    pub(super) removals: HashMap<String, Removal>,
    /// The ids of messages that have changed and have no pictures, or none any more.
    pub(super) without_pictures: HashSet<String>,
}

#[derive(Clone, Debug)]
pub(super) struct Removal {
    pub(super) on: Option<OffsetDateTime>,
    pub(super) record: Record,
}

/// The messages that were read now and had been changed: their newest places, by hashes of their ids. An
/// earlier state of one is not kept.
#[derive(Debug, Default)]
struct Changed {
    places: HashMap<u64, u64>,
    hasher: RandomState,
}

impl Changed {
    fn add(&mut self, message: &ListedMessage) {
        let place = self.places.entry(self.hasher.hash_one(&message.id));
        let place = place.or_default();
        *place = message.sequence_id.max(*place);
    }

    fn supersedes(&self, message: &ListedMessage) -> bool {
        let newest = self.places.get(&self.hasher.hash_one(&message.id));
        newest.is_some_and(|newest| *newest > message.sequence_id)
    }
}

/// Messages, oldest change first.
enum Source {
    Archived {
        lines: std::io::Lines<BufReader<File>>,
        path: PathBuf,
    },
    Read(Ascending),
}

impl Source {
    fn try_next(&mut self) -> Result<Option<ListedMessage>, ArchiveError> {
        match self {
            Self::Read(log) => log.try_next(),
            Self::Archived { lines, path } => {
                let line = lines.next().transpose().map_err(ArchiveError::io(path))?;
                let message = line.map(|line| {
                    ListedMessage::new(&line)
                        .ok_or_else(|| ArchiveError::damaged(&*path, "a line is no message"))
                });
                message.transpose()
            }
        }
    }
}

/// Writes the messages of an archive and of lists into one file, oldest change first, each once and in its
/// newest state. `with_pictures` is given those that were read now and have attachments.
pub(super) fn merge(
    archived: Option<&Path>,
    logs: &[PageLog],
    to: &Path,
    mut with_pictures: impl FnMut(&ListedMessage) -> Result<(), ArchiveError>,
) -> Result<Merged, ArchiveError> {
    let mut changed = Changed::default();
    let mut sources = Vec::new();
    if let Some(path) = archived {
        let file = File::open(path).map_err(ArchiveError::io(path))?;
        sources.push((
            Source::Archived {
                lines: BufReader::new(file).lines(),
                path: path.to_owned(),
            },
            None,
        ));
    }
    for log in logs {
        let mut messages = log.ascending()?;
        while let Some(message) = messages.try_next()? {
            if message.is_changed {
                changed.add(&message);
            }
        }
        sources.push((Source::Read(log.ascending()?), None));
    }
    for (source, next) in &mut sources {
        *next = source.try_next()?;
    }
    let mut writer = FileWriter::create(to)?;
    let (mut count, mut ends) = (0, None);
    let mut notes = Notes::default();
    loop {
        let waiting = sources.iter_mut().filter(|(_, next)| next.is_some());
        let place = |next: &Option<ListedMessage>| next.as_ref().map(|next| next.sequence_id);
        let Some((source, next)) = waiting.min_by_key(|(_, next)| place(next)) else {
            break;
        };
        let is_read_now = matches!(source, Source::Read(_));
        let following = source.try_next()?;
        let Some(message) = std::mem::replace(next, following) else {
            break;
        };
        let is_repeated = ends.is_some_and(|(_, last)| message.sequence_id <= last);
        if is_repeated || changed.supersedes(&message) {
            continue;
        }
        if is_read_now && notes.take(&message) {
            with_pictures(&message)?;
        }
        writer.line(message.record.json())?;
        count += 1;
        let first = ends.map_or(message.sequence_id, |(first, _)| first);
        ends = Some((first, message.sequence_id));
    }
    Ok(Merged {
        file: writer.finish()?,
        count,
        ends,
        seen: notes.seen,
        removals: notes.removals,
        without_pictures: notes.without_pictures,
    })
}

/// What is noted about messages that were read now.
#[derive(Default)]
struct Notes {
    seen: BTreeSet<String>,
    removals: HashMap<String, Removal>,
    without_pictures: HashSet<String>,
}

impl Notes {
    /// Takes note of who is named in a message, and who was removed; says whether it has pictures.
    fn take(&mut self, message: &ListedMessage) -> bool {
        let Some(model) = message.model() else {
            return false;
        };
        let content = model.content();
        let people = content.participants().iter().map(|who| who.identifier());
        let people = people.chain(model.sender()).chain(content.initiator());
        for who in people.map(CommunicationIdentifier::raw_id) {
            if !self.seen.contains(who) {
                self.seen.insert(who.to_owned());
            }
        }
        if model.message_type() == &ChatMessageType::ParticipantRemoved {
            let millis = message.id.parse::<i64>().ok();
            let nanos = millis.map(|millis| i128::from(millis) * 1_000_000);
            let on = nanos.map(OffsetDateTime::from_unix_timestamp_nanos);
            let on = on.and_then(Result::ok);
            for who in removed(message) {
                let record = who.record;
                self.removals.insert(who.id, Removal { on, record });
            }
        }
        let has_pictures = !content.attachments().is_empty();
        if message.is_changed && !has_pictures {
            self.without_pictures.insert(message.id.clone());
        }
        has_pictures
    }
}

/// The participants that a message names, as the service wrote them.
fn removed(message: &ListedMessage) -> Vec<ListedParticipant> {
    #[derive(Deserialize)]
    struct Message {
        content: Content,
    }
    #[derive(Deserialize)]
    struct Content {
        participants: Vec<Box<RawValue>>,
    }

    let message = message.record.model::<Message>();
    let participants = message.map(|message| message.content.participants);
    let participants = participants.unwrap_or_default();
    let participants = participants.iter().map(|raw| raw.get());
    participants.filter_map(ListedParticipant::new).collect()
}
