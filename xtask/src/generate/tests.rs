use tempfile::TempDir;

use super::*;

const WRITE: Arguments = Arguments { check: false };
const CHECK: Arguments = Arguments { check: true };

/// The root of this project.
fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// A root of its own, with the documents of this project.
fn root() -> TempDir {
    let root = tempfile::tempdir().unwrap();
    for name in DOCUMENTS {
        let path = document::path_of(name);
        write(
            &root.path().join(&path),
            &read(&project().join(&path)).unwrap(),
        )
        .unwrap();
    }
    root
}

/// A root whose generated files are those of its documents.
fn generated_root() -> TempDir {
    let root = root();
    run(root.path(), &WRITE).unwrap();
    root
}

/// Replaces text that occurs in a file.
fn edit(root: &TempDir, path: &str, from: &str, to: &str) {
    let path = root.path().join(path);
    let text = read(&path).unwrap();
    assert!(text.contains(from), "{from} is not in {path:?}");
    write(&path, &text.replacen(from, to, 1)).unwrap();
}

fn drift(root: &TempDir) -> String {
    match run(root.path(), &CHECK).unwrap_err() {
        Error::Drift { diff } => diff,
        error => panic!("{error}"),
    }
}

#[test]
fn the_files_of_this_project_are_those_of_its_documents() {
    run(&project(), &CHECK).unwrap();
}

#[test]
fn what_was_written_has_no_drift_and_is_written_again_to_the_byte() {
    let root = generated_root();
    let path = root.path().join(generated_path("chat"));
    let first = read(&path).unwrap();

    run(root.path(), &CHECK).unwrap();
    run(root.path(), &WRITE).unwrap();

    assert_eq!(read(&path).unwrap(), first);
}

#[test]
fn every_edit_of_a_document_is_drift() {
    for (what, from, to) in [
        ("a path", "{chatThreadId}/typing", "{chatThreadId}/typings"),
        ("a field", "\"senderDisplayName\"", "\"senderName\""),
        ("a type", "\"int32\"", "\"int64\""),
        (
            "an operation's id",
            "\"listChatThreads\"",
            "\"listThreads\"",
        ),
        ("a status of success", "\"204\"", "\"202\""),
        (
            "a media type",
            "application/merge-patch+json",
            "application/json",
        ),
        // What the lowering drops.
        (
            "an error answer",
            "#/components/responses/NotFound",
            "#/components/responses/Forbidden",
        ),
        ("a limit", "\"maximum\": 200", "\"maximum\": 100"),
        ("an open enum", "\"topicUpdated\"", "\"topicChanged\""),
    ] {
        let root = generated_root();

        edit(&root, "spec/chat.json", from, to);

        assert!(!drift(&root).is_empty(), "{what}");
    }
}

#[test]
fn drift_is_shown_as_the_lines_that_would_change() {
    let root = generated_root();

    edit(
        &root,
        "spec/identity.json",
        "/identities/{id}/:revoke",
        "/identities/{id}/:recall",
    );

    let diff = drift(&root);
    let path = generated_path("identity");
    assert!(
        diff.starts_with(&format!(
            "--- {path}\n+++ {path} (as it would be generated)\n"
        )),
        "{diff}"
    );
    assert!(
        diff.contains("\n-        path: \"/identities/{id}/:revokeAccessTokens\",\n"),
        "{diff}"
    );
    assert!(
        diff.contains("\n+        path: \"/identities/{id}/:recallAccessTokens\",\n"),
        "{diff}"
    );
    assert!(!diff.contains(&generated_path("chat")), "{diff}");
}

#[test]
fn an_edit_of_a_generated_file_is_drift() {
    let root = generated_root();

    edit(&root, &generated_path("chat"), "201u16", "200u16");

    assert!(drift(&root).contains("-            200u16"));
}

#[test]
fn line_endings_of_another_system_are_not_drift() {
    let root = generated_root();
    for name in DOCUMENTS {
        for path in [document::path_of(name), generated_path(name)] {
            let path = root.path().join(path);
            let text = read(&path).unwrap().replace('\n', "\r\n");
            write(&path, &text).unwrap();
        }
    }

    run(root.path(), &CHECK).unwrap();
}

#[test]
fn a_check_writes_nothing() {
    let root = root();

    assert!(drift(&root).contains("+// Code generated"));

    assert!(!root.path().join("crates").exists());
}

#[test]
fn a_document_that_is_refused_leaves_the_files_as_they_are() {
    let root = generated_root();
    let path = root.path().join(generated_path("chat"));
    let before = read(&path).unwrap();
    edit(&root, "spec/chat.json", "topic", "subject");
    edit(
        &root,
        "spec/identity.json",
        "\"operationId\"",
        "\"x-operationId\"",
    );

    let error = run(root.path(), &WRITE).unwrap_err();

    assert_eq!(
        error.to_string(),
        "cannot lower spec/identity.json: #/paths/~1identities/post: an operation without `operationId`"
    );
    assert_eq!(read(&path).unwrap(), before);
}

#[test]
fn a_missing_document_is_named() {
    let root = tempfile::tempdir().unwrap();

    let error = run(root.path(), &CHECK).unwrap_err().to_string();

    assert!(error.contains("spec/chat.json"), "{error}");
}
