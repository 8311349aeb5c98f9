//! The emulator has everything that the documents have.

use std::fs;
use std::path::{Path, PathBuf};

use chat_emulator::Operation;
use chat_tests::documents::{DOCUMENTS, document, operations};

const EMULATOR: &str = "../crates/chat-emulator";

/// Values of enums that are in no text of the emulator, each with the reason.
const LEFT_OUT: &[(&str, &str)] = &[
    (
        "CommunicationIdentifierModelKind: unknown",
        "an identifier of a kind that nobody knows has none of the nested objects, and no `kind`",
    ),
    (
        "CommunicationIdentifierModelKind: teamsExtensionUser",
        "nobody of this kind can be added to its threads; one from an archive keeps the raw id",
    ),
];

fn emulator() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(EMULATOR)
}

#[test]
fn every_operation_has_an_id_there_by_which_faults_and_the_journal_name_it() {
    let missing: Vec<_> = operations()
        .into_iter()
        .filter(|operation| operation.id.parse::<Operation>().is_err())
        .map(|operation| operation.id)
        .collect();
    assert_eq!(
        missing,
        Vec::<String>::new(),
        "operations that {EMULATOR} does not have"
    );
}

#[test]
fn fidelity_says_of_every_operation_where_it_is_known_from() {
    let page = fs::read_to_string(emulator().join("FIDELITY.md")).unwrap();
    let (_, section) = page.split_once("## Operations\n").unwrap();
    let (section, _) = section.split_once("\n## ").unwrap();
    let documented = operations().into_iter().map(|operation| operation.id);
    let emulated = Operation::all().map(|operation| operation.id().to_owned());
    for id in documented.chain(emulated) {
        let count = section.matches(&format!("`{id}`")).count();
        assert_eq!(count, 1, "{id} in the operations of FIDELITY.md");
    }
}

#[test]
fn every_value_of_an_enum_is_known_there() {
    let mut source = String::new();
    read(&emulator().join("src"), &mut source);
    let mut missing = Vec::new();
    for name in DOCUMENTS {
        let document = document(name);
        for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
            let values = schema["x-extensible-enum"].as_array().into_iter().flatten();
            for value in values.filter_map(|value| value.as_str()) {
                let camel = |text: &str| text[..1].to_uppercase() + &text[1..];
                let is_known = source.contains(&format!("\"{value}\""))
                    // Where serde writes the name of a variant in camel case.
                    || source.contains(&format!("    {},\n", camel(value)));
                if !is_known {
                    missing.push(format!("{name}: {value}"));
                }
            }
        }
    }
    let left_out: Vec<_> = LEFT_OUT.iter().map(|(value, _)| *value).collect();
    assert_eq!(missing, left_out, "values that {EMULATOR} does not know");
}

/// All that is written in a folder of Rust.
fn read(folder: &Path, into: &mut String) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            *into += &fs::read_to_string(&path).unwrap();
        }
    }
}
