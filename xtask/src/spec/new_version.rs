//! `cargo xtask spec new-version`: a version of the service in every place that names it.
//!
//! What the version has is said by its document: `cargo xtask spec import` makes that. Whatever else
//! is to be done is named by failing tests; `CONTRIBUTING.md` has the list.

mod mentions;

use std::{fs, io, path::Path, process::ExitCode};

use super::{file, import::order};
use crate::{document, generate};

/// Which versions the emulator speaks.
const VERSIONS: &str = "crates/chat-emulator/src/wire/version.rs";

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The version, such as 2026-10-01 or 2026-10-01-preview
    #[arg(value_parser = version)]
    version: String,
    /// Of which document of spec/
    #[arg(long, value_parser = document::DOCUMENTS.to_vec())]
    of: String,
}

#[derive(Debug, thiserror::Error)]
enum Error {
    #[error(transparent)]
    File(#[from] file::Error),
    #[error("{path}: {error}")]
    Io { path: String, error: io::Error },
    #[error("{path}: `{anchor}` is there {count} times, and not once")]
    Anchor {
        path: String,
        anchor: String,
        count: usize,
    },
}

/// Takes a date, and `-preview` after it.
fn version(text: &str) -> Result<String, String> {
    let date = text.strip_suffix("-preview").unwrap_or(text);
    let is_date = date.len() == 10
        && date.bytes().enumerate().all(|(index, byte)| match index {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    is_date
        .then(|| text.to_owned())
        .ok_or_else(|| "no date".to_owned())
}

/// Rewrites all places, and generates the client.
pub(super) fn main(root: &Path, arguments: &Arguments) -> ExitCode {
    match run(root, &arguments.of, &arguments.version) {
        Ok(Rewritten { before, changed }) => {
            changed.iter().for_each(|path| println!("changed {path}"));
            if let Some(before) = before {
                println!(
                    "\nThese name {before}: look at each whether it is to name the new version"
                );
                mentions::of(root, &before)
                    .iter()
                    .for_each(|place| println!("  {place}"));
            }
            println!("\nCONTRIBUTING.md says how to go on");
            generate::main(root, &generate::Arguments { check: false })
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// What a new version changes without anybody's help.
struct Rewritten {
    /// The version before, if there was another.
    before: Option<String>,
    /// The files that have changed.
    changed: Vec<String>,
}

/// Rewrites what does not name the version yet.
fn run(root: &Path, name: &str, version: &str) -> Result<Rewritten, Error> {
    let document = document::path_of(name);
    let mut json = file::json(&root.join(&document))?;
    json["info"]["version"] = version.into();
    json["components"]["parameters"]["ApiVersion"]["schema"]["default"] = version.into();
    let (page, list) = match name {
        "chat" => ("Chat api-version ", "    ChatVersion {\n"),
        _ => ("identity api-version ", "    IdentityVersion {\n"),
    };
    let before = read(root, &document)?;
    // The document may have the new version already, by an import: the emulator's list tells which was before.
    let old = last_version(&read(root, VERSIONS)?, list, version);
    let mut after = order::write(&json, &before);
    if let Some(old) = &old {
        let in_links = |version: &str| format!("api-version={version}");
        after = after.replace(&in_links(old), &in_links(version));
    }
    // All in memory first: a place that is not as expected leaves nothing half done.
    let mut files = vec![(document, before, after)];
    for (path, anchor, rewrite) in [
        (
            VERSIONS,
            list,
            with_variant as fn(&str, &str, &str) -> String,
        ),
        ("crates/chat/README.md", page, with_word),
    ] {
        let before = read(root, path)?;
        let count = before.matches(anchor).count();
        if count != 1 {
            return Err(Error::Anchor {
                path: path.to_owned(),
                anchor: anchor.to_owned(),
                count,
            });
        }
        let after = rewrite(&before, anchor, version);
        files.push((path.to_owned(), before, after));
    }
    files.retain(|(_, before, after)| before != after);
    for (path, _, text) in &files {
        let error = |error| Error::Io {
            path: path.clone(),
            error,
        };
        fs::write(root.join(path), text).map_err(error)?;
    }
    Ok(Rewritten {
        before: old,
        changed: files.into_iter().map(|(path, ..)| path).collect(),
    })
}

/// The last version but `version` of a list, which begins with `anchor`.
fn last_version(text: &str, anchor: &str, version: &str) -> Option<String> {
    let (_, list) = text.split_once(anchor)?;
    let (list, _) = list.split_once("    }\n")?;
    let mut versions = list.lines().filter_map(|line| line.split('"').nth(1));
    let last = versions.rfind(|other| *other != version);
    last.map(str::to_owned)
}

fn read(root: &Path, path: &str) -> Result<String, Error> {
    fs::read_to_string(root.join(path)).map_err(|error| Error::Io {
        path: path.to_owned(),
        error,
    })
}

/// Puts a version in the place of the one that follows `anchor`.
fn with_word(text: &str, anchor: &str, version: &str) -> String {
    let (before, rest) = text.split_once(anchor).unwrap_or((text, ""));
    let after = rest.trim_start_matches(|char: char| char.is_ascii_alphanumeric() || char == '-');
    format!("{before}{anchor}{version}{after}")
}

/// Adds a version after the last one of a list, which begins with `anchor`.
fn with_variant(text: &str, anchor: &str, version: &str) -> String {
    let name = version.replace('-', "_").replace("_preview", "Preview");
    let line = format!("        V{name} = \"{version}\",\n");
    let (before, list) = text.split_once(anchor).unwrap_or((text, ""));
    if list.contains(&line) {
        return text.to_owned();
    }
    let (list, after) = list.split_once("    }\n").unwrap_or((list, ""));
    format!("{before}{anchor}{list}{line}    }}\n{after}")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A root with the files that are rewritten.
    fn root() -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        let project = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        for path in [
            "spec/chat.json",
            "spec/identity.json",
            "crates/chat-emulator/src/wire/version.rs",
            "crates/chat/README.md",
        ] {
            fs::create_dir_all(root.path().join(path).parent().unwrap()).unwrap();
            fs::copy(project.join(path), root.path().join(path)).unwrap();
        }
        root
    }

    #[test]
    fn a_version_is_named_in_the_document_the_emulator_and_the_page() {
        for (name, words, list) in [
            (
                "chat",
                "Chat api-version 2031-01-31-preview,",
                "ChatVersion",
            ),
            (
                "identity",
                "identity api-version 2031-01-31-preview.",
                "IdentityVersion",
            ),
        ] {
            let root = root();
            // As an import leaves it.
            let path = root.path().join(document::path_of(name));
            let mut json = file::json(&path).unwrap();
            let old = json["info"]["version"].as_str().unwrap().to_owned();
            json["info"]["version"] = "2031-01-31-preview".into();
            fs::write(&path, json.to_string()).unwrap();

            let rewritten = run(root.path(), name, "2031-01-31-preview").unwrap();

            assert_eq!(rewritten.changed.len(), 3);
            let document = read(root.path(), &document::path_of(name)).unwrap();
            assert!(!document.contains(&old), "{name}");
            assert_eq!(rewritten.before, Some(old), "{name}");
            let json = file::json(&root.path().join(document::path_of(name))).unwrap();
            assert_eq!(json["info"]["version"], "2031-01-31-preview");
            let default = &json["components"]["parameters"]["ApiVersion"]["schema"]["default"];
            assert_eq!(default, "2031-01-31-preview");
            assert!(
                read(root.path(), "crates/chat/README.md")
                    .unwrap()
                    .contains(words)
            );
            let versions = read(root.path(), "crates/chat-emulator/src/wire/version.rs").unwrap();
            let (_, versions) = versions.split_once(&format!("    {list} {{\n")).unwrap();
            let (versions, _) = versions.split_once("    }\n").unwrap();
            let last = versions.lines().last().unwrap().trim();
            assert_eq!(last, "V2031_01_31Preview = \"2031-01-31-preview\",");
        }
    }

    #[test]
    fn what_is_not_as_expected_changes_nothing() {
        let root = root();
        fs::write(root.path().join("crates/chat/README.md"), "nothing").unwrap();
        let before = read(root.path(), "spec/chat.json").unwrap();

        let error = run(root.path(), "chat", "2031-01-31").err().unwrap();

        assert!(
            error
                .to_string()
                .starts_with("crates/chat/README.md: `Chat api-version `"),
            "{error}"
        );
        assert_eq!(read(root.path(), "spec/chat.json").unwrap(), before);
    }

    #[test]
    fn what_names_the_version_already_stays_as_it_is() {
        let root = root();
        run(root.path(), "chat", "2031-01-31").unwrap();

        let again = run(root.path(), "chat", "2031-01-31").unwrap();

        assert_eq!(again.changed, Vec::<String>::new());
    }

    #[test]
    fn a_version_is_a_date_with_or_without_preview() {
        assert!(version("2031-01-31").is_ok());
        assert!(version("2031-01-31-preview").is_ok());
        for text in [
            "",
            "tomorrow",
            "2031-1-31",
            "2031-01-31-beta",
            "2031-01-31\"",
        ] {
            assert!(version(text).is_err(), "{text}");
        }
    }
}
