//! The oldest Rust that builds the project, as far as that can be told without having it.

use serde::Deserialize;

use super::runner::{Error, Runner};

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    workspace_members: Vec<String>,
}

#[derive(Deserialize)]
struct Package {
    id: String,
    name: String,
    version: String,
    rust_version: Option<String>,
}

/// Fails where a dependency, in the version of the lock file, asks for a newer Rust than the workspace.
pub(super) fn check(runner: &Runner) -> Result<(), Error> {
    let mut command = runner.cargo_command(&["metadata", "--locked", "--format-version", "1"]);
    let output = command.output().map_err(|error| Error::Start {
        command: "cargo metadata".to_owned(),
        error,
    })?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(Error::Other(format!("cargo metadata: {said}")));
    }
    let metadata: Metadata = serde_json::from_slice(&output.stdout)
        .map_err(|error| Error::Other(format!("cargo metadata: {error}")))?;
    let newer = newer(&metadata);
    if newer.is_empty() {
        return Ok(());
    }
    Err(Error::Other(format!(
        "these ask for a newer Rust than `rust-version` in Cargo.toml: {}",
        newer.join(", ")
    )))
}

/// The dependencies that ask for a newer Rust than any member of the workspace says.
fn newer(metadata: &Metadata) -> Vec<String> {
    let (members, others): (Vec<_>, Vec<_>) = metadata
        .packages
        .iter()
        .partition(|package| metadata.workspace_members.contains(&package.id));
    let oldest = members.into_iter().filter_map(rust_version).min();
    others
        .into_iter()
        .filter(|package| rust_version(package) > oldest)
        .map(|package| {
            let asked = package.rust_version.as_deref().unwrap_or_default();
            format!("{} {} ({asked})", package.name, package.version)
        })
        .collect()
}

/// Major and minor version, and patch.
fn rust_version(package: &Package) -> Option<[u32; 3]> {
    let mut numbers = package.rust_version.as_ref()?.split('.');
    let mut next = || match numbers.next() {
        Some(number) => number.parse().ok(),
        None => Some(0),
    };
    Some([next()?, next()?, next()?])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str, rust_version: Option<&str>) -> Package {
        Package {
            id: name.to_owned(),
            name: name.to_owned(),
            version: "1.0.0".to_owned(),
            rust_version: rust_version.map(str::to_owned),
        }
    }

    #[test]
    fn what_asks_for_a_newer_rust_is_named() {
        let metadata = Metadata {
            packages: vec![
                package("own", Some("1.89")),
                package("silent", None),
                package("old", Some("1.9")),
                package("equal", Some("1.89.0")),
                package("patch", Some("1.89.1")),
                package("new", Some("1.100")),
            ],
            workspace_members: vec!["own".to_owned()],
        };
        assert_eq!(
            newer(&metadata),
            ["patch 1.0.0 (1.89.1)", "new 1.0.0 (1.100)"]
        );
    }
}
