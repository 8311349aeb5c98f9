//! `cargo xtask bench`: what a request costs, beside the same request made by hand.
//!
//! It counts instructions (by valgrind) and allocations, which are the same on every run, and no
//! time, which is not. The figures go into `docs/performance.md`; `--check` compares with them.

mod chart;
mod measure;
mod page;

use std::{fs, path::Path, process::ExitCode};

use clap::Args;

use measure::{Measured, OPERATIONS};

/// By how much a ratio may be above the one that was reached before.
const TOLERANCE: f64 = 1.02;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Write nothing, and fail if a request costs more than the page says
    #[arg(long)]
    check: bool,
}

pub(crate) fn main(root: &Path, arguments: &Arguments) -> ExitCode {
    let outcome = match arguments.check {
        true => check(root),
        false => write(root),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("{reason}");
            ExitCode::FAILURE
        }
    }
}

fn write(root: &Path) -> Result<(), String> {
    let measured = measure::all(root)?;
    let docs = root.join("docs");
    let save = |name: &str, text: String| {
        fs::write(docs.join(name), text).map_err(|error| format!("docs/{name}: {error}"))
    };
    save("performance.svg", chart::draw(&measured))?;
    let page = page::write(&measured);
    print!("{page}");
    save("performance.md", page)
}

fn check(root: &Path) -> Result<(), String> {
    let page = fs::read_to_string(root.join("docs/performance.md"))
        .map_err(|error| format!("docs/performance.md: {error}"))?;
    let reached = page::ratios(&page)?;
    let measured = measure::all(root)?;
    let worse = worse(&reached, &measured);
    match worse.is_empty() {
        true => Ok(()),
        false => Err(format!(
            "requests cost more than docs/performance.md says, against those made by hand:\n{}\n\
             If that is meant, `cargo xtask bench` writes the page anew.",
            worse.join("\n")
        )),
    }
}

/// The operations that cost more than they did, as text.
fn worse(reached: &[(String, f64)], measured: &Measured) -> Vec<String> {
    let ratios = OPERATIONS.iter().zip(measured.ratios());
    ratios
        .filter_map(|(operation, ratio)| {
            let before = reached.iter().find(|(name, _)| name == operation.name);
            match before {
                None => Some(format!("  {}: not on the page", operation.name)),
                Some((_, before)) if ratio > before * TOLERANCE => Some(format!(
                    "  {}: {before:.2} before, {ratio:.3} now",
                    operation.name
                )),
                Some(_) => None,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_costs_two_percent_more_is_named_and_what_costs_less_is_not() {
        let measured = measure::testing::measured(1000);
        let page = page::write(&measured);
        let reached = page::ratios(&page).unwrap();
        assert_eq!(reached.len(), OPERATIONS.len());
        assert_eq!(worse(&reached, &measured), Vec::<String>::new());
        assert_eq!(
            worse(&reached, &measure::testing::measured(900)),
            Vec::<String>::new()
        );

        let worse = worse(&reached, &measure::testing::measured(1030));

        assert_eq!(worse.len(), OPERATIONS.len());
        assert!(
            worse[0].contains("send: 1.00 before, 1.030 now"),
            "{worse:?}"
        );
    }
}
