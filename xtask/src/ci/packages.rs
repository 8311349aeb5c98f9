//! Installing what the stages need and a machine may lack.

use super::runner::{Error, Runner};

/// The packages of Debian, each with how to tell that it is there. The feature native-tls links the
/// system's OpenSSL; what requests cost is counted by valgrind; the emulator is tested in a browser, and
/// with packages of Python and Node, which `tests/sdk/run` installs.
const PACKAGES: &[(&[&str], &[&[&str]])] = &[
    (
        &["libssl-dev", "pkg-config"],
        &[&["pkg-config", "--exists", "openssl"]],
    ),
    (
        &["chromium", "chromium-driver"],
        &[&["chromium", "--version"], &["chromedriver", "--version"]],
    ),
    (&["valgrind"], &[&["valgrind", "--version"]]),
    (
        &["python3-venv"],
        &[&["python3", "-c", "import ensurepip, venv"]],
    ),
    (
        &["nodejs", "npm"],
        &[&["node", "--version"], &["npm", "--version"]],
    ),
];

/// Tools that are built from the crate registry, in the version that is tried.
const TOOLS: &[(&str, &str)] = &[("cargo-deny", "0.20.2"), ("cargo-hack", "0.6.46")];

/// Installs what is missing for the stages that run on each change.
pub(super) fn install(runner: &Runner) -> Result<(), Error> {
    let is_there = |checks: &[&[&str]]| {
        checks.iter().all(|check| match check {
            [program, arguments @ ..] => runner.has(program, arguments),
            [] => true,
        })
    };
    let missing: Vec<&str> = PACKAGES
        .iter()
        .filter(|(_, checks)| !is_there(checks))
        .flat_map(|(packages, _)| packages.iter().copied())
        .collect();
    if !missing.is_empty() {
        runner.program("apt-get", &["update", "-q"])?;
        let install = ["install", "-qy", "--no-install-recommends"];
        runner.program("apt-get", &[&install, missing.as_slice()].concat())?;
    }
    cargo_tool(runner, "cargo-deny")
}

/// Installs a tool unless it is there.
pub(super) fn cargo_tool(runner: &Runner, name: &str) -> Result<(), Error> {
    let Some((name, version)) = TOOLS.iter().find(|(tool, _)| *tool == name) else {
        return Err(Error::Other(format!("no version of {name} is known")));
    };
    if runner.has(name, &["--version"]) {
        return Ok(());
    }
    runner.cargo(&["install", "--locked", "--quiet", name, "--version", version])
}
