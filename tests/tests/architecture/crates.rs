//! Which crates of the workspace depend on which, by their manifests.

use std::collections::BTreeMap;
use std::process::Command;

use serde_json::Value;

/// What a crate of the workspace may depend on: in its library and programs, and in its tests.
type May = (&'static [&'static str], &'static [&'static str]);

const ALL: &[&str] = &["chat", "chat-archive", "chat-emulator", "chat-rest"];

const RULES: [(&str, May); 8] = [
    ("chat-rest", (&[], &[])),
    ("chat", (&["chat-rest"], &["chat-emulator"])),
    ("chat-archive", (&["chat"], &["chat-emulator"])),
    ("chat-emulator", (&[], &[])),
    ("chat-tests", (ALL, ALL)),
    ("chat-bench", (ALL, ALL)),
    ("chat-bench-server", (&[], &[])),
    ("xtask", (&[], &[])),
];

/// What `cargo metadata` says of the crates of the workspace: for each, what it depends on, and whether only
/// its tests do.
fn dependencies() -> BTreeMap<String, Vec<(String, bool)>> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["metadata", "--no-deps", "--offline", "--format-version=1"]);
    let output = cargo.current_dir(super::workspace()).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let name = |value: &Value| value["name"].as_str().unwrap().to_owned();
    packages
        .iter()
        .map(|package| {
            let dependencies = package["dependencies"].as_array().unwrap();
            let dependencies = dependencies
                .iter()
                .map(|dependency| (name(dependency), dependency["kind"] == "dev"));
            (name(package), dependencies.collect())
        })
        .collect()
}

/// The dependencies on crates of the workspace that no rule allows.
fn against(rules: &[(&str, May)]) -> Vec<String> {
    let found = dependencies();
    let mut against = Vec::new();
    for (name, dependencies) in &found {
        let Some((_, (always, tests))) = rules.iter().find(|(crate_name, _)| crate_name == name)
        else {
            against.push(format!("{name} has no rule"));
            continue;
        };
        for (other, is_test) in dependencies {
            let allowed =
                always.contains(&other.as_str()) || *is_test && tests.contains(&other.as_str());
            if found.contains_key(other) && !allowed {
                against.push(format!("{name} depends on {other}"));
            }
        }
    }
    against
}

#[test]
fn crates_depend_on_those_they_may_know() {
    assert_eq!(against(&RULES), [""; 0]);
}

#[test]
fn a_dependency_that_no_rule_allows_is_found() {
    let mut rules = RULES.to_vec();
    rules[1] = ("chat", (&[], &[]));
    rules.pop();
    assert_eq!(
        against(&rules),
        [
            "chat depends on chat-rest",
            "chat depends on chat-emulator",
            "xtask has no rule"
        ]
    );
}
