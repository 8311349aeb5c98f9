//! The public API of `chat`, as text that is reviewed: a change of it shows in the change's own diff.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use similar::TextDiff;

use super::runner::{Error, Runner};
use crate::document::normalise_line_endings;

/// Where the reviewed text stands.
const SNAPSHOT: &str = "crates/chat/public-api.txt";

/// A program that runs rustdoc with its unstable options, which only it is to have: with the variable
/// set for the whole build, everything would be built again.
const RUSTDOC: &str = "xtask/src/ci/unstable-rustdoc";

/// Lets the rustdoc of a command use what is unstable: JSON, and the badges of features.
pub(super) fn allow_unstable(runner: &Runner, command: &mut Command) -> Result<(), Error> {
    let path = runner.root().join(RUSTDOC);
    let path = path.canonicalize().map_err(|error| Error::Io {
        path: path.clone(),
        error,
    })?;
    command.env("RUSTDOC", path);
    Ok(())
}

/// Compares the API with the reviewed text.
pub(super) fn check(runner: &Runner) -> Result<(), Error> {
    let found = current(runner)?;
    let path = runner.root().join(SNAPSHOT);
    let reviewed = fs::read_to_string(&path).map_err(|error| Error::Io { path, error })?;
    let diff = difference(&normalise_line_endings(&reviewed), &found);
    if diff.is_empty() {
        return Ok(());
    }
    print!("{diff}");
    Err(Error::Other(format!(
        "the public API is not the one in {SNAPSHOT}; if it is meant so, run `cargo xtask ci --accept-api`"
    )))
}

/// Writes the API as it is.
pub(super) fn accept(runner: &Runner) -> Result<(), Error> {
    let found = current(runner)?;
    let path = runner.root().join(SNAPSHOT);
    fs::write(&path, found).map_err(|error| Error::Io { path, error })
}

fn difference(reviewed: &str, found: &str) -> String {
    TextDiff::from_lines(reviewed, found)
        .unified_diff()
        .context_radius(0)
        .header(SNAPSHOT, "as it is")
        .to_string()
}

/// The public items, one a line. What is implemented for all types, or derived, is left out.
fn current(runner: &Runner) -> Result<String, Error> {
    let json = rustdoc_json(runner)?;
    let api = public_api::Builder::from_rustdoc_json(&json)
        .omit_blanket_impls(true)
        .omit_auto_trait_impls(true)
        .omit_auto_derived_impls(true)
        .build()
        .map_err(|error| Error::Other(format!("{}: {error}", json.display())))?;
    Ok(api.items().map(|item| format!("{item}\n")).collect())
}

fn rustdoc_json(runner: &Runner) -> Result<PathBuf, Error> {
    let mut command = runner.cargo_command(&[
        "rustdoc",
        "--quiet",
        "--package",
        "chat",
        "--lib",
        "--all-features",
        "--locked",
        "--",
        "-Zunstable-options",
        "--output-format=json",
        "--cap-lints=allow",
    ]);
    allow_unstable(runner, &mut command)?;
    runner.run(&mut command)?;
    let target = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    let target = target.unwrap_or_else(|| runner.root().join("target"));
    Ok(target.join(Path::new("doc/chat.json")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_is_shown_as_the_lines_that_changed() {
        let diff = difference("pub fn a()\npub fn b()\n", "pub fn a()\npub fn c()\n");

        assert!(diff.contains("-pub fn b()\n+pub fn c()\n"), "{diff}");
        assert!(!diff.contains(" pub fn a()"), "{diff}");
        assert_eq!(difference("x\n", "x\n"), "");
    }
}
