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

const NOTES: &str = "
### What was done for it

Figures are the instructions of one request, before the change and with it.

- The endpoint is read once, and a request's path joined to it (`chat_rest::join`), its body is not copied to be
  watched, and its `accept` is set once: a send 100,700 to 94,800, a get 111,000 to 105,300.
- Bodies borrow the texts of participants: adding 200 of them 1,525,000 to 1,241,000, with 600 allocations fewer.
- The parts of an id are looked for only as far as they tell what kind it is of, many bytes at once, and its prefix is
  compared in place: adding 200 participants 1,258,000 to 1,197,000.
- Times as the service writes them are read without a parser for all forms, the messages of a page are sifted where
  they are, and what is not there of a message's content is not made: a page of 200 messages 2,410,000 to 2,305,000.
- Messages are told apart by a hash only where one has been changed: a page of 200 messages 2,450,000 to 2,410,000.
- What all calls of a client share is behind one pointer, options of a call and rare parts of a message are in
  boxes, and a request is borrowed by what sends it. That is for the sizes; in instructions it is next to nothing.
- A body that is to be decoded is read as every other body is: a send 95,800 to 94,700. What waits for a page has no
  room for the request that has been sent, nor twice for what it waits for: 4,552 bytes to 2,464, of a message 3,544 to
  3,104.

### What was left

- reqwest reads the URL of each request three times: when it is made, for the policy of redirects before it is sent
  (also where redirects are off), and when the response has come. The first is avoided here. The other two are
  21,800 instructions of a send, which has no public way around them; without them it would cost three quarters of
  by hand, complete. What it would take is a change of reqwest, or a second way to send beside it.
- A page of 200 messages was to cost 0.85 of by hand, and costs 0.90. Half of it is serde_json reading texts, names
  and structures, which is the same by hand. What was left to save are allocations: of a message's texts, three are
  numbers of a few digits (id, version, place), and the sender's id comes twice. Texts without an allocation of their
  own, and reading the second id only to compare it, would save 0.15 M, as an estimate: an allocation and its release
  are some 200 instructions. They are left out for what they need: a type of text of our own or another dependency,
  and a reader of identifiers written by hand.
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
    page.push_str(NOTES);
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
