//! Who takes part in a thread, and who did.

use std::collections::{HashMap, HashSet};

use serde_json::value::RawValue;

use super::merge::Removal;
use super::work::json;
use crate::format::ParticipantLine;
use crate::source::{ListedParticipant, Record};

/// What is known of the participants of a thread.
pub(super) struct Known<'a> {
    /// The list of those who take part, if anybody could read it.
    pub(super) listed: Option<&'a [ListedParticipant]>,
    /// What was archived before.
    pub(super) archived: Vec<ParticipantLine>,
    /// Who was removed according to what was read now.
    pub(super) removals: &'a HashMap<String, Removal>,
    /// Who found the thread in a list without taking part any more, and up to where each sees it.
    pub(super) former: &'a [(String, Option<u64>)],
}

/// The lines of participants, and the raw ids of all who could see messages.
#[derive(Debug, Default)]
pub(super) struct Participants {
    pub(super) text: Vec<u8>,
    pub(super) count: u64,
    pub(super) visible_to: Vec<String>,
    pub(super) ids: Vec<String>,
}

impl Known<'_> {
    /// Those who take part in the order of their list, then those who did.
    pub(super) fn lines(self) -> Participants {
        let mut result = Participants::default();
        let mut written = HashSet::new();
        let (removed, present): (Vec<_>, Vec<_>) = self
            .archived
            .into_iter()
            .partition(|line| line.removed_on.is_some());
        match self.listed {
            Some(listed) => {
                for who in listed {
                    written.insert(who.id.clone());
                    result.add(&who.id, plain(&who.record), true);
                }
            }
            // Nobody may read the list any more: what it was stays, but for those who have gone.
            None => {
                for line in present {
                    let id = id_of(&line.participant);
                    if !self.removals.contains_key(&id) {
                        written.insert(id.clone());
                        result.add(&id, Some(line), true);
                    }
                }
            }
        }
        let mut gone: Vec<(String, Option<ParticipantLine>)> = Vec::new();
        for line in removed {
            let id = id_of(&line.participant);
            if !self.removals.contains_key(&id) {
                gone.push((id, Some(line)));
            }
        }
        let mut removals: Vec<_> = self.removals.iter().collect();
        removals.sort_by_key(|(id, removal)| (removal.on, *id));
        for (id, removal) in removals {
            let line = plain(&removal.record).map(|mut line| {
                line.removed_on = removal.on;
                line
            });
            gone.push((id.clone(), line));
        }
        for (id, _) in self.former {
            if gone.iter().all(|(other, _)| other != id) {
                gone.push((id.clone(), None));
            }
        }
        for (id, line) in gone {
            if !written.insert(id.clone()) {
                continue;
            }
            let sees = self.former.iter().find(|(former, _)| *former == id);
            let last = sees.and_then(|(_, last)| *last);
            let line = line.or_else(|| plain(&Record::new(&identifier(&id))));
            let line = line.map(|mut line| {
                line.last_sequence_id = last
                    .map(|last| last.to_string())
                    .or(line.last_sequence_id.take());
                line
            });
            result.add(&id, line, last.is_some());
        }
        result
    }
}

impl Participants {
    fn add(&mut self, id: &str, line: Option<ParticipantLine>, sees: bool) {
        let Some(line) = line else { return };
        self.text.extend(json(&line));
        self.text.push(b'\n');
        self.count += 1;
        self.ids.push(id.to_owned());
        if sees {
            self.visible_to.push(id.to_owned());
        }
    }
}

/// Up to where somebody who takes part no more saw the thread, if that was archived.
pub(super) fn end_of(archived: &[ParticipantLine], user: &str) -> Option<u64> {
    let gone = archived.iter().filter(|line| line.removed_on.is_some());
    let mut gone = gone.filter(|line| id_of(&line.participant) == user);
    gone.next()?.last_sequence_id.as_ref()?.parse().ok()
}

fn plain(record: &Record) -> Option<ParticipantLine> {
    Some(ParticipantLine {
        participant: record.raw()?,
        removed_on: None,
        last_sequence_id: None,
    })
}

fn id_of(participant: &RawValue) -> String {
    let listed = ListedParticipant::new(participant.get());
    listed.map(|who| who.id).unwrap_or_default()
}

/// A participant of whom nothing but the raw id is known.
fn identifier(raw_id: &str) -> String {
    serde_json::json!({
        "communicationIdentifier": { "rawId": raw_id, "communicationUser": { "id": raw_id } },
    })
    .to_string()
}
