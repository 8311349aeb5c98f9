//! Figures, beside what they should be.

use std::fmt::{self, Write};

/// What a figure should be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Target {
    AtMost(f64),
    AtLeast(f64),
    /// It is given for comparison.
    Any,
}

impl Target {
    fn is_met(self, figure: f64) -> bool {
        match self {
            Self::AtMost(limit) => figure <= limit,
            Self::AtLeast(limit) => figure >= limit,
            Self::Any => true,
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AtMost(limit) => write!(f, "at most {}", short(*limit)),
            Self::AtLeast(limit) => write!(f, "at least {}", short(*limit)),
            Self::Any => Ok(()),
        }
    }
}

/// Something that was measured.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Figure {
    what: String,
    measured: f64,
    target: Target,
}

impl Figure {
    pub(super) fn new(what: impl Into<String>, measured: f64, target: Target) -> Self {
        Self {
            what: what.into(),
            measured,
            target,
        }
    }
}

/// The figures as a table.
pub(super) fn table(figures: &[Figure]) -> String {
    let mut table = "| what | measured | target | |\n|---|---|---|---|\n".to_owned();
    for figure in figures {
        let Figure {
            what,
            measured,
            target,
        } = figure;
        let verdict = match (target, target.is_met(*measured)) {
            (Target::Any, _) => "",
            (_, true) => "met",
            (_, false) => "**missed**",
        };
        let _ = writeln!(
            table,
            "| {what} | {} | {target} | {verdict} |",
            short(*measured)
        );
    }
    table
}

/// A figure with as many digits as say something.
pub(super) fn short(figure: f64) -> String {
    match figure.abs() {
        size if size >= 100.0 => super::page::grouped(figure.round() as u64),
        _ => format!("{figure:.2}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_stands_beside_its_target_and_says_whether_that_is_met() {
        let figures = [
            Figure::new("cheap", 0.994, Target::AtMost(1.0)),
            Figure::new("dear", 1.006, Target::AtMost(1.0)),
            Figure::new("many", 12_345.6, Target::AtLeast(10.0)),
            Figure::new("few", 9.9, Target::AtLeast(10.0)),
            Figure::new("some", 25.04, Target::Any),
        ];
        let table = table(&figures);
        let rows: Vec<_> = table.lines().skip(2).collect();
        assert_eq!(
            rows,
            [
                "| cheap | 0.99 | at most 1.00 | met |",
                "| dear | 1.01 | at most 1.00 | **missed** |",
                "| many | 12,346 | at least 10.00 | met |",
                "| few | 9.90 | at least 10.00 | **missed** |",
                "| some | 25.04 |  |  |",
            ]
        );
    }
}
