//! FIDELITY.md is only worth something if its sources can be looked up and its tests are there and test.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::{fs, io};

const FIDELITY: &str = include_str!("../FIDELITY.md");

/// The cells of all rows of all tables, heads left out.
fn rows() -> Vec<[&'static str; 4]> {
    let rows = FIDELITY
        .lines()
        .filter(|line| line.starts_with("| ") && !line.ends_with("| tests |"));
    rows.map(|line| {
        let cells: Vec<_> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        cells
            .try_into()
            .unwrap_or_else(|_| panic!("not four cells: {line}"))
    })
    .collect()
}

/// What stands between the braces of all test functions of a name, wherever they are.
type Tests = HashMap<String, Vec<String>>;

/// All Rust files below `folder`.
fn files_in(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            files_in(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    Ok(())
}

/// The tests of a file, without those that are never run.
fn tests_in(text: &str, tests: &mut Tests) {
    let attributes = [
        "    #[test]\n",
        "#[test]\n",
        "#[tokio::test]\n",
        "#[tokio::test(start_paused = true)]\n",
    ];
    let mut rest = text;
    while let Some((start, attribute)) = attributes
        .iter()
        .filter_map(|attribute| Some((rest.find(attribute)?, attribute)))
        .min()
    {
        rest = &rest[start + attribute.len()..];
        let indent = &attribute[..attribute.len() - attribute.trim_start().len()];
        let end = rest
            .find(&format!("\n{indent}}}"))
            .expect("a function ends");
        let (head, body) = rest[..end]
            .split_once("{\n")
            .expect("a function has a body");
        let (attributes, name) = head.split_once("fn ").expect("a test is a function");
        if !attributes.contains("#[ignore") {
            let (name, _) = name.split_once('(').expect("a function has parameters");
            tests
                .entry(name.to_owned())
                .or_default()
                .push(body.to_owned());
        }
    }
}

fn all_tests() -> Tests {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for folder in ["src", "tests"] {
        files_in(&root.join(folder), &mut files).unwrap();
    }
    let texts: Vec<_> = files
        .iter()
        .map(|file| fs::read_to_string(file).unwrap())
        .collect();
    let mut tests = Tests::new();
    for (file, text) in files.iter().zip(&texts) {
        // A file that nobody declares is not compiled.
        let module = match file.file_stem().unwrap().to_str().unwrap() {
            "mod" | "main" => file.parent().unwrap().file_stem().unwrap(),
            _ => file.file_stem().unwrap(),
        };
        let declaration = format!("mod {};", module.to_str().unwrap());
        let is_root = file.parent().unwrap().parent() == Some(root) || file.ends_with("main.rs");
        let declared = is_root || texts.iter().any(|text| text.contains(&declaration));
        if declared {
            tests_in(text, &mut tests);
        }
    }
    tests
}

#[test]
fn every_row_names_tests_that_are_run_and_that_assert_something() {
    let tests = all_tests();
    let asserts = ["assert", ".expect(", ".expect_", "unwrap_err()", "check("];
    let rows = rows();
    assert!(rows.len() > 100, "the tables have not been read");
    for [behaviour, _, _, named] in rows {
        let named: Vec<_> = named
            .split(", ")
            .map(|name| name.trim_matches('`'))
            .collect();
        assert!(!named.is_empty());
        for name in named {
            let bodies = tests.get(name).map_or(&[][..], Vec::as_slice);
            let [body] = bodies else {
                panic!("{behaviour}: there are {} tests {name}", bodies.len());
            };
            let holds = asserts.iter().any(|assert| body.contains(assert));
            assert!(holds, "{behaviour}: {name} asserts nothing");
        }
    }
}

#[test]
fn every_row_says_how_it_is_known_and_where_that_can_be_looked_up() {
    for [behaviour, known, source, _] in rows() {
        match (known, source) {
            ("assumed", "none") => continue,
            ("assumed" | "recorded" | "documented" | "client", _) => {}
            _ => panic!("{behaviour}: {known}"),
        }
        for source in source.split(' ').filter(|source| *source != "traffic") {
            let definition = format!("\n{source}: https://");
            assert!(FIDELITY.contains(&definition), "{behaviour}: {source}");
        }
        assert!(!source.contains("none"), "{behaviour}: {source}");
        let seen = source.contains("traffic") && known != "recorded";
        assert!(!seen, "{behaviour}: traffic is recorded");
    }
}

#[test]
fn every_source_is_used() {
    let (tables, sources) = FIDELITY.split_once("## Sources").unwrap();
    for line in sources.lines().filter(|line| line.contains("]: https://")) {
        let (name, _) = line.split_once(": ").unwrap();
        assert!(tables.contains(name), "{name}");
    }
}
