//! Archives that are not as they were written, or of another version.

use super::folder::Reader;
use super::format::Manifest;
use super::*;

/// A small archive with a line of each kind.
fn small() -> BTreeMap<String, Vec<u8>> {
    let mut world = World::new(2);
    let thread = world.thread();
    let message = world.send(0, &thread, "x");
    let (alice, bob) = (world.callers[0].clone(), world.callers[1].clone());
    let read = world.store.send_read_receipt(&alice, &thread, message);
    read.unwrap();
    world
        .store
        .remove_participant(&alice, &thread, &bob.user)
        .unwrap();
    world.export()
}

/// The error of the archive with another file in the place of `name`.
fn error_with(files: &BTreeMap<String, Vec<u8>>, name: &str, bytes: &[u8]) -> ArchiveError {
    let folder = folder(files);
    put(folder.path(), name, bytes);
    read(folder.path()).unwrap_err()
}

#[test]
fn a_changed_byte_of_any_file_is_found() {
    let mut files = small();
    assert_eq!(files.len(), 9);
    let folder = folder(&files);
    read(folder.path()).unwrap();
    let manifest = files.remove("manifest.json").unwrap();
    let mut found = 0;
    for damaged in each_damage(&manifest) {
        let error = manifest::read(Path::new("manifest.json"), &damaged).unwrap_err();
        assert!(error.to_string().contains("manifest.json"), "{error}");
        found += 1;
    }
    let mut reader = Reader::open(folder.path()).unwrap();
    for (name, bytes) in &files {
        // The hash covers all bytes alike.
        for damaged in each_damage(bytes).step_by(13) {
            put(folder.path(), name, &damaged);
            let error = reader.file(name).unwrap_err();
            let expected = format!("{name} is damaged: its SHA-256 is not that of the manifest");
            assert!(error.to_string().ends_with(&expected), "{error}");
            found += 1;
        }
        // It is looked for in the archive as a whole.
        let error = read(folder.path()).unwrap_err();
        assert!(error.to_string().contains(name), "{error}");
        put(folder.path(), name, bytes);
    }
    let others: usize = files.values().map(|bytes| bytes.len().div_ceil(13)).sum();
    assert_eq!(found, manifest.len() + others);
}

/// The bytes with a bit of each of them in turn turned over.
fn each_damage(bytes: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    (0..bytes.len()).map(|index| {
        let mut damaged = bytes.to_vec();
        damaged[index] ^= 1 << (index % 8);
        damaged
    })
}

#[test]
fn a_line_or_a_file_that_is_not_there_and_a_file_that_is_cut_off_are_found() {
    let files = small();
    for (name, bytes) in &files {
        let lines: Vec<_> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
        for left_out in 0..lines.len() {
            let mut lines = lines.clone();
            lines.remove(left_out);
            let error = error_with(&files, name, &lines.concat());
            assert!(matches!(error, ArchiveError::Damaged { .. }), "{error}");
        }
        let error = error_with(&files, name, &bytes[..bytes.len() / 2]);
        assert!(error.to_string().contains(name.as_str()), "{error}");

        let folder = folder(&files);
        std::fs::remove_file(folder.path().join(name)).unwrap();
        let error = read(folder.path()).unwrap_err();
        let expected = match name.as_str() {
            "manifest.json" => "it has no manifest.json",
            name => name,
        };
        assert!(error.to_string().contains(expected), "{error}");
    }
}

#[test]
fn a_bad_line_is_named_with_its_file_and_its_number() {
    let files = small();
    for (end, line, wrong) in [
        (
            "users.jsonl",
            r#"{"id": "8:acs:me"}"#,
            "Identifier format is invalid (8:acs:me).",
        ),
        ("participants.jsonl", "{}", "missing field `participant`"),
        ("messages.jsonl", "no JSON", "expected ident"),
        ("messages.jsonl", "", "EOF while parsing"),
        (
            "messages.jsonl",
            r#"{"id":"1767225600253","type":"poll","sequenceId":"9","version":"1767225600253","content":[],
                "createdOn":"2026-01-01T00:00:00Z"}"#,
            "expected a map",
        ),
        (
            "messages.jsonl",
            r#"{"id":"1767225600253","type":"text","sequenceId":"1","version":"1767225600253","content":{},
                "createdOn":"2026-01-01T00:00:00Z","senderCommunicationIdentifier":{"rawId":"4:anonymous"}}"#,
            "the sequence id 1 is there twice",
        ),
        (
            "messages.jsonl",
            r#"{"id":"1767225600253","type":"text","sequenceId":"9","version":"1767225600253","content":{},
                "createdOn":"2026-01-01T00:00:09Z","senderCommunicationIdentifier":{"rawId":"4:anonymous"}}"#,
            "createdOn is not the time that the id says",
        ),
        (
            "messages.jsonl",
            r#"{"id":"1767225600253","type":"text","sequenceId":"9007199254740992","version":"1","content":{},
                "createdOn":"2026-01-01T00:00:00Z","senderCommunicationIdentifier":{"rawId":"4:anonymous"}}"#,
            r#""9007199254740992" is no sequence id"#,
        ),
        ("receipts.jsonl", "[]", "invalid length"),
        ("attachments.jsonl", "{}", "missing field `messageId`"),
    ] {
        let name = named(&files, end);
        let files = sealed(&files, |files, _| {
            let file = files.get_mut(&name).unwrap();
            let first = file.iter().position(|byte| *byte == b'\n').unwrap() + 1;
            let line = line.replace('\n', " ") + "\n";
            file.splice(first..first, line.into_bytes());
        });
        let error = read(folder(&files).path()).unwrap_err().to_string();
        assert!(error.contains(&format!("{name}:2: ")), "{error}");
        assert!(error.contains(wrong), "{error}");
    }
}

