//! Makes plain JSON of merge-patch bodies.
//!
//! The generator knows no other JSON than `application/json`. The hooks of `chat-rest` put the
//! media type right, by the table of operations.

use serde_json::Value;

use super::{JSON, MERGE_PATCH};
use crate::walk;

/// Renames the media type of request bodies.
pub(super) fn to_json(document: &mut Value) {
    walk::operations_mut(document, |operation| {
        let content = operation
            .get_mut("requestBody")
            .and_then(|body| body.get_mut("content"))
            .and_then(Value::as_object_mut);
        if let Some(content) = content
            && let Some(body) = content.remove(MERGE_PATCH)
        {
            content.insert(JSON.to_owned(), body);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::{super::testing::document, *};

    #[test]
    fn the_body_stays_under_the_media_type_of_json() {
        let mut lowered = document();

        to_json(&mut lowered);

        assert_eq!(
            lowered["paths"]["/things/{id}"]["patch"]["requestBody"]["content"],
            serde_json::json!({JSON: {"schema": {"$ref": "#/components/schemas/Thing"}}})
        );
    }
}
