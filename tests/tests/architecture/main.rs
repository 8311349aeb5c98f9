//! The rules of `ARCHITECTURE.md` about who may import whom, held against the source code without its tests.

mod circles;
mod source;

use std::path::{Path, PathBuf};

use circles::{Circle, circles};
use source::{Import, imports};

/// The rooms of the emulator. Each may import those before it, and nothing else.
const ROOMS: [&str; 11] = [
    "store", "wire", "auth", "data", "seed", "api", "http", "control", "emulator", "builder",
    "command",
];

/// One file of each circle that there still is. Nothing is to be added here.
const KNOWN: [&str; 1] = ["crates/chat/src/models/raw_id.rs"];

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The roots of all crates, as paths within the workspace.
fn roots() -> Vec<PathBuf> {
    let mut roots = Vec::new();
    for folder in [
        "crates/chat",
        "crates/chat-rest",
        "crates/chat-emulator",
        "tests",
        "xtask",
    ] {
        for root in ["src/lib.rs", "src/main.rs"] {
            let root = Path::new(folder).join(root);
            if workspace().join(&root).exists() {
                roots.push(root);
            }
        }
    }
    roots
}

#[test]
fn no_two_files_of_a_crate_import_each_other_in_a_loop() {
    let mut found = Vec::new();
    for root in roots() {
        let imports = imports(&workspace(), &root);
        assert!(
            !imports.is_empty() || root.ends_with("main.rs"),
            "{root:?} was not read"
        );
        found.extend(circles(&imports));
    }
    let known = |circle: &Circle| {
        KNOWN
            .iter()
            .any(|file| circle.files.contains(Path::new(file)))
    };
    found.retain(|circle| !known(circle));
    assert_eq!(found, []);
}

#[test]
fn the_rooms_of_the_emulator_import_only_those_before_them() {
    let source = Path::new("crates/chat-emulator/src");
    let room = |file: &Path| {
        let first = file.strip_prefix(source).ok()?.components().next()?;
        let name = Path::new(&first).file_stem()?.to_str()?;
        ROOMS.iter().position(|room| *room == name)
    };
    let root = source.join("lib.rs");
    let imports = imports(&workspace(), &root);
    assert!(imports.len() > 100, "the emulator was not read");
    let mut against = Vec::new();
    for import in &imports {
        let Import { from, to, .. } = import;
        // What the root of the crate gives to its users may come from everywhere.
        let allowed = room(from)
            .zip(room(to))
            .is_some_and(|(from, to)| to <= from);
        if *from != root && !allowed {
            against.push(import.to_string());
        }
    }
    assert_eq!(against, Vec::<String>::new());
}
