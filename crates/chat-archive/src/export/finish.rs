//! The end of an export: the manifest names what there is now.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use super::context::Context;
use super::survey::Survey;
use super::work::{Done, Work, json, now};
use crate::error::ArchiveError;
use crate::folder;
use crate::format::{
    FORMAT, FileEntry, MANIFEST, Manifest, THREADS, USERS, Unread, UnreadKind, VERSION,
};
use crate::manifest;

/// Where the list of users is while the one before is still named by a manifest.
const OTHER_USERS: &str = "users-2.jsonl";

/// Writes the manifest, and removes what it names no more.
pub(super) fn finish(
    context: &Context,
    work: &Work,
    survey: &Survey,
    done: BTreeMap<String, Done>,
    mut unread: Vec<Unread>,
) -> Result<Manifest, ArchiveError> {
    let mut files = BTreeMap::new();
    let users_file = put_users(work, survey, &mut files)?;
    let mut threads = Vec::new();
    for thread in done.into_values() {
        unread.extend(thread.unread);
        if let Some(entry) = thread.entry {
            for (name, file) in thread.files {
                files.insert(format!("{}/{name}", entry.folder), file);
            }
            threads.push(entry);
        }
    }
    let written: BTreeSet<String> = threads.iter().map(|thread| thread.id.clone()).collect();
    let archived = work.archived.iter().flat_map(|manifest| &manifest.threads);
    for entry in archived.filter(|entry| !written.contains(&entry.id)) {
        let Some((entry, kept)) = work.archived_thread(&entry.id) else {
            continue;
        };
        for (name, file) in kept {
            files.insert(format!("{}/{name}", entry.folder), file);
        }
        if !survey.threads.contains_key(&entry.id) {
            unread.push(Unread {
                kind: UnreadKind::Gone,
                user: None,
                thread: Some(entry.id.clone()),
                message: None,
                item: None,
                reason: "nobody finds it in a list any more; what was archived before stays"
                    .to_owned(),
            });
        }
        threads.push(entry);
    }
    threads.sort_by(|one, other| one.id.cmp(&other.id));
    let resource = work
        .archived
        .as_ref()
        .and_then(|manifest| manifest.resource.clone());
    let manifest = Manifest {
        format: FORMAT.to_owned(),
        version: VERSION.to_owned(),
        created_by: concat!("chat-archive ", env!("CARGO_PKG_VERSION")).to_owned(),
        created_on: now(),
        resource: context.resource().map(str::to_owned).or(resource),
        users_file: (users_file != USERS).then(|| users_file.to_owned()),
        user_count: survey.users.len() as u64,
        threads,
        files,
        unread,
        manifest_sha256: String::new(),
    };
    // The list of users has its name before the manifest names it.
    folder::sync(&work.root)?;
    folder::write_whole(
        &work.root.join(MANIFEST),
        &manifest::write(manifest.clone()),
    )?;
    folder::sync(&work.root)?;
    remove_others(work, &manifest)?;
    work.finish()?;
    Ok(manifest)
}

/// Writes the list of users, beside the one that the manifest names until now.
fn put_users(
    work: &Work,
    survey: &Survey,
    files: &mut BTreeMap<String, FileEntry>,
) -> Result<&'static str, ArchiveError> {
    let mut text = Vec::new();
    for user in &survey.users {
        text.extend(json(user));
        text.push(b'\n');
    }
    let before = work.archived.as_ref();
    let is_before = |name: &str| before.is_some_and(|before| before.users_file() == name);
    let hash = folder::sha256(&text);
    let is_same = |name: &&&str| {
        let entry = before.and_then(|before| before.files.get(**name));
        is_before(name) && entry.is_some_and(|entry| entry.sha256 == hash)
    };
    let names = [USERS, OTHER_USERS];
    let name = names.iter().find(is_same);
    let name = name.or_else(|| names.iter().find(|name| !is_before(name)));
    let name = *name.unwrap_or(&USERS);
    files.insert(
        name.to_owned(),
        folder::write_whole(&work.root.join(name), &text)?,
    );
    Ok(name)
}

/// Removes the folders of threads and the list of users that the manifest does not name.
fn remove_others(work: &Work, manifest: &Manifest) -> Result<(), ArchiveError> {
    let named: BTreeSet<&str> = manifest
        .threads
        .iter()
        .map(|entry| entry.folder.as_str())
        .collect();
    let threads = work.root.join(THREADS);
    if threads.exists() {
        for entry in fs::read_dir(&threads).map_err(ArchiveError::io(&threads))? {
            let entry = entry.map_err(ArchiveError::io(&threads))?;
            let name = entry.file_name();
            let path = format!("{THREADS}/{}", name.to_string_lossy());
            if !named.contains(path.as_str()) {
                folder::remove(&entry.path())?;
            }
        }
    }
    for name in [USERS, OTHER_USERS] {
        if manifest.users_file() != name {
            let path = work.root.join(name);
            match fs::remove_file(&path) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(ArchiveError::io(&path)(error));
                }
                _ => {}
            }
        }
    }
    Ok(())
}
