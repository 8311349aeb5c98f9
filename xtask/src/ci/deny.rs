//! Licences, sources, banned packages, and advisories.

use super::{
    packages,
    runner::{Error, Runner},
};

/// Everything blocks but advisories whose database cannot be reached: that is said, and is no reason
/// to stop.
pub(super) fn check(runner: &Runner) -> Result<(), Error> {
    packages::cargo_tool(runner, "cargo-deny")?;
    runner.cargo(&[
        "deny",
        "--locked",
        "--log-level",
        "error",
        "check",
        "licenses",
        "bans",
        "sources",
    ])?;
    if !runner.has("cargo", &["deny", "--locked", "fetch", "db"]) {
        println!("the database of advisories is out of reach: advisories were not checked");
        return Ok(());
    }
    runner.cargo(&["deny", "--locked", "check", "--disable-fetch", "advisories"])
}
