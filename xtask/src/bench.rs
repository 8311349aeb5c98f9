//! `cargo xtask bench`: what things cost, beside the same done in another way.
//!
//! Each section is measured by itself, and writes its own part of `docs/performance.md`. Nothing here
//! is a test of times: what is compared is measured in the same run, in turns.

mod compile;
mod emulator;
mod figure;
mod http2;
mod over_tls;
mod packages;
mod page;
mod program;
mod requests;
mod rounds;
mod start;
mod users;

use std::{fs, path::Path, process::ExitCode};

use page::Page;

/// A part of the page.
struct Section {
    name: &'static str,
    title: &'static str,
    about: &'static str,
    /// Gives the text of the part.
    measure: fn(&Path) -> Result<String, String>,
}

/// In their order on the page.
const SECTIONS: &[Section] = &[
    section(
        "requests",
        requests::TITLE,
        "instructions and allocations of requests, against by hand",
        requests::measure,
    ),
    section(
        "packages",
        packages::TITLE,
        "CPU and memory, against the packages of other languages",
        packages::measure,
    ),
    section(
        "users",
        users::TITLE,
        "what many users and tasks cost",
        users::measure,
    ),
    section(
        "http2",
        http2::TITLE,
        "CPU of a send, against HTTP/1.1",
        http2::measure,
    ),
    section(
        "start",
        start::TITLE,
        "from the start of a process to its first message, against by hand",
        start::measure,
    ),
    section(
        "build",
        compile::TITLE,
        "CPU and crates of a build, against reqwest alone",
        compile::measure,
    ),
    section(
        "emulator",
        emulator::TITLE,
        "the emulator, against a bare server and the disk",
        emulator::measure,
    ),
];

const fn section(
    name: &'static str,
    title: &'static str,
    about: &'static str,
    measure: fn(&Path) -> Result<String, String>,
) -> Section {
    Section {
        name,
        title,
        about,
        measure,
    }
}

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// What to measure; everything if left out
    sections: Vec<String>,
    /// Say which sections there are
    #[arg(long)]
    list: bool,
    /// Write nothing, and fail if a request costs more than the page says
    #[arg(long, conflicts_with = "sections")]
    check: bool,
}

pub(crate) fn main(root: &Path, arguments: &Arguments) -> ExitCode {
    if arguments.list {
        for section in SECTIONS {
            println!("{:<10} {}", section.name, section.about);
        }
        return ExitCode::SUCCESS;
    }
    let known = |name: &String| SECTIONS.iter().any(|section| section.name == name);
    if let Some(unknown) = arguments.sections.iter().find(|name| !known(name)) {
        eprintln!("there is no section {unknown}; `cargo xtask bench --list` says which there are");
        return ExitCode::FAILURE;
    }
    let outcome = match arguments.check {
        true => read(root).and_then(|page| requests::check(root, page.section(requests::TITLE))),
        false => measure(root, &arguments.sections),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("{reason}");
            ExitCode::FAILURE
        }
    }
}

/// Measures all sections that are wanted, whatever becomes of others, and writes each when it is done.
fn measure(root: &Path, wanted: &[String]) -> Result<(), String> {
    let mut failures = Vec::new();
    for section in SECTIONS {
        if !wanted.is_empty() && !wanted.iter().any(|name| name == section.name) {
            continue;
        }
        eprintln!("== {}: {}", section.name, section.about);
        match (section.measure)(root) {
            Ok(text) => {
                println!("## {}\n\n{text}", section.title);
                let mut page = read(root)?;
                page.set(section.title, text);
                fs::write(path(root), page.text(&titles())).map_err(unusable)?;
            }
            Err(reason) => failures.push(format!("{} is not measured: {reason}", section.name)),
        }
    }
    match failures.is_empty() {
        true => Ok(()),
        false => Err(failures.join("\n")),
    }
}

fn titles() -> Vec<&'static str> {
    SECTIONS.iter().map(|section| section.title).collect()
}

fn path(root: &Path) -> std::path::PathBuf {
    root.join("docs/performance.md")
}

fn read(root: &Path) -> Result<Page, String> {
    let text = fs::read_to_string(path(root)).map_err(unusable)?;
    Ok(Page::read(&text))
}

fn unusable(error: std::io::Error) -> String {
    format!("docs/performance.md: {error}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_have_names_and_titles_of_their_own() {
        for key in [
            |section: &Section| section.name,
            |section: &Section| section.title,
        ] {
            let mut keys: Vec<_> = SECTIONS.iter().map(key).collect();
            keys.sort_unstable();
            keys.dedup();
            assert_eq!(keys.len(), SECTIONS.len());
        }
    }

    #[test]
    fn the_page_is_as_it_is_written() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let text = fs::read_to_string(path(&root)).unwrap();
        assert_eq!(Page::read(&text).text(&titles()), text);
    }

    #[test]
    fn a_section_that_is_not_known_is_refused() {
        let arguments = Arguments {
            sections: vec!["weather".to_owned()],
            list: false,
            check: false,
        };
        let code = main(Path::new("."), &arguments);
        assert_eq!(format!("{code:?}"), format!("{:?}", ExitCode::FAILURE));
    }
}
