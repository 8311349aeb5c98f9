//! The manifest as a file, which tells damage of its own.

use std::path::Path;

use serde::Deserialize;

use crate::error::ArchiveError;
use crate::folder::sha256;
use crate::format::{FORMAT, MAJOR, Manifest};

/// What stands for the hash while it is made.
const ZEROS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// The part of a manifest that every version has.
#[derive(Deserialize)]
struct Head {
    format: String,
    version: String,
}

/// The text of a manifest, with its hash.
pub(crate) fn write(mut manifest: Manifest) -> Vec<u8> {
    ZEROS.clone_into(&mut manifest.manifest_sha256);
    // Only a map whose keys are not strings could fail, and there is none.
    let mut text = serde_json::to_string_pretty(&manifest).unwrap_or_default();
    text.push('\n');
    let hash = sha256(text.as_bytes());
    replace_last(&text, ZEROS, &hash)
        .unwrap_or(text)
        .into_bytes()
}

/// Reads a manifest that is as it was written, of a version that this program knows.
pub(crate) fn read(path: &Path, bytes: &[u8]) -> Result<Manifest, ArchiveError> {
    let damaged = |reason: String| ArchiveError::damaged(path, reason);
    let text = std::str::from_utf8(bytes).map_err(|error| damaged(error.to_string()))?;
    let head: Head = serde_json::from_str(text).map_err(|error| damaged(error.to_string()))?;
    if head.format != FORMAT {
        let reason = format!("the format is {:?} and not {FORMAT:?}", head.format);
        return Err(damaged(reason));
    }
    let major = head.version.split('.').next().unwrap_or_default();
    match major.parse::<u32>() {
        Ok(major) if (1..=MAJOR).contains(&major) => {}
        Ok(major) if major > MAJOR => {
            return Err(ArchiveError::NewerVersion {
                path: path.to_owned(),
                version: head.version,
            });
        }
        _ => {
            let reason = format!("{:?} is no version of the format", head.version);
            return Err(damaged(reason));
        }
    }
    let manifest: Manifest =
        serde_json::from_str(text).map_err(|error| damaged(error.to_string()))?;
    let hash = &manifest.manifest_sha256;
    let zeroed = replace_last(text, hash, ZEROS).filter(|_| hash.len() == ZEROS.len());
    if zeroed.map(|text| sha256(text.as_bytes())).as_ref() != Some(hash) {
        return Err(damaged("its SHA-256 is not what it says".to_owned()));
    }
    Ok(manifest)
}

fn replace_last(text: &str, old: &str, new: &str) -> Option<String> {
    let (before, after) = text.rsplit_once(old)?;
    Some(format!("{before}{new}{after}"))
}
