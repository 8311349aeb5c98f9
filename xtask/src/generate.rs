//! `cargo xtask generate`: the generated files of `chat-rest` and what fuzzers begin with, written or compared.

mod seeds;

use std::{
    fs, io,
    path::{Path, PathBuf},
    process::ExitCode,
};

use similar::TextDiff;

use crate::{
    document::{self, DOCUMENTS, Document},
    refusal::Refusal,
    render::render,
};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Write nothing; show how the files differ from what would be written, and fail if they do
    #[arg(long)]
    pub(crate) check: bool,
}

#[derive(Debug, thiserror::Error)]
enum Error {
    #[error("cannot lower {path}: {refusal}")]
    Refused { path: String, refusal: Refusal },
    #[error("{path}: {error}", path = path.display())]
    Io { path: PathBuf, error: io::Error },
    #[error("the generated files are not those of the documents; run `cargo xtask generate`")]
    Drift { diff: String },
}

/// Runs the task and says how it went.
pub(crate) fn main(root: &Path, arguments: &Arguments) -> ExitCode {
    match run(root, arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            if let Error::Drift { diff } = &error {
                print!("{diff}");
            }
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(root: &Path, arguments: &Arguments) -> Result<(), Error> {
    // All in memory first: a document that is refused leaves no file half written.
    let mut files = Vec::new();
    for name in DOCUMENTS {
        files.extend(generated(root, name)?);
    }
    if arguments.check {
        return compare(root, &files);
    }
    files
        .iter()
        .try_for_each(|(path, text)| write(&root.join(path), text))
}

/// Where the generated file of a document stands, from the root of the project.
fn generated_path(name: &str) -> String {
    format!("crates/chat-rest/src/generated/{name}.rs")
}

/// The files that are made of a document, by their paths.
fn generated(root: &Path, name: &'static str) -> Result<Vec<(String, String)>, Error> {
    let path = document::path_of(name);
    let text = read(&root.join(&path))?;
    let made = Document::parse(name, &text).and_then(|document| {
        let mut files = vec![(generated_path(name), render(&document)?)];
        files.extend(seeds::of(&document));
        Ok(files)
    });
    made.map_err(|refusal| Error::Refused { path, refusal })
}

fn compare(root: &Path, files: &[(String, String)]) -> Result<(), Error> {
    let mut diff = String::new();
    for (path, wanted) in files {
        let found = match read(&root.join(path)) {
            Ok(text) => document::normalise_line_endings(&text),
            Err(Error::Io { error, .. }) if error.kind() == io::ErrorKind::NotFound => {
                String::new()
            }
            Err(error) => return Err(error),
        };
        diff += &TextDiff::from_lines(&found, wanted)
            .unified_diff()
            .header(path, &format!("{path} (as it would be generated)"))
            .to_string();
    }
    if diff.is_empty() {
        return Ok(());
    }
    Err(Error::Drift { diff })
}

fn read(path: &Path) -> Result<String, Error> {
    fs::read_to_string(path).map_err(|error| Error::Io {
        path: path.to_owned(),
        error,
    })
}

fn write(path: &Path, text: &str) -> Result<(), Error> {
    let directory = path.parent().unwrap_or(path);
    fs::create_dir_all(directory)
        .and_then(|()| fs::write(path, text))
        .map_err(|error| Error::Io {
            path: path.to_owned(),
            error,
        })
}

#[cfg(test)]
mod tests;
