//! The rules of `ARCHITECTURE.md` about who may import whom, held against the source code without its tests.

mod circles;
mod crates;
mod operations;
mod source;

use std::path::{Path, PathBuf};

use circles::circles;
use source::{Import, imports};

/// The rooms of the client. Each may import those before it, and nothing else.
const ROOMS_OF_THE_CLIENT: [&str; 19] = [
    "clock",
    "models",
    "paging/continuation",
    "response",
    "error",
    "blocking",
    "endpoint",
    "governor",
    "credential",
    "transport",
    "paging",
    "convert",
    "event_grid",
    "operations",
    "notifications",
    "watch",
    "client",
    "identity",
    "fuzzing",
];

/// The rooms of the emulator. Each may import those before it, and nothing else.
const ROOMS_OF_THE_EMULATOR: [&str; 17] = [
    "store",
    "wire",
    "auth",
    "data",
    "archive",
    "seed",
    "api",
    "http/faults",
    "http/socket",
    "realtime",
    "http",
    "event_grid",
    "control",
    "emulator",
    "builder",
    "command",
    "fuzzing",
];

/// The rooms of what makes archives. Each may import those before it, and nothing else.
const ROOMS_OF_THE_ARCHIVE: [&str; 11] = [
    "error", "format", "folder", "manifest", "progress", "source", "export", "verify", "online",
    "show", "program",
];

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The roots of all crates, as paths within the workspace.
fn roots() -> Vec<PathBuf> {
    let mut roots = Vec::new();
    for folder in [
        "crates/chat",
        "crates/chat-rest",
        "crates/chat-archive",
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
    let ties = found.iter().flat_map(|circle| &circle.ties);
    let ties: Vec<_> = ties.map(String::as_str).collect();
    assert!(
        found.is_empty(),
        "these imports make a loop: what two files need of each other belongs into a third\n  {}",
        ties.join("\n  ")
    );
}

/// The imports of a crate that go against the order of its rooms: folders and files of its source, of which a
/// longer path is a room of its own.
fn against_the_order(source: &str, rooms: &[&str]) -> Vec<String> {
    let source = Path::new(source);
    let root = source.join("lib.rs");
    let room = |file: &Path| {
        let within = file.strip_prefix(source).ok()?.with_extension("");
        within
            .ancestors()
            .find_map(|path| rooms.iter().position(|room| Path::new(room) == path))
    };
    let imports = imports(&workspace(), &root);
    assert!(imports.len() > 100, "{source:?} was not read");
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
    against
}

#[test]
fn the_rooms_of_the_client_import_only_those_before_them() {
    let against = against_the_order("crates/chat/src", &ROOMS_OF_THE_CLIENT);
    assert_eq!(against, Vec::<String>::new());
}

#[test]
fn the_rooms_of_the_emulator_import_only_those_before_them() {
    let against = against_the_order("crates/chat-emulator/src", &ROOMS_OF_THE_EMULATOR);
    assert_eq!(against, Vec::<String>::new());
}

#[test]
fn the_rooms_of_the_archive_import_only_those_before_them() {
    let against = against_the_order("crates/chat-archive/src", &ROOMS_OF_THE_ARCHIVE);
    assert_eq!(against, Vec::<String>::new());
}

#[test]
fn the_page_has_the_rooms_in_their_order() {
    let page = std::fs::read_to_string(workspace().join("ARCHITECTURE.md")).unwrap();
    let page = page.split_whitespace().collect::<Vec<_>>().join(" ");
    for rooms in [
        &ROOMS_OF_THE_CLIENT[..],
        &ROOMS_OF_THE_EMULATOR,
        &ROOMS_OF_THE_ARCHIVE,
    ] {
        // What is for fuzzers is for nobody else.
        let rooms = rooms.iter().filter(|room| **room != "fuzzing");
        let list: Vec<_> = rooms.map(|room| format!("`{room}`")).collect();
        let list = list.join(", ");
        assert!(page.contains(&list), "{list}");
    }
}

#[test]
fn every_operation_of_the_documents_has_a_builder() {
    let documented = operations::documented(&workspace());
    assert!(documented.len() > 20, "the generated tables were not read");
    let offered = operations::offered(&workspace());
    let missing: Vec<_> = documented.difference(&offered).collect();
    assert_eq!(
        missing,
        Vec::<&String>::new(),
        "no builder in crates/chat/src/operations names these as its `OPERATION`; CONTRIBUTING.md has \
         the six places of an operation"
    );
}
