//! Where in a document something is: a JSON pointer in the form `$ref` has it.

use std::fmt;

use serde_json::Value;

/// A place in a document, shown as `#/paths/~1chat~1threads/get`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Pointer(Vec<String>);

impl Pointer {
    /// The whole document.
    pub(crate) fn root() -> Self {
        Self::default()
    }

    /// The place that a `$ref` names, unless it lies outside of the document.
    pub(crate) fn of_reference(reference: &str) -> Option<Self> {
        let segments = reference.strip_prefix("#/")?.split('/');
        Some(Self(segments.map(unescape).collect()))
    }

    /// The place named `key` within this one.
    pub(crate) fn child(&self, key: impl Into<String>) -> Self {
        let mut segments = self.0.clone();
        segments.push(key.into());
        Self(segments)
    }

    /// The segments, not escaped.
    pub(crate) fn segments(&self) -> Vec<&str> {
        self.0.iter().map(String::as_str).collect()
    }

    /// What stands at this place of the document.
    pub(crate) fn find<'a>(&self, document: &'a Value) -> Option<&'a Value> {
        let segments = self.0.iter().map(|segment| format!("/{}", escape(segment)));
        document.pointer(&segments.collect::<String>())
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("#")?;
        self.0
            .iter()
            .try_for_each(|segment| write!(f, "/{}", escape(segment)))
    }
}

/// How many references may lead to one another.
const MAX_REFERENCES: usize = 16;

/// A place, or the one that its references lead to.
pub(crate) fn followed(document: &Value, pointer: &Pointer) -> Pointer {
    let mut pointer = pointer.clone();
    for _ in 0..MAX_REFERENCES {
        let node = pointer.find(document);
        match node.and_then(reference) {
            Some(target) => pointer = target,
            None => break,
        }
    }
    pointer
}

/// A node, or what its references lead to.
pub(crate) fn resolved<'a>(document: &'a Value, node: &'a Value) -> &'a Value {
    let target = reference(node).and_then(|target| followed(document, &target).find(document));
    target.unwrap_or(node)
}

fn reference(node: &Value) -> Option<Pointer> {
    Pointer::of_reference(node.get("$ref")?.as_str()?)
}

fn escape(segment: &str) -> String {
    segment.replace('~', "~0").replace('/', "~1")
}

fn unescape(segment: &str) -> String {
    segment.replace("~1", "/").replace("~0", "~")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn slashes_and_tildes_of_a_key_are_escaped_and_found_again() {
        let document = json!({"paths": {"/a~b/{c}": 1}});
        let pointer = Pointer::root().child("paths").child("/a~b/{c}");

        assert_eq!(pointer.to_string(), "#/paths/~1a~0b~1{c}");
        assert_eq!(pointer.find(&document), Some(&json!(1)));
        assert_eq!(Pointer::of_reference(&pointer.to_string()), Some(pointer));
    }

    #[test]
    fn a_reference_out_of_the_document_has_no_place_in_it() {
        assert_eq!(Pointer::of_reference("other.json#/a"), None);
        assert_eq!(Pointer::of_reference("#a"), None);
    }
}
