//! Drops the answers that are not a success.
//!
//! Of an error answer with a declared body the generated code keeps the body alone, and nothing
//! where the body is not what was declared, as when a gateway answers in HTML. An answer that is
//! not declared arrives whole: status, headers and body.

use serde_json::Value;

use crate::walk;

/// Drops every answer but those with a 2xx status.
pub(super) fn drop_all(document: &mut Value) {
    walk::operations_mut(document, |operation| {
        if let Some(responses) = operation
            .get_mut("responses")
            .and_then(Value::as_object_mut)
        {
            responses.retain(|status, _| is_success(status));
        }
    });
}

/// Whether the status of an answer, as a key of `responses`, is one of success.
pub(crate) fn is_success(status: &str) -> bool {
    status.starts_with('2')
}

#[cfg(test)]
mod tests {
    use super::{super::testing::document, *};

    #[test]
    fn answers_of_success_stay_and_all_others_go() {
        let mut lowered = document();

        drop_all(&mut lowered);

        let item = &lowered["paths"]["/things/{id}"];
        let statuses = |method: &str| -> Vec<String> {
            item[method]["responses"]
                .as_object()
                .unwrap()
                .keys()
                .cloned()
                .collect()
        };
        assert_eq!(statuses("get"), ["200"]);
        assert_eq!(statuses("patch"), ["204"]);
    }
}
