//! Where the project names a version by hand.

use std::{fs, path::Path};

/// What is generated, or keeps the version that it was made for.
const LEFT_OUT: &[&str] = &[
    "target",
    "node_modules",
    "fuzz/corpus",
    "crates/chat-rest/src/generated",
];

/// The lines that have `version` in them, as `path:line`, in their order.
pub(super) fn of(root: &Path, version: &str) -> Vec<String> {
    let mut found = Vec::new();
    look(root, "", version, &mut found);
    found
}

/// Looks at what is below a folder. What cannot be read has no text.
fn look(root: &Path, folder: &str, version: &str, found: &mut Vec<String>) {
    let entries = fs::read_dir(root.join(folder)).into_iter().flatten();
    let mut names: Vec<_> = entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| !name.starts_with('.'))
        .collect();
    names.sort();
    for name in names {
        let path = match folder {
            "" => name.clone(),
            folder => format!("{folder}/{name}"),
        };
        if LEFT_OUT.contains(&path.as_str()) || LEFT_OUT.contains(&name.as_str()) {
            continue;
        }
        if root.join(&path).is_dir() {
            look(root, &path, version, found);
        } else if let Ok(text) = fs::read_to_string(root.join(&path)) {
            let lines = text.lines().zip(1..);
            let lines = lines.filter(|(line, _)| line.contains(version));
            found.extend(lines.map(|(_, number)| format!("{path}:{number}")));
        }
    }
}

#[test]
fn lines_are_found_wherever_they_are_written_by_hand() {
    let root = tempfile::tempdir().unwrap();
    for (path, text) in [
        ("a/b.md", "one\n2031-01-31\n"),
        ("a/target/c.md", "2031-01-31\n"),
        ("crates/chat-rest/src/generated/d.rs", "2031-01-31\n"),
        (".git/e", "2031-01-31\n"),
        ("f.py", "2031-01-31, 2031-01-31\n2031-01-30\n2031-01-31\n"),
    ] {
        let path = root.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    fs::write(root.path().join("binary"), b"2031-01-31 \xff").unwrap();

    assert_eq!(
        of(root.path(), "2031-01-31"),
        ["a/b.md:2", "f.py:1", "f.py:3"]
    );
}
