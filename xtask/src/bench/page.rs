//! `docs/performance.md`: its sections, each of which is measured alone, and how figures are written.

use std::fmt::Write;

const HEAD: &str = "\
# What it costs

Written by `cargo xtask bench`: all of it, or the sections that are named (`--list` says which there are). What is
compared is measured in the same run, in turns, on the same machine; ratios are given, and no times, which differ
from machine to machine. *By hand* is the same request made with reqwest and serde; *by hand, complete* has what a
careful program adds: a timeout, a request id, encoded ids, the head of the response kept.
";

/// A page, in its sections.
#[derive(Debug, Default)]
pub(super) struct Page {
    sections: Vec<(String, String)>,
}

impl Page {
    pub(super) fn read(text: &str) -> Self {
        let sections = text.split("\n## ").skip(1).filter_map(|section| {
            let (title, body) = section.split_once('\n')?;
            Some((title.to_owned(), body.trim().to_owned() + "\n"))
        });
        Self {
            sections: sections.collect(),
        }
    }

    /// The text of a section; empty if it is not there.
    pub(super) fn section(&self, title: &str) -> &str {
        let section = self.sections.iter().find(|(known, _)| known == title);
        section.map_or("", |(_, text)| text)
    }

    pub(super) fn set(&mut self, title: &str, text: String) {
        self.sections.retain(|(known, _)| known != title);
        self.sections.push((title.to_owned(), text));
    }

    /// The whole page, with the sections of these titles in this order.
    pub(super) fn text(&self, titles: &[&str]) -> String {
        let mut page = HEAD.to_owned();
        for title in titles {
            let text = self.section(title);
            if !text.is_empty() {
                let _ = write!(page, "\n## {title}\n\n{text}");
            }
        }
        page
    }
}

/// With commas between thousands.
pub(super) fn grouped(number: u64) -> String {
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
    fn a_section_is_replaced_and_the_others_stay_in_their_order() {
        let titles = ["One", "Two", "Three"];
        let mut page = Page::read("# Old\n\n## Three\n\nthird\n\n### Part\n\n## One\n\nfirst\n");

        page.set("Two", "second\n".to_owned());
        page.set("One", "first, again\n".to_owned());

        let text = page.text(&titles);
        let body =
            "\n## One\n\nfirst, again\n\n## Two\n\nsecond\n\n## Three\n\nthird\n\n### Part\n";
        assert_eq!(text, format!("{HEAD}{body}"));
        assert_eq!(Page::read(&text).text(&titles), text);
    }

    #[test]
    fn a_section_that_is_not_there_is_empty() {
        assert_eq!(Page::read("# Old\n").section("One"), "");
    }

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
}
