//! The file into which the follower commits, and from which is read what it has committed.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::Path;

use chat::models::ChatThreadId;
use serde::{Deserialize, Serialize};

use crate::soak::Failure;

/// What a message was when it took effect, or is in the end: its thread and its sequence id.
pub(super) type Seen = (ChatThreadId, u64);

/// An effect, if there was one, and the cursor after it: one line of the file.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Commit {
    pub(super) effect: Option<Seen>,
    pub(super) cursor: String,
}

/// The file, open for the process that commits.
#[derive(Debug)]
pub(super) struct Journal {
    file: File,
}

impl Journal {
    /// Opens it, and gives the last commit. A line that a killed process has left unfinished was not
    /// committed: it is cut off.
    pub(super) fn open(path: &Path) -> Result<(Self, Option<Commit>), Failure> {
        let mut options = OpenOptions::new();
        let options = options.create(true).truncate(false).read(true).write(true);
        let mut file = options.open(path)?;
        let mut lines = BufReader::new(&mut file);
        let (mut line, mut last, mut whole) = (Vec::new(), None, 0);
        loop {
            line.clear();
            let read = lines.read_until(b'\n', &mut line)?;
            if !line.ends_with(b"\n") {
                break;
            }
            whole += read as u64;
            last = Some(line.clone());
        }
        file.set_len(whole)?;
        file.seek(SeekFrom::Start(whole))?;
        let last = last.map(|line| serde_json::from_slice(&line)).transpose()?;
        Ok((Self { file }, last))
    }

    /// Commits effect and cursor in one write.
    pub(super) fn commit(&mut self, commit: &Commit) -> Result<(), Failure> {
        let mut line = serde_json::to_vec(commit)?;
        line.push(b'\n');
        Ok(self.file.write_all(&line)?)
    }
}

/// What was committed, as it comes.
#[derive(Debug)]
pub(super) struct Commits {
    file: File,
    /// Where the first line begins that was not read yet.
    position: u64,
}

impl Commits {
    pub(super) fn open(path: &Path) -> Result<Self, Failure> {
        let mut options = OpenOptions::new();
        let options = options.create(true).truncate(false).read(true).write(true);
        Ok(Self {
            file: options.open(path)?,
            position: 0,
        })
    }

    /// What was committed since this was called last.
    pub(super) fn read(&mut self) -> Result<Vec<Commit>, Failure> {
        // A line that is unfinished is read again: another may have come in its place.
        self.file.seek(SeekFrom::Start(self.position))?;
        let mut read = Vec::new();
        self.file.read_to_end(&mut read)?;
        let whole = read.iter().rposition(|byte| *byte == b'\n');
        let whole = whole.map_or(0, |end| end + 1);
        self.position += whole as u64;
        let lines = read[..whole].split_inclusive(|byte| *byte == b'\n');
        Ok(lines
            .map(serde_json::from_slice)
            .collect::<Result<_, _>>()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn commit(place: u64) -> Commit {
        Commit {
            effect: Some(("19:a@thread.v2".into(), place)),
            cursor: format!("after {place}"),
        }
    }

    #[test]
    fn a_line_that_was_left_unfinished_was_not_committed_and_the_next_takes_its_place() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("journal");
        let mut commits = Commits::open(&path).unwrap();
        let (mut journal, last) = Journal::open(&path).unwrap();
        assert_eq!(last, None);
        journal.commit(&commit(1)).unwrap();
        journal.commit(&commit(2)).unwrap();
        journal.file.write_all(b"{\"effect\":[\"19:a@th").unwrap();
        assert_eq!(commits.read().unwrap(), [commit(1), commit(2)]);

        let (mut journal, last) = Journal::open(&path).unwrap();
        assert_eq!(last, Some(commit(2)));
        journal.commit(&commit(3)).unwrap();
        assert_eq!(commits.read().unwrap(), [commit(3)]);
        assert_eq!(commits.read().unwrap(), []);
        assert_eq!(Journal::open(&path).unwrap().1, Some(commit(3)));
    }
}
