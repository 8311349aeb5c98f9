//! Every operation says how it fails.

use serde_json::Value;

use crate::{pointer, refusal::Refusal, walk::operations};

/// What every operation may answer when it fails; `spec/README.md` has the reasons.
const STATUSES: &[&str] = &["400", "401", "403", "404", "429", "503"];

/// Finds operations without one of the answers, and such answers without a body.
pub(super) fn check(document: &Value) -> Vec<Refusal> {
    let mut problems = Vec::new();
    for operation in operations(document) {
        for status in STATUSES {
            let pointer = operation.pointer.child("responses").child(*status);
            let Some(answer) = pointer.find(document) else {
                problems.push(Refusal::new(&pointer, "no such answer"));
                continue;
            };
            let answer = pointer::resolved(document, answer);
            if answer["content"]["application/json"]
                .get("schema")
                .is_none()
            {
                problems.push(Refusal::new(&pointer, "no JSON with a schema"));
            }
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{super::testing::problems, *};

    #[test]
    fn an_operation_without_an_answer_of_failure_is_named() {
        let answers = "#/paths/~1things~1{id}/get/responses";
        let success = json!({"200": {"description": "The thing."}});
        let expected = STATUSES
            .iter()
            .map(|status| format!("{answers}/{status}: no such answer"));
        assert_eq!(
            problems(check, answers, success),
            expected.collect::<Vec<_>>()
        );
    }

    #[test]
    fn an_answer_of_failure_without_a_body_is_named() {
        let answer = "#/paths/~1things~1{id}/get/responses/404";
        assert_eq!(
            problems(check, answer, json!({"description": "None."})),
            [format!("{answer}: no JSON with a schema")]
        );
    }
}
