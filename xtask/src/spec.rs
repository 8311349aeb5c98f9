//! `cargo xtask spec`: what is done with documents of the service.

mod compare;
mod diff;
mod file;
mod import;
mod lint;
mod new_version;
mod source;
mod swagger;

use std::{path::Path, process::ExitCode};

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Arguments {
    /// Check that the documents of spec/ are whole: ids, descriptions, error answers, examples
    Lint,
    /// Say what changed from one document to another, and what of it breaks a client
    Diff(diff::Arguments),
    /// Make a document of spec/ anew from the one that the service publishes
    Import(import::Arguments),
    /// Name a new version of the service in every place, and generate the client
    NewVersion(new_version::Arguments),
}

/// Runs the task and says how it went.
pub(crate) fn main(root: &Path, arguments: &Arguments) -> ExitCode {
    match arguments {
        Arguments::Lint => lint::main(root),
        Arguments::Diff(arguments) => diff::main(arguments),
        Arguments::Import(arguments) => import::main(root, arguments),
        Arguments::NewVersion(arguments) => new_version::main(root, arguments),
    }
}
