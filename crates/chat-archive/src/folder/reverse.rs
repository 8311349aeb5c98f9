//! Reading a file from its last line to its first.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use crate::error::ArchiveError;

/// How much is read at a time.
const BLOCK: u64 = 64 * 1024;

/// The lines of a file, the last one first. Memory is used for a block and the longest line.
pub(crate) struct ReverseLines {
    path: PathBuf,
    file: File,
    /// How much of the file has not been read.
    left: u64,
    /// What has been read, and is not given yet.
    buffer: Vec<u8>,
}

impl ReverseLines {
    /// The lines of the first `length` bytes, which end with a line feed.
    pub(crate) fn open(path: &Path, length: u64) -> Result<Self, ArchiveError> {
        let file = File::open(path).map_err(ArchiveError::io(path))?;
        Ok(Self {
            path: path.to_owned(),
            file,
            left: length,
            buffer: Vec::new(),
        })
    }

    /// The line before, without its line feed; nothing before the first.
    pub(crate) fn next_line(&mut self) -> Result<Option<String>, ArchiveError> {
        loop {
            let body = self.buffer.strip_suffix(b"\n").unwrap_or(&self.buffer);
            let start = match body.iter().rposition(|byte| *byte == b'\n') {
                Some(feed) => feed + 1,
                None if self.left > 0 => {
                    self.read_block().map_err(ArchiveError::io(&self.path))?;
                    continue;
                }
                None if self.buffer.is_empty() => return Ok(None),
                None => 0,
            };
            let mut line = self.buffer.split_off(start);
            if line.last() == Some(&b'\n') {
                line.pop();
            }
            let text = String::from_utf8(line);
            return text
                .map(Some)
                .map_err(|_| ArchiveError::damaged(&self.path, "it is not UTF-8"));
        }
    }

    fn read_block(&mut self) -> std::io::Result<()> {
        let size = self.left.min(BLOCK);
        self.left -= size;
        self.file.seek(SeekFrom::Start(self.left))?;
        // It is no more than a block.
        let mut block = vec![0; usize::try_from(size).unwrap_or_default()];
        self.file.read_exact(&mut block)?;
        block.extend_from_slice(&self.buffer);
        self.buffer = block;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_lines_of_a_file_come_backwards_however_long_they_are(
            lengths in prop::collection::vec(prop_oneof![0usize..40, 60_000usize..140_000], 0..6)
        ) {
            let lines: Vec<String> = lengths
                .iter()
                .enumerate()
                .map(|(index, length)| index.to_string().repeat(*length))
                .collect();
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("lines");
            let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
            std::fs::write(&path, format!("{text}torn")).unwrap();

            let mut reverse = ReverseLines::open(&path, text.len() as u64).unwrap();
            let mut found = Vec::new();
            while let Some(line) = reverse.next_line().unwrap() {
                found.push(line);
            }
            found.reverse();
            prop_assert_eq!(found, lines);
        }
    }
}
