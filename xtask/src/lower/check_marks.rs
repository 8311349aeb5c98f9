//! Refuses documents in which something is still to be written.

use serde_json::Value;

use crate::{refusal::Refusal, walk};

/// What is to be written of the node it stands at: keys, with what is published of them. `cargo xtask
/// spec import` puts it where something is new.
pub(crate) const TO_BE_WRITTEN: &str = "x-to-be-written";

/// Refuses marks.
pub(super) fn check(document: &Value) -> Result<(), Refusal> {
    let mut refused = None;
    walk::objects(document, &mut |pointer, node| {
        if let Some(marks) = node.get(TO_BE_WRITTEN)
            && refused.is_none()
        {
            let keys: Vec<_> = marks
                .as_object()
                .into_iter()
                .flat_map(|marks| marks.keys())
                .collect();
            let reason = format!("to be written: {keys:?}");
            refused = Some(Refusal::new(pointer, reason));
        }
    });
    refused.map_or(Ok(()), Err)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{
        super::testing::{document, refused},
        *,
    };

    #[test]
    fn a_document_that_is_written_is_taken() {
        check(&document()).unwrap();
    }

    #[test]
    fn what_is_to_be_written_is_refused_with_its_place() {
        let thing = "#/components/schemas/Thing";
        let mark = json!({"description": "A thing.", "example": ""});
        assert_eq!(
            refused(check, &format!("{thing}/x-to-be-written"), mark),
            format!(r#"{thing}: to be written: ["description", "example"]"#)
        );
    }
}
