//! What a request costs: instructions, allocations and sizes, which are the same on every run.

mod chart;
mod measure;
mod tables;

use std::{fs, path::Path};

use measure::{Measured, OPERATIONS};

pub(super) const TITLE: &str = "Requests";

/// By how much a ratio may be above the one that was reached before.
const TOLERANCE: f64 = 1.02;

pub(super) fn measure(root: &Path) -> Result<String, String> {
    let measured = measure::all(root)?;
    fs::write(root.join("docs/performance.svg"), chart::draw(&measured))
        .map_err(|error| format!("docs/performance.svg: {error}"))?;
    Ok(tables::write(&measured))
}

/// Fails if a request costs more than the section says.
pub(super) fn check(root: &Path, section: &str) -> Result<(), String> {
    let reached = tables::ratios(section)?;
    let measured = measure::all(root)?;
    let worse = worse(&reached, &measured);
    match worse.is_empty() {
        true => Ok(()),
        false => Err(format!(
            "requests cost more than docs/performance.md says, against those made by hand:\n{}\n\
             If that is meant, `cargo xtask bench requests` writes the page anew.",
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
        let reached = tables::ratios(&tables::write(&measured)).unwrap();
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
