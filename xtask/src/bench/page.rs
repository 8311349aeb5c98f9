//! `docs/performance.md`.

use std::fmt::Write;

use super::measure::{CLIENTS, Cost, Measured, OPERATIONS};

const HEAD: &str = "\
# What a request costs

Written by `cargo xtask bench`, which builds a program in release mode and has it make the same requests three ways
to a server that does nothing: *by hand* with reqwest and serde; *by hand, complete*, with what a careful program
adds (a timeout, a request id, encoded ids, the head of the response kept); and by this library as it comes, with
authorization, the seam for retries, the deadline, and a span that is compiled in and disabled. `cargo xtask bench
--check` fails where a ratio is more than 2 % above the one that stands here.

Instructions are counted by valgrind, as the difference of a long and a short run, so that what is done once does not
count; they are the same on every run and machine of a kind. Times are not: none are given.

![Instructions of a request, against by hand, complete](performance.svg)
";

/// The whole page.
pub(super) fn write(measured: &Measured) -> String {
    let mut page = format!("{HEAD}\n## Instructions\n\n");
    table(&mut page, "ratio", measured, |cost| cost.instructions);
    page.push_str("\nThe ratio is that of the library to by hand, complete.\n\n## Allocations\n\n");
    table(&mut page, "more", measured, |cost| cost.allocations);
    page.push_str(
        "\nBy the library, so many more than by hand.\n\n## Sizes\n\n| type or future | bytes |\n|---|---|\n",
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

/// The ratios that stand on a page.
pub(super) fn ratios(page: &str) -> Result<Vec<(String, f64)>, String> {
    let (_, table) = page
        .split_once("## Instructions")
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

/// With commas between thousands.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_set_apart() {
        for (number, text) in [
            (7, "7"),
            (999, "999"),
            (1000, "1,000"),
            (1_234_567, "1,234,567"),
        ] {
            assert_eq!(grouped(number), text);
        }
    }

    #[test]
    fn a_page_without_figures_is_refused() {
        assert!(ratios("# What a request costs").is_err());
        assert!(ratios("## Instructions\n\n|---|\n| send | much |\n").is_err());
    }
}
