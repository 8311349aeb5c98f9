//! The oldest versions of the direct dependencies that `Cargo.toml` allows.

use std::{fs, path::Path};

use super::runner::{Error, Runner};

/// What users add to their programs.
const LIBRARIES: [&str; 4] = ["chat-rest", "chat", "chat-emulator", "chat-archive"];

/// Builds the libraries in a copy of the project, whose lock file has the oldest versions.
///
/// What only their tests and the other crates of the workspace need is left out there, for it would ask for
/// newer versions than the libraries do. Choosing the oldest is unstable in cargo, which is told to
/// allow it.
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
        if !from.is_file() || file == "Cargo.lock" {
            continue;
        }
        fs::create_dir_all(to.parent().unwrap_or(Path::new("."))).map_err(io)?;
        if file.ends_with("Cargo.toml") {
            let manifest = fs::read_to_string(from).map_err(io)?;
            fs::write(to, of_libraries(&manifest)).map_err(io)?;
        } else {
            fs::copy(from, to).map_err(io)?;
        }
    }
    let mut lock = runner.cargo_command(&["generate-lockfile", "-Zdirect-minimal-versions"]);
    runner.run(lock.current_dir(&copy).env("RUSTC_BOOTSTRAP", "1"))?;
    let mut check = runner.cargo_command(&["check", "--locked", "--all-features", "--lib"]);
    for library in LIBRARIES {
        check.args(["--package", library]);
    }
    let target = runner.root().join("target/minimal-target");
    runner.run(check.current_dir(&copy).env("CARGO_TARGET_DIR", target))
}

/// A manifest without what only tests need, and without members of the workspace that are no libraries.
fn of_libraries(manifest: &str) -> String {
    let mut is_left_out = false;
    let mut kept = String::new();
    for line in manifest.lines() {
        if line.starts_with('[') {
            is_left_out = line == "[dev-dependencies]";
        }
        if !is_left_out {
            let members = line.starts_with("members = ");
            kept += if members {
                "members = [\"crates/*\"]"
            } else {
                line
            };
            kept.push('\n');
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_tests_need_is_left_out() {
        let manifest =
            "[dependencies]\na = \"1\"\n\n[dev-dependencies]\nb = \"1\"\n\n[[bin]]\nname = \"c\"\n";
        assert_eq!(
            of_libraries(manifest),
            "[dependencies]\na = \"1\"\n\n[[bin]]\nname = \"c\"\n"
        );
    }

    #[test]
    fn members_of_the_workspace_that_are_no_libraries_are_left_out() {
        let manifest = include_str!("../../../Cargo.toml");
        assert!(manifest.contains("\"xtask\"]\n"));
        let kept = of_libraries(manifest);
        assert!(kept.contains("\nmembers = [\"crates/*\"]\n"), "{kept}");
        assert_eq!(kept.lines().count(), manifest.lines().count());
    }
}
