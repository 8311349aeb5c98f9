//! `cargo xtask spec diff`: what one version of a document has that another has not.

mod change;
mod operations;
mod schemas;

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use serde_json::{Value, json};

use super::source;
use change::{Change, Changes, Effect};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The document as it was: OpenAPI 3.0 or Swagger 2.0
    old: PathBuf,
    /// The document as it is: OpenAPI 3.0 or Swagger 2.0
    new: PathBuf,
    /// Print JSON instead of lines
    #[arg(long)]
    json: bool,
}

/// Prints how the documents differ. Differences are no failure.
pub(super) fn main(arguments: &Arguments) -> ExitCode {
    let read = |path: &Path| source::open_api(path);
    match read(&arguments.old).and_then(|old| Ok((old, read(&arguments.new)?))) {
        Ok((old, new)) => {
            let changes = diff(&old, &new);
            let text = if arguments.json { as_json } else { as_lines };
            print!("{}", text(&changes));
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// What is different, breaking changes first.
pub(super) fn diff(old: &Value, new: &Value) -> Vec<Change> {
    let mut changes = Changes::default();
    operations::compare(old, new, &mut changes);
    changes.sorted()
}

fn as_lines(changes: &[Change]) -> String {
    let breaking = changes
        .iter()
        .filter(|change| change.effect == Effect::Breaking);
    let (all, breaking) = (changes.len(), breaking.count());
    let lines = changes.iter().map(|change| format!("{change}\n"));
    format!(
        "{}{all} changes, {breaking} of them breaking\n",
        lines.collect::<String>()
    )
}

fn as_json(changes: &[Change]) -> String {
    let changes: Vec<_> = changes
        .iter()
        .map(|change| json!({"effect": change.effect.name(), "at": change.at, "what": change.what}))
        .collect();
    format!("{:#}\n", json!({ "changes": changes }))
}

#[cfg(test)]
mod tests;
