//! What the page says, held against the facts it is made from.

use std::collections::{BTreeMap, BTreeSet};

use chat_rest::chat::ClientInfo as _;
use chat_rest::{DOWNLOAD_ATTACHMENT, Repeat, chat, identity};

/// The rows of the page's table of repeats: operation, whether it is repeated, and because of what.
fn rows() -> BTreeMap<&'static str, (bool, &'static str)> {
    let page = include_str!("../README.md");
    let (_, table) = page.split_once("| operation | repeated").unwrap();
    let rows = table
        .lines()
        .skip(2)
        .take_while(|line| line.starts_with('|'));
    let mut found = BTreeMap::new();
    for row in rows {
        let cells: Vec<_> = row.trim_matches('|').split('|').map(str::trim).collect();
        let [operations, repeated, because] = cells[..] else {
            panic!("{row}");
        };
        for id in operations.split('`').skip(1).step_by(2) {
            let other = found.insert(id, (repeated.starts_with("yes"), because));
            assert_eq!(other, None, "{id} has two rows");
        }
    }
    found
}

#[test]
fn the_table_of_repeats_says_of_every_operation_what_its_document_says() {
    let undocumented = [&DOWNLOAD_ATTACHMENT];
    let operations = chat::operations::ALL
        .iter()
        .chain(identity::operations::ALL)
        .chain(&undocumented);
    let documented: BTreeMap<_, _> = operations
        .map(|operation| {
            let repeated = operation.repeat == Repeat::Safe;
            (operation.id, (repeated, operation.repeat_because))
        })
        .collect();
    let rows = rows();
    let wrong: Vec<_> = documented
        .iter()
        .filter(|(id, said)| rows.get(*id) != Some(*said))
        .map(|(id, (repeated, because))| format!("{id}: {repeated}, {because}"))
        .collect();
    assert_eq!(
        wrong,
        Vec::<String>::new(),
        "rows that the table of repeats in crates/chat/README.md lacks, or says otherwise"
    );
    assert_eq!(rows.len(), documented.len(), "a row of no operation");
}

#[test]
fn the_page_names_the_versions_that_are_spoken() {
    let line = format!(
        "\nChat api-version {}, identity api-version {}.",
        chat::Client::api_version(),
        identity::Client::api_version()
    );
    assert!(include_str!("../README.md").contains(&line), "{line}");
}

/// The types of other crates that a text names, as the crate and the last part of the path.
fn types_of_other_crates(text: &str) -> BTreeSet<(&str, &str)> {
    let own = ["chat", "chat_rest", "core", "alloc", "std"];
    text.split(|letter: char| !letter.is_alphanumeric() && !matches!(letter, '_' | ':'))
        .filter_map(|path| {
            let (name, path) = path.split_once("::")?;
            let last = path.rsplit("::").next()?;
            let is_type = last.starts_with(char::is_uppercase);
            let is_crate = name.starts_with(char::is_lowercase) && !own.contains(&name);
            (is_crate && is_type).then_some((name, last))
        })
        .collect()
}

#[test]
fn the_page_names_the_types_of_other_crates_that_are_public() {
    let page = include_str!("../README.md");
    let (_, list) = page.split_once("are those of other crates:").unwrap();
    let (list, _) = list.split_once("\n- ").unwrap();
    let public = types_of_other_crates(include_str!("../public-api.txt"));
    assert!(public.contains(&("time", "OffsetDateTime")), "{public:?}");
    let listed = types_of_other_crates(list);
    let differing: Vec<_> = listed.symmetric_difference(&public).collect();
    assert!(
        differing.is_empty(),
        "{differing:?} are in one of both: the list after \"are those of other crates:\" in crates/chat/README.md, \
         and crates/chat/public-api.txt"
    );
}

#[test]
fn the_map_has_every_module_for_users() {
    let page = include_str!("../README.md");
    let root = include_str!("lib.rs").lines();
    let modules = root.filter_map(|line| line.strip_prefix("pub mod "));
    let names = modules.map(|rest| rest.trim_end_matches([' ', ';', '{']));
    let missing: Vec<_> = names
        .filter(|name| *name != "fuzzing")
        .filter(|name| !page.contains(&format!("| [`{name}`] |")))
        .collect();
    assert_eq!(missing, [""; 0]);
    assert_eq!(page.matches("\n| [`").count(), 10);
}

#[test]
fn every_example_is_in_the_index() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/examples");
    let index = include_str!("../examples/README.md");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        let file = match path.is_dir() {
            true => format!("{name}/main.rs"),
            false => format!("{name}.rs"),
        };
        let is_example = std::path::Path::new(folder).join(&file).exists();
        if is_example {
            count += 1;
            assert!(index.contains(&format!("| [`{name}`]({file}) |")), "{name}");
        }
    }
    assert_eq!(index.matches("| [`").count(), count);
}
