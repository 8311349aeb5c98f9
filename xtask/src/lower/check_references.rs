//! Refuses references that lead nowhere.

use serde_json::Value;

use crate::{pointer::Pointer, refusal::Refusal};

/// Refuses a `$ref` to another file, or to a place the document does not have.
pub(super) fn check(document: &Value) -> Result<(), Refusal> {
    check_below(document, &Pointer::root(), document)
}

fn check_below(document: &Value, pointer: &Pointer, node: &Value) -> Result<(), Refusal> {
    match node {
        Value::Array(items) => items.iter().enumerate().try_for_each(|(index, item)| {
            check_below(document, &pointer.child(index.to_string()), item)
        }),
        Value::Object(entries) => entries.iter().try_for_each(|(key, value)| {
            let here = pointer.child(key);
            match value.as_str().filter(|_| key == "$ref") {
                Some(reference) => check_reference(document, &here, reference),
                None => check_below(document, &here, value),
            }
        }),
        _ => Ok(()),
    }
}

fn check_reference(document: &Value, pointer: &Pointer, reference: &str) -> Result<(), Refusal> {
    let target = Pointer::of_reference(reference).ok_or_else(|| {
        Refusal::new(pointer, format!("`{reference}` is not within the document"))
    })?;
    match target.find(document) {
        Some(_) => Ok(()),
        None => Err(Refusal::new(pointer, format!("there is no `{reference}`"))),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{
        super::testing::{document, refused},
        *,
    };

    const REFERENCE: &str = "#/components/schemas/Thing/properties/parts/items/$ref";

    #[test]
    fn references_within_the_document_are_taken() {
        check(&document()).unwrap();
    }

    #[test]
    fn a_reference_to_nothing_is_refused_with_its_place() {
        assert_eq!(
            refused(check, REFERENCE, json!("#/components/schemas/Nothing")),
            format!("{REFERENCE}: there is no `#/components/schemas/Nothing`")
        );
    }

    #[test]
    fn a_reference_to_another_file_is_refused_with_its_place() {
        assert_eq!(
            refused(check, REFERENCE, json!("common.json#/Thing")),
            format!("{REFERENCE}: `common.json#/Thing` is not within the document")
        );
    }
}