#[test]
fn what_the_manifest_says_has_to_hold() {
    let files = small();
    type Change = fn(&mut Manifest);
    for (change, wrong) in [
        (
            (|manifest| manifest.user_count += 1) as Change,
            "users.jsonl: it has 2 lines, and the manifest says 3",
        ),
        (
            |manifest| manifest.threads[0].message_count -= 1,
            "messages.jsonl: it has 4 lines",
        ),
        (
            |manifest| manifest.threads[0].receipt_count -= 1,
            "receipts.jsonl: it has 1 lines",
        ),
        (
            |manifest| manifest.threads[0].attachment_count += 1,
            "attachments.jsonl: it has 2 lines",
        ),
        (
            |manifest| manifest.threads[0].id.push('x'),
            "thread.json: it is not of",
        ),
        (
            |manifest| manifest.threads.push(manifest.threads[0].clone()),
            "manifest.json: it names 19:acsV2_",
        ),
        (
            |manifest| manifest.threads[0].folder = "elsewhere".to_owned(),
            "it does not name the file elsewhere/",
        ),
        (
            |manifest| manifest.resource = Some("mine".to_owned()),
            "\"mine\" is no id of a resource",
        ),
        (
            |manifest| {
                let entry = manifest.files["users.jsonl"].clone();
                manifest.files.insert("../users.jsonl".to_owned(), entry);
            },
            "\"../users.jsonl\" is no path inside the archive",
        ),
        (
            |manifest| {
                let entry = manifest.files["users.jsonl"].clone();
                manifest.files.insert("/etc/passwd".to_owned(), entry);
            },
            "\"/etc/passwd\" is no path inside the archive",
        ),
        (
            |manifest| manifest.format = "other".to_owned(),
            "the format is \"other\"",
        ),
        (
            |manifest| manifest.version = "next".to_owned(),
            "\"next\" is no version",
        ),
    ] {
        let files = sealed(&files, |_, manifest| change(manifest));
        let error = read(folder(&files).path()).unwrap_err().to_string();
        assert!(error.contains(wrong), "{wrong} in {error}");
    }
}

#[test]
fn a_later_version_is_refused_and_what_it_may_add_within_this_one_is_not() {
    let files = small();
    let later = sealed(&files, |_, manifest| manifest.version = "2.0".to_owned());
    let error = read(folder(&later).path()).unwrap_err();
    assert!(
        matches!(error, ArchiveError::NewerVersion { .. }),
        "{error}"
    );

    let more = sealed(&files, |files, manifest| {
        manifest.version = "1.7".to_owned();
        for (name, bytes) in files.iter_mut().filter(|(name, _)| name.contains(".json")) {
            let text = String::from_utf8(bytes.clone()).unwrap();
            *bytes = text.replace("{\"", "{\"new\":{\"x\":[1]},\"").into_bytes();
            assert_ne!(text.as_bytes(), bytes, "{name}");
        }
        files.insert("index.html".to_owned(), b"<html>".to_vec());
        let entry = manifest.files["users.jsonl"].clone();
        manifest.files.insert("index.html".to_owned(), entry);
        files.insert("not in the manifest".to_owned(), Vec::new());
    });
    let again = exported(&read(folder(&more).path()).unwrap());
    assert_eq!(again, files, "unknown things are left out");

    let error = error_with(&more, "index.html", b"<html>?");
    assert!(error.to_string().contains("index.html"), "{error}");
}
