//! A document of `spec/`: its text, what it says, and its fingerprint.

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::{pointer::Pointer, refusal::Refusal};

/// The documents of `spec/`, by the names of their files.
pub(crate) const DOCUMENTS: &[&str] = &["chat", "identity"];

/// An OpenAPI document as it stands in `spec/`.
#[derive(Clone, Debug)]
pub(crate) struct Document {
    /// The file's name without its extension; also the name of the generated module.
    pub(crate) name: &'static str,
    /// SHA-256 of the text, in hexadecimal.
    pub(crate) sha256: String,
    /// What the document says, with the keys of every object in order, so that nothing generated
    /// depends on how serde_json was built.
    pub(crate) json: Value,
}

impl Document {
    /// Reads a document. Line endings do not count.
    pub(crate) fn parse(name: &'static str, text: &str) -> Result<Self, Refusal> {
        let text = normalise_line_endings(text);
        let mut json: Value = serde_json::from_str(&text)
            .map_err(|error| Refusal::new(&Pointer::root(), format!("not JSON: {error}")))?;
        json.sort_all_objects();
        let sha256 = Sha256::digest(text.as_bytes());
        Ok(Self {
            name,
            sha256: sha256.iter().map(|byte| format!("{byte:02x}")).collect(),
            json,
        })
    }

    /// Where the document stands, from the root of the project.
    pub(crate) fn path(&self) -> String {
        path_of(self.name)
    }
}

/// Where the document of that name stands, from the root of the project.
pub(crate) fn path_of(name: &str) -> String {
    format!("spec/{name}.json")
}

/// Git may have checked the file out with the line endings of another system.
pub(crate) fn normalise_line_endings(text: &str) -> String {
    text.replace("\r\n", "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_endings_do_not_change_the_fingerprint() {
        let unix = Document::parse("chat", "{\n}\n").unwrap();
        let windows = Document::parse("chat", "{\r\n}\r\n").unwrap();

        assert_eq!(unix.sha256, windows.sha256);
        assert_eq!(
            unix.sha256,
            "d914176fd50bd7f565700006a31aa97b79d3ad17cee20c8e5ff2061d5cb74817"
        );
    }

    #[test]
    fn the_page_of_the_documents_names_their_versions_and_counts_their_operations() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let read = |path: &str| std::fs::read_to_string(root.join(path)).unwrap();
        let page = read("spec/README.md");
        for name in DOCUMENTS {
            let document = Document::parse(name, &read(&path_of(name))).unwrap();
            let version = document.json["info"]["version"].as_str().unwrap();
            let operations = crate::walk::operations(&document.json).len();
            let mut rows = page.lines();
            let row = rows.find(|row| row.starts_with(&format!("| `{name}.json` |")));
            let end = format!("| {version} | {operations} |");
            assert!(
                row.unwrap().ends_with(&end),
                "spec/README.md: {name}.json {end}"
            );
        }
    }

    #[test]
    fn keys_are_put_in_order() {
        let document = Document::parse("chat", r#"{"b": {"d": 1, "c": 2}, "a": 3}"#).unwrap();

        assert_eq!(document.json.to_string(), r#"{"a":3,"b":{"c":2,"d":1}}"#);
    }

    #[test]
    fn what_is_not_json_is_refused() {
        let refusal = Document::parse("chat", "{").unwrap_err();

        assert!(refusal.to_string().starts_with("#: not JSON"), "{refusal}");
    }
}
