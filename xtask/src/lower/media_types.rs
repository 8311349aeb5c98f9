//! Leaves one media type to each body of a request.
//!
//! The generator takes one alone. A body that may be in several is sent in one of them: as JSON
//! where that is one, for the service takes it everywhere else. The document keeps them all.

use serde_json::{Map, Value};

use super::{JSON, MERGE_PATCH};
use crate::walk;

/// Drops the media types that are not sent.
pub(super) fn choose_one(document: &mut Value) {
    walk::operations_mut(document, |operation| {
        let content = operation
            .get_mut("requestBody")
            .and_then(|body| body.get_mut("content"))
            .and_then(Value::as_object_mut);
        if let Some(content) = content
            && let Some(chosen) = chosen(content).map(str::to_owned)
        {
            content.retain(|media_type, _| *media_type == chosen);
        }
    });
}

/// The media type in which a body is sent.
pub(crate) fn chosen(content: &Map<String, Value>) -> Option<&str> {
    let known = [JSON, MERGE_PATCH].into_iter();
    let mut known = known.filter(|known| content.contains_key(*known));
    known
        .next()
        .or_else(|| content.keys().next().map(String::as_str))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{super::testing::document, *};

    const PATCH: &str = "/paths/~1things~1{id}/patch/requestBody/content";

    fn lowered(content: Value) -> Value {
        let mut lowered = document();
        *lowered.pointer_mut(PATCH).unwrap() = content;
        choose_one(&mut lowered);
        lowered.pointer(PATCH).unwrap().clone()
    }

    #[test]
    fn json_stays_and_the_others_go() {
        assert_eq!(
            lowered(json!({"application/json": 1, MERGE_PATCH: 1})),
            json!({JSON: 1})
        );
        assert_eq!(lowered(json!({MERGE_PATCH: 1})), json!({MERGE_PATCH: 1}));
        assert_eq!(lowered(json!({"image/png": 1})), json!({"image/png": 1}));
    }
}
