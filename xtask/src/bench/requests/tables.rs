//! The section, as text.

use std::fmt::Write;

use super::super::page::grouped;
use super::measure::{CLIENTS, Cost, Measured, OPERATIONS};

const ABOUT: &str = "\
A program that is built in release mode makes the same requests three ways to a server that does nothing: by hand;
by hand, complete; and by this library as it comes, with authorization, the seam for retries, the deadline, and a
span that is compiled in and disabled. `cargo xtask bench --check` fails where a ratio is more than 2 % above the
one that stands here.

Instructions are counted by valgrind, as the difference of a long and a short run, so that what is done once does not
count; they are the same on every run and machine of a kind.

![Instructions of a request, against by hand, complete](performance.svg)
";

pub(super) fn write(measured: &Measured) -> String {
    let mut page = format!("{ABOUT}\n### Instructions\n\n");
    table(&mut page, "ratio", measured, |cost| cost.instructions);
    page.push_str(
        "\nThe ratio is that of the library to by hand, complete.\n\n### Allocations\n\n",
    );
    table(&mut page, "more", measured, |cost| cost.allocations);
    page.push_str(
        "\nBy the library, so many more than by hand.\n\n### Sizes\n\n| type or future | bytes |\n|---|---|\n",
    );
    for (what, bytes) in &measured.sizes {
        let _ = writeln!(page, "| {what} | {} |", grouped(*bytes));
    }
    page
}

fn table(page: &mut String, last: &str, measured: &Measured, number: fn(Cost) -> u64) {
    let _ = writeln!(
        page,
        "| request | {} | {last} |",
        CLIENTS.join(" | ").replace('-', " ")
    );
    page.push_str("|---|---|---|---|---|\n");
    for ((operation, costs), ratio) in OPERATIONS
        .iter()
        .zip(&measured.costs)
        .zip(measured.ratios())
    {
        let [by_hand, complete, chat] = costs.map(number);
        let compared = match last {
            "ratio" => format!("{ratio:.2}"),
            _ => chat.saturating_sub(by_hand).to_string(),
        };
        let cells = [by_hand, complete, chat].map(grouped).join(" | ");
        let _ = writeln!(
            page,
            "| {} ({}) | {cells} | {compared} |",
            operation.name, operation.about
        );
    }
}

/// The ratios that stand in a section.
pub(super) fn ratios(section: &str) -> Result<Vec<(String, f64)>, String> {
    let (_, table) = section
        .split_once("### Instructions")
        .ok_or("docs/performance.md has no instructions")?;
    let rows = table
        .lines()
        .skip_while(|line| !line.starts_with("|---"))
        .skip(1);
    rows.take_while(|line| line.starts_with('|'))
        .map(|row| {
            let mut cells = row.trim_matches('|').split('|').map(str::trim);
            let name = cells.next().and_then(|cell| cell.split(' ').next());
            let ratio = cells.next_back().and_then(|cell| cell.parse().ok());
            let read = name
                .zip(ratio)
                .map(|(name, ratio)| (name.to_owned(), ratio));
            read.ok_or_else(|| format!("docs/performance.md has a row that says nothing: {row:?}"))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_without_figures_is_refused() {
        assert!(ratios("No figures.").is_err());
        assert!(ratios("### Instructions\n\n|---|\n| send | much |\n").is_err());
    }
}
