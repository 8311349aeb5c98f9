//! The oldest versions of the direct dependencies that `Cargo.toml` allows.

use std::{fs, path::Path};

use super::runner::{Error, Runner};

/// Builds the libraries in a copy of the project, whose lock file has the oldest versions.
///
/// Choosing them is unstable in cargo, which is told to allow it.
pub(super) fn check(runner: &Runner) -> Result<(), Error> {
    let copy = runner.root().join("target/minimal");
    let io = |error| Error::Io {
        path: copy.clone(),
        error,
    };
    if copy.exists() {
        fs::remove_dir_all(&copy).map_err(io)?;
    }
    let files = runner
        .output("git", &["ls-files"])
        .ok_or_else(|| Error::Other("git does not list the files of the project".to_owned()))?;
    for file in String::from_utf8_lossy(&files.stdout).lines() {
        let (from, to) = (runner.root().join(file), copy.join(file));
        if from.is_file() {
            fs::create_dir_all(to.parent().unwrap_or(Path::new("."))).map_err(io)?;
            fs::copy(from, to).map_err(io)?;
        }
    }
    fs::remove_file(copy.join("Cargo.lock")).map_err(io)?;
    let mut lock = runner.cargo_command(&["generate-lockfile", "-Zdirect-minimal-versions"]);
    runner.run(lock.current_dir(&copy).env("RUSTC_BOOTSTRAP", "1"))?;
    let mut check = runner.cargo_command(&[
        "check",
        "--locked",
        "--all-features",
        "--lib",
        "--package",
        "chat-rest",
        "--package",
        "chat",
        "--package",
        "chat-emulator",
    ]);
    let target = runner.root().join("target/minimal-target");
    runner.run(check.current_dir(&copy).env("CARGO_TARGET_DIR", target))
}
