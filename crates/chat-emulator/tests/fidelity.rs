//! FIDELITY.md is only worth something if the tests that it names exist.

use std::collections::HashSet;
use std::path::Path;
use std::{fs, io};

const FIDELITY: &str = include_str!("../FIDELITY.md");

/// The cells of all rows of all tables, heads left out.
fn rows() -> Vec<[&'static str; 3]> {
    let rows = FIDELITY
        .lines()
        .filter(|line| line.starts_with("| ") && !line.ends_with("| tests |"));
    rows.map(|line| {
        let cells: Vec<_> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        cells
            .try_into()
            .unwrap_or_else(|_| panic!("not three cells: {line}"))
    })
    .collect()
}

/// The names of all test functions below `folder`.
fn tests_in(folder: &Path, names: &mut HashSet<String>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            tests_in(&path, names)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path)?;
            let parts = ["#[test]", "#[tokio::test]"];
            for part in parts
                .into_iter()
                .flat_map(|attribute| text.split(attribute).skip(1))
            {
                let name = part
                    .split_once("fn ")
                    .and_then(|(_, rest)| rest.split_once('('));
                names.extend(name.map(|(name, _)| name.to_owned()));
            }
        }
    }
    Ok(())
}

#[test]
fn every_row_says_how_it_is_known_and_names_tests_that_exist() {
    let mut tests = HashSet::new();
    for folder in ["src", "tests"] {
        tests_in(
            &Path::new(env!("CARGO_MANIFEST_DIR")).join(folder),
            &mut tests,
        )
        .unwrap();
    }
    let rows = rows();
    assert!(rows.len() > 60, "the tables have not been read");
    for [behaviour, known, named] in rows {
        assert!(
            ["recorded", "documented", "assumed"].contains(&known),
            "{behaviour}: {known}"
        );
        let named: Vec<_> = named
            .split(", ")
            .map(|name| name.trim_matches('`'))
            .collect();
        assert!(!named.is_empty());
        for name in named {
            assert!(tests.contains(name), "{behaviour}: no test {name}");
        }
    }
}
