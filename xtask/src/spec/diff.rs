//! `cargo xtask spec diff`: how two documents differ.

use std::{path::PathBuf, process::ExitCode};

use serde_json::{Value, json};

use super::{
    compare::{self, Change, Effect},
    file::Error,
    import::merge,
    source,
};
use crate::{lower::REPEAT, walk};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The document as it was: OpenAPI 3.0 or Swagger 2.0
    old: PathBuf,
    /// The document as it is: OpenAPI 3.0 or Swagger 2.0. Where the old one is of spec/ and this one
    /// is not, the differences are those that `import` would bring into it
    new: PathBuf,
    /// Print JSON instead of lines
    #[arg(long)]
    json: bool,
}

/// Prints how the documents differ. Differences are no failure.
pub(super) fn main(arguments: &Arguments) -> ExitCode {
    match run(arguments) {
        Ok(text) => {
            print!("{text}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<String, Error> {
    let old = source::open_api(&arguments.old)?;
    let new = source::open_api(&arguments.new)?;
    let changes = compare::compare(&old, &comparable(&old, &new));
    let versions = [&old, &new].map(|document| document["info"]["version"].as_str());
    let versions = versions.map(|version| version.unwrap_or("unknown"));
    Ok(match arguments.json {
        true => as_json(versions, &changes),
        false => as_lines(versions, &changes),
    })
}

/// The new document with what only the project's documents have, where the old one is of those:
/// their ids, limits and answers of failure are no news of the service.
fn comparable(old: &Value, new: &Value) -> Value {
    let is_of_project = |document: &Value| {
        let mut operations = walk::operations(document).into_iter();
        operations.any(|operation| operation.node.get(REPEAT).is_some())
    };
    match is_of_project(old) && !is_of_project(new) {
        true => merge::merge(old, new).document,
        false => new.clone(),
    }
}

fn breaking(changes: &[Change]) -> usize {
    let is_breaking = |change: &&Change| change.effect == Effect::Breaking;
    changes.iter().filter(is_breaking).count()
}

fn as_lines([from, to]: [&str; 2], changes: &[Change]) -> String {
    let lines = changes.iter().map(|change| format!("{change}\n"));
    format!(
        "{}from {from} to {to}: changes {}, of them breaking {}\n",
        lines.collect::<String>(),
        changes.len(),
        breaking(changes)
    )
}

fn as_json([from, to]: [&str; 2], changes: &[Change]) -> String {
    let breaking = breaking(changes);
    let changes: Vec<_> = changes
        .iter()
        .map(|change| json!({"effect": change.effect.name(), "at": change.at, "what": change.what}))
        .collect();
    let all = json!({ "from": from, "to": to, "breaking": breaking, "changes": changes });
    format!("{all:#}\n")
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::*;
    use crate::lower::testing;

    fn diff(old: &Value, new: &Value, json: bool) -> String {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, document: &Value| {
            let path = folder.path().join(name);
            fs::write(&path, document.to_string()).unwrap();
            path
        };
        let (old, new) = (write("old", old), write("new", new));
        run(&Arguments { old, new, json }).unwrap()
    }

    #[test]
    fn breaking_changes_come_first_and_the_last_line_counts() {
        let (old, mut new) = (testing::document(), testing::document());
        new["info"]["version"] = json!("2");
        let patch = new["paths"]["/things/{id}"]["patch"].take();
        new["paths"]["/others/{id}"] =
            json!({ "parameters": new["paths"]["/things/{id}"]["parameters"], "patch": patch });
        new["paths"]["/things/{id}"]
            .as_object_mut()
            .unwrap()
            .remove("patch");

        assert_eq!(
            diff(&old, &new, false),
            "breaking    PATCH /things/{}: removed\n\
             compatible  PATCH /others/{}: added\n\
             from 2025-01-01 to 2: changes 2, of them breaking 1\n"
        );
        let printed: Value = serde_json::from_str(&diff(&old, &new, true)).unwrap();
        assert_eq!(
            printed,
            json!({"from": "2025-01-01", "to": "2", "breaking": 1, "changes": [
                {"effect": "breaking", "at": "PATCH /things/{}", "what": "removed"},
                {"effect": "compatible", "at": "PATCH /others/{}", "what": "added"},
            ]})
        );
    }

    #[test]
    fn what_only_the_project_writes_is_no_news_of_the_service() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let arguments = Arguments {
            old: root.join("../spec/identity.json"),
            new: root.join("src/spec/import/testdata/identity-2026-09-23.json"),
            json: false,
        };

        let text = run(&arguments).unwrap();

        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines.len(), 5, "{text}");
        assert_eq!(
            lines[4],
            "from 2023-10-01 to 2026-09-23: changes 4, of them breaking 0"
        );
    }
}
