//! The manifest as a file, which tells damage of its own.

use std::path::Path;

use sha2::{Digest, Sha256};

use super::error::ArchiveError;
use super::format::{FORMAT, MAJOR, Manifest, ManifestHead};

/// What stands for the hash while it is made.
const ZEROS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// The SHA-256 of a file as manifests have it.
pub(super) fn sha256(bytes: &[u8]) -> String {
    let hash = Sha256::digest(bytes);
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The text of a manifest, with its hash.
pub(super) fn write(mut manifest: Manifest) -> Vec<u8> {
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
pub(super) fn read(path: &Path, bytes: &[u8]) -> Result<Manifest, ArchiveError> {
    let damaged = |reason: String| ArchiveError::damaged(path, reason);
    let text = std::str::from_utf8(bytes).map_err(|error| damaged(error.to_string()))?;
    let head: ManifestHead =
        serde_json::from_str(text).map_err(|error| damaged(error.to_string()))?;
    if head.format != FORMAT {
        let reason = format!("the format is {:?} and not {FORMAT:?}", head.format);
        return Err(ArchiveError::invalid(path, None, reason));
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
            return Err(ArchiveError::invalid(path, None, reason));
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
