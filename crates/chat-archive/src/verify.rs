//! Whether an archive is as it was written, and what is missing in it.

use std::collections::HashSet;
use std::collections::hash_map::RandomState;
use std::fmt;
use std::fs::{self, File};
use std::hash::BuildHasher;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use crate::error::ArchiveError;
use crate::folder::{self, inside};
use crate::format::{
    ATTACHMENTS, AttachmentLine, MANIFEST, MESSAGES, Manifest, PARTICIPANTS, RECEIPTS, ThreadEntry,
};
use crate::manifest;
use crate::source::ListedMessage;

/// What was looked at, and what is wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// How many files were compared with their hashes.
    pub files: u64,
    /// How many threads there are.
    pub threads: u64,
    /// How many messages there are.
    pub messages: u64,
    /// What is wrong.
    pub findings: Vec<Finding>,
}

/// Something that is wrong with an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The file, as a path within the archive, or the id of the thread.
    pub place: String,
    /// What is wrong there.
    pub what: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.what)
    }
}

impl Verified {
    pub(crate) fn find(&mut self, place: impl Into<String>, what: impl Into<String>) {
        self.findings.push(Finding {
            place: place.into(),
            what: what.into(),
        });
    }
}

/// Reads the manifest of an archive.
///
/// # Errors
/// When there is none, it is damaged, or it is of a later version.
pub fn read_manifest(archive: &Path) -> Result<Manifest, ArchiveError> {
    let path = archive.join(MANIFEST);
    let bytes = folder::read_if_there(&path)?;
    let bytes = bytes.ok_or_else(|| ArchiveError::NoManifest(archive.to_owned()))?;
    manifest::read(&path, &bytes)
}

/// Compares all files of an archive with their hashes, counts what is in them, and looks for holes in what the
/// service has shown. Nothing is sent.
///
/// # Errors
/// When there is no manifest that can be read, and those of the file system. All else that is wrong is a
/// finding.
pub fn verify(archive: &Path) -> Result<Verified, ArchiveError> {
    let manifest = read_manifest(archive)?;
    let mut verified = Verified::default();
    for (name, entry) in &manifest.files {
        verified.files += 1;
        let checked = inside(archive, name).and_then(|path| folder::check(&path, entry));
        note(&mut verified, name, checked)?;
    }
    count(
        &mut verified,
        archive,
        manifest.users_file(),
        manifest.user_count,
    )?;
    for thread in &manifest.threads {
        verified.threads += 1;
        if let Err(error) = verify_thread(&mut verified, archive, &manifest, thread) {
            note(&mut verified, &thread.folder, Err(error))?;
        }
    }
    Ok(verified)
}

/// Damage is a finding.
fn note(
    verified: &mut Verified,
    place: &str,
    result: Result<(), ArchiveError>,
) -> Result<(), ArchiveError> {
    match result {
        Err(ArchiveError::Damaged { reason, .. }) => {
            // What is wrong with a file is said once.
            if !verified
                .findings
                .iter()
                .any(|finding| finding.place == place)
            {
                verified.find(place, reason);
            }
            Ok(())
        }
        result => result,
    }
}

fn verify_thread(
    verified: &mut Verified,
    archive: &Path,
    manifest: &Manifest,
    thread: &ThreadEntry,
) -> Result<(), ArchiveError> {
    let name = |file: &str| format!("{}/{file}", thread.folder);
    count(
        verified,
        archive,
        &name(PARTICIPANTS),
        thread.participant_count,
    )?;
    if thread.receipt_count > 0 || manifest.files.contains_key(&name(RECEIPTS)) {
        count(verified, archive, &name(RECEIPTS), thread.receipt_count)?;
    }
    if thread.attachment_count > 0 {
        count(
            verified,
            archive,
            &name(ATTACHMENTS),
            thread.attachment_count,
        )?;
        for line in lines(archive, &name(ATTACHMENTS))?.into_iter().flatten() {
            let line = line.map_err(ArchiveError::io(archive))?;
            let file = serde_json::from_str::<AttachmentLine>(&line).map(|line| line.file);
            let file = file.unwrap_or_default();
            if !manifest.files.contains_key(&name(&file)) {
                verified.find(
                    name(ATTACHMENTS),
                    format!("the manifest does not name {file:?}"),
                );
            }
        }
    }
    let file = name(MESSAGES);
    let Some(messages) = lines(archive, &file)? else {
        return Ok(());
    };
    let hasher = RandomState::new();
    let (mut ids, mut number) = (HashSet::new(), 0);
    let mut ends = None;
    for line in messages {
        number += 1;
        let line = line.map_err(ArchiveError::io(&archive.join(&file)))?;
        let Some(message) = ListedMessage::new(&line) else {
            verified.find(&file, format!("line {number} is no message"));
            continue;
        };
        let place = message.sequence_id;
        if ends.is_some_and(|(_, last)| place <= last) {
            verified.find(&file, format!("line {number} is out of order"));
        }
        if !ids.insert(hasher.hash_one(&message.id)) {
            verified.find(
                &file,
                format!("line {number} is a message that was there before"),
            );
        }
        let is_covered = thread
            .covered
            .iter()
            .any(|part| part.after < place && place <= part.up_to);
        if !thread.covered.is_empty() && !is_covered {
            verified.find(
                &file,
                format!("line {number} is of no part that was listed"),
            );
        }
        ends = Some((ends.map_or(place, |(first, _)| first), place));
    }
    verified.messages += number;
    if number != thread.message_count {
        let says = thread.message_count;
        verified.find(
            &file,
            format!("it has {number} lines, and the manifest says {says}"),
        );
    }
    let ends = ends.map(|(first, last)| (first.to_string(), last.to_string()));
    let range = thread.sequence_ids.as_ref();
    let range = range.map(|range| (range.first.clone(), range.last.clone()));
    if ends != range {
        verified.find(&file, "its sequence ids are not those of the manifest");
    }
    for parts in thread.covered.windows(2) {
        let (from, to) = (parts[0].up_to + 1, parts[1].after);
        verified.find(
            &thread.id,
            format!("the sequence ids {from} to {to} were not listed"),
        );
    }
    Ok(())
}

/// Compares the number of lines of a file with what the manifest says.
fn count(
    verified: &mut Verified,
    archive: &Path,
    file: &str,
    expected: u64,
) -> Result<(), ArchiveError> {
    let Some(lines) = lines(archive, file)? else {
        if !verified
            .findings
            .iter()
            .any(|finding| finding.place == file)
        {
            verified.find(file, "the manifest does not name it, or it is not there");
        }
        return Ok(());
    };
    let found = lines.count() as u64;
    if found != expected {
        verified.find(
            file,
            format!("it has {found} lines, and the manifest says {expected}"),
        );
    }
    Ok(())
}

/// The lines of a file; nothing if it is not there.
pub(crate) fn lines(
    archive: &Path,
    name: &str,
) -> Result<Option<std::io::Lines<BufReader<File>>>, ArchiveError> {
    let path: PathBuf = inside(archive, name)?;
    match fs::File::open(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        file => {
            let file = file.map_err(ArchiveError::io(&path))?;
            Ok(Some(BufReader::new(file).lines()))
        }
    }
}
