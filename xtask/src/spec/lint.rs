//! `cargo xtask spec lint`: what the documents of `spec/` have to say of everything in them.
//!
//! `generate` refuses what it would make wrong code of. Here is the rest: what a reader needs, and
//! the examples, by which the tests of the client and of the emulator know every field.

mod answers;
mod descriptions;
mod examples;
mod names;
mod validate;

use std::{fs, path::Path, process::ExitCode};

use serde_json::Value;

use crate::{
    document::{self, DOCUMENTS, Document},
    lower,
    refusal::Refusal,
};

/// What is wrong with a document by one rule.
type Rule = fn(&Value) -> Vec<Refusal>;

const RULES: &[Rule] = &[
    names::check,
    descriptions::check,
    answers::check,
    examples::check,
];

/// Checks every document, and names all that is wrong.
pub(super) fn main(root: &Path) -> ExitCode {
    let mut found = 0;
    for name in DOCUMENTS {
        let path = document::path_of(name);
        let problems = match fs::read_to_string(root.join(&path)) {
            Ok(text) => lint(name, &text),
            Err(error) => {
                eprintln!("{path}: {error}");
                return ExitCode::FAILURE;
            }
        };
        for problem in &problems {
            eprintln!("{path}: {problem}");
        }
        found += problems.len();
    }
    if found == 0 {
        return ExitCode::SUCCESS;
    }
    eprintln!("{found} things are wrong with the documents");
    ExitCode::FAILURE
}

/// All that is wrong with a document.
fn lint(name: &'static str, text: &str) -> Vec<Refusal> {
    let document = match Document::parse(name, text) {
        Ok(document) => document.json,
        Err(refusal) => return vec![refusal],
    };
    let refused = lower::lower(&document).err();
    let problems = RULES.iter().flat_map(|rule| rule(&document));
    refused.into_iter().chain(problems).collect()
}

#[cfg(test)]
mod testing;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_wrong_with_the_documents_of_this_project() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        for name in DOCUMENTS {
            let text = fs::read_to_string(root.join(document::path_of(name))).unwrap();
            let problems: Vec<_> = lint(name, &text).iter().map(ToString::to_string).collect();
            assert_eq!(problems, Vec::<String>::new(), "{name}");
        }
    }

    #[test]
    fn what_cannot_be_generated_is_wrong_too() {
        let mut document = testing::document();
        document["paths"]["/things/{id}"]["get"]["x-repeat"] = Value::Null;

        let problems = lint("chat", &document.to_string());

        assert_eq!(problems.len(), 1, "{problems:?}");
        assert!(problems[0].to_string().contains("needs `x-repeat`"));
    }

    #[test]
    fn what_is_no_json_is_the_only_thing_said() {
        assert_eq!(lint("chat", "{").len(), 1);
    }
}
