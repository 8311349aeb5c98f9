//! A program that does nothing, and what it takes to build it.

use std::{collections::BTreeSet, fs, path::Path};

use super::super::program::{cargo, run};

/// What it took to build a program.
#[derive(Clone, Debug)]
pub(super) struct Built {
    /// In seconds.
    pub(super) cpu: f64,
    /// Those that were compiled, without the program itself.
    pub(super) crates: BTreeSet<String>,
}

/// A package outside of the workspace.
#[derive(Debug)]
pub(super) struct Empty {
    folder: tempfile::TempDir,
}

impl Empty {
    /// With these dependencies, in the versions of the workspace: capital words stand for where a
    /// crate comes from.
    pub(super) fn new(root: &Path, dependencies: &str) -> Result<Self, String> {
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        let (path, io) = (folder.path(), |error: std::io::Error| error.to_string());
        let root = root.canonicalize().map_err(io)?;
        let manifest = fs::read_to_string(root.join("Cargo.toml")).map_err(io)?;
        let mut dependencies =
            dependencies.replace("CHAT", &format!("path = {:?}", root.join("crates/chat")));
        for name in ["reqwest", "serde", "tokio"] {
            let version = version(&manifest, name)
                .ok_or_else(|| format!("Cargo.toml does not say which {name}"))?;
            let version = format!("version = {version:?}");
            dependencies = dependencies.replace(&name.to_uppercase(), &version);
        }
        fs::write(
            path.join("Cargo.toml"),
            format!(
                "[package]\nname = \"empty\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
                 [dependencies]\n{dependencies}\n\n[workspace]\n"
            ),
        )
        .map_err(io)?;
        fs::create_dir(path.join("src")).map_err(io)?;
        fs::write(path.join("src/main.rs"), "fn main() {}\n").map_err(io)?;
        // The same versions; those that are not needed cargo removes.
        fs::copy(root.join("Cargo.lock"), path.join("Cargo.lock")).map_err(io)?;
        Ok(Self { folder })
    }

    /// Builds it from nothing.
    pub(super) fn build(&self) -> Result<Built, String> {
        let target = tempfile::tempdir().map_err(|error| error.to_string())?;
        let mut command = cargo(self.folder.path());
        command.args(["build", "--offline", "--message-format=json"]);
        command.env("CARGO_TARGET_DIR", target.path());
        let before = cpu_of_children()?;
        let (messages, _) = run(&mut command)?;
        let cpu = cpu_of_children()? - before;
        let crates = messages.lines().filter_map(|line| {
            let message: serde_json::Value = serde_json::from_str(line).ok()?;
            name(message["package_id"].as_str()?)
        });
        let mut crates: BTreeSet<_> = crates.collect();
        crates.remove("empty");
        Ok(Built { cpu, crates })
    }
}

/// The version of a dependency in the manifest of the workspace.
fn version(manifest: &str, name: &str) -> Option<String> {
    let start = format!("{name} = ");
    let line = manifest.lines().find(|line| line.starts_with(&start))?;
    line.split('"').nth(1).map(str::to_owned)
}

/// The name of a package, by its id for cargo: `…#name@version`, or `…/name#version` where the folder
/// has the name.
fn name(id: &str) -> Option<String> {
    let (place, rest) = id.rsplit_once('#')?;
    let name = match rest.split_once('@') {
        Some((name, _)) => name,
        None => place.rsplit('/').next()?,
    };
    Some(name.to_owned())
}

/// The CPU seconds of all processes that this one has started and seen end, and of theirs.
fn cpu_of_children() -> Result<f64, String> {
    /// That of all systems that have `/proc`.
    const TICKS_A_SECOND: f64 = 100.0;
    let stat = fs::read_to_string("/proc/self/stat")
        .map_err(|error| format!("the system does not say the CPU time: {error}"))?;
    children(&stat)
        .map(|ticks| ticks / TICKS_A_SECOND)
        .ok_or_else(|| "the system says the CPU time in an unknown way".to_owned())
}

/// The sum of the fields `cutime` and `cstime`, 16 and 17; the name, which is 2, may have spaces.
fn children(stat: &str) -> Option<f64> {
    let (_, rest) = stat.rsplit_once(')')?;
    let mut fields = rest.split_whitespace().skip(13);
    let mut next = || fields.next()?.parse::<f64>().ok();
    Some(next()? + next()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_package_is_read_from_its_id() {
        let registry = "registry+https://example.com/index#serde@1.0.0";
        assert_eq!(name(registry).as_deref(), Some("serde"));
        assert_eq!(name("path+file:///a/chat#0.1.0").as_deref(), Some("chat"));
        assert_eq!(
            name("path+file:///tmp/x#empty@0.0.0").as_deref(),
            Some("empty")
        );
        assert_eq!(name("serde"), None);
    }

    #[test]
    fn the_time_of_children_is_read_whatever_the_name_of_the_process() {
        let stat = "7 (a) b) S 1 1 1 0 -1 4 10 20 30 40 50 60 700 80 20 0 1 0";
        assert_eq!(children(stat), Some(780.0));
        assert_eq!(children("7"), None);
    }

    #[test]
    fn a_version_is_that_of_the_workspace() {
        let manifest = "serde_json = \"2\"\nserde = { version = \"1.5\", features = [] }\n";
        assert_eq!(version(manifest, "serde").as_deref(), Some("1.5"));
        assert_eq!(version(manifest, "serde_json").as_deref(), Some("2"));
        assert_eq!(version(manifest, "tokio"), None);
    }
}
