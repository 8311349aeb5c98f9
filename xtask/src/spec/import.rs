//! `cargo xtask spec import`: a document of `spec/`, made of the one that the service publishes.
//!
//! What is published decides what there is: operations, parameters, media types, statuses, fields,
//! types and values. What the project has found out and written stays: ids, facts, descriptions,
//! examples, error answers, and which fields may be missing. What is new is marked with what is
//! still to be written of it, and nothing is generated before that is done.

pub(super) mod merge;
mod names;
mod operations;
pub(super) mod order;
mod schemas;

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use serde_json::{Value, json};

use super::{compare, file, source};
use crate::{document, lower::TO_BE_WRITTEN, walk};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The published document: Swagger 2.0 or OpenAPI 3.0; what it refers to is read beside it
    file: PathBuf,
    /// Which document of spec/ it becomes
    #[arg(long, value_parser = document::DOCUMENTS.to_vec())]
    into: String,
}

/// Rewrites a document of `spec/`, and says what changed in it.
pub(super) fn main(root: &Path, arguments: &Arguments) -> ExitCode {
    match run(root, arguments) {
        Ok(report) => {
            print!("{report}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(root: &Path, arguments: &Arguments) -> Result<String, file::Error> {
    let path = root.join(document::path_of(&arguments.into));
    let io = |error| file::Error::Io {
        path: path.clone(),
        error,
    };
    let published = source::open_api(&arguments.file)?;
    let text = fs::read_to_string(&path).map_err(io)?;
    let old = file::json(&path)?;
    let merged = merge::merge(&old, &published);
    fs::write(&path, order::write(&merged.document, &text)).map_err(io)?;
    Ok(report(&old, &merged))
}

/// What changed, what was decided, and how much is to be written.
fn report(old: &Value, merged: &merge::Merged) -> String {
    let changes = compare::compare(old, &merged.document);
    let lines = changes.iter().map(ToString::to_string);
    let notes = merged
        .notes
        .iter()
        .map(|note| format!("note        {note}"));
    let mut report: String = lines.chain(notes).map(|line| line + "\n").collect();
    let marks = marks(&merged.document);
    report += &format!(
        "{} changes; {marks} things are to be written\n",
        changes.len()
    );
    report
}

/// Marks that `key` of a node is to be written, for which the published document has `published`.
fn mark(node: &mut Value, key: &str, published: &Value) {
    if let Some(entries) = node.as_object_mut() {
        entries.remove(key);
        let marks = entries.entry(TO_BE_WRITTEN).or_insert_with(|| json!({}));
        marks[key] = match published {
            Value::Null => "".into(),
            published => published.clone(),
        };
    }
}

fn marks(document: &Value) -> usize {
    let mut count = 0;
    walk::objects(document, &mut |_, node| {
        let marks = node.get(TO_BE_WRITTEN).and_then(Value::as_object);
        count += marks.map_or(0, serde_json::Map::len);
    });
    count
}

#[cfg(test)]
mod tests;
