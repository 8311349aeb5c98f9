//! An example at every public type of the client: short, run by the tests of the documentation, and
//! with something that it holds.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// Where public types are defined: the client, and what it passes on of the layer below.
const SOURCES: [&str; 2] = ["crates/chat/src", "crates/chat-rest/src"];

/// The names of the public types, from the reviewed list of the public API.
fn public_types(root: &Path) -> BTreeSet<String> {
    let api = fs::read_to_string(root.join("crates/chat/public-api.txt")).unwrap();
    let names = api.lines().filter_map(|line| {
        let line = line.trim_start_matches("#[non_exhaustive] ");
        let path = ["pub struct ", "pub enum ", "pub trait ", "pub use "]
            .iter()
            .find_map(|keyword| line.strip_prefix(keyword))?;
        let path = path.split(['<', '(', ' ']).next()?.trim_end_matches(':');
        path.rsplit("::").next().map(str::to_owned)
    });
    names.collect()
}

/// The documentation of each type that a file defines, by item or as a name in a macro.
fn documented(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut docs = String::new();
    let mut open = 0;
    for line in text.lines().map(str::trim) {
        if let Some(doc) = line.strip_prefix("///") {
            docs.push_str(doc.strip_prefix(' ').unwrap_or(doc));
            docs.push('\n');
        } else if open > 0 || line.starts_with("#[") {
            open += line.matches('[').count();
            open -= line.matches(']').count().min(open);
        } else {
            let mut words = line.split(|c: char| !c.is_alphanumeric() && c != '_');
            let name = match words.next() {
                Some("pub") => match words.next() {
                    Some("struct" | "enum" | "trait") => words.next(),
                    _ => None,
                },
                Some(name) if name == line && !name.is_empty() => Some(name),
                _ => None,
            };
            let docs = std::mem::take(&mut docs);
            found.extend(name.map(|name| (name.to_owned(), docs)));
        }
    }
    found
}

/// Whether one of the examples is compiled, run, and holds something.
fn has_example(docs: &str) -> bool {
    let parts: Vec<&str> = docs.split("```").collect();
    let examples = parts.iter().skip(1).step_by(2);
    let run = examples.filter_map(|part| part.strip_prefix('\n').or(part.strip_prefix("rust\n")));
    run.into_iter().any(|example| example.contains("assert"))
}

fn read(folder: &Path, found: &mut BTreeMap<String, Vec<bool>>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("generated") {
            read(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            for (name, docs) in documented(&fs::read_to_string(&path).unwrap()) {
                found.entry(name).or_default().push(has_example(&docs));
            }
        }
    }
}

#[test]
fn every_public_type_has_an_example_that_holds_something() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut found = BTreeMap::new();
    for source in SOURCES {
        read(&root.join(source), &mut found);
    }
    let types = public_types(&root);
    assert!(types.len() > 100, "the public API was not read");
    let has_none = |name: &&String| {
        let examples = found.get(*name).map(Vec::as_slice).unwrap_or_default();
        !examples.contains(&true)
    };
    let without: Vec<_> = types.iter().filter(has_none).collect();
    assert_eq!(
        without, [""; 0],
        "without an example that is run and asserts"
    );
}

#[test]
fn an_example_counts_where_it_is_run_and_asserts() {
    let text = r#"
        /// A thing.
        ///
        /// ```
        /// assert!(true);
        /// ```
        #[serde(
            from = "a",
        )]
        pub struct Whole(u8);
        /// ```no_run
        /// assert!(true);
        /// ```
        pub enum NotRun {}
        /// ```
        /// println!();
        /// ```
        pub trait Silent {}
        id! {
            /// ```
            /// assert!(true);
            /// ```
            InMacro
        }
        pub struct Undocumented;
    "#;
    let found = documented(text);
    let found: Vec<_> = found
        .iter()
        .map(|(name, docs)| (name.as_str(), has_example(docs)))
        .collect();
    let expected = [
        ("Whole", true),
        ("NotRun", false),
        ("Silent", false),
        ("InMacro", true),
        ("Undocumented", false),
    ];
    assert_eq!(found, expected);
}
