//! Refuses operations whose document does not say what a client must know of them.

use serde_json::Value;

use crate::{
    refusal::Refusal,
    walk::{OperationNode, operations},
};

/// Whether a request may be repeated after it may have been carried out, and because of what.
pub(crate) const REPEAT: &str = "x-repeat";

/// The name of the operations whose requests the service counts together.
pub(crate) const RATE_GROUP: &str = "x-rate-group";

/// Whether the operation is worth nothing when it is late.
pub(crate) const NO_WAIT: &str = "x-no-wait";

/// Refuses an operation without `x-repeat` or `x-rate-group`, and any of the facts that is not of
/// its form.
pub(super) fn check(document: &Value) -> Result<(), Refusal> {
    for operation in operations(document) {
        let repeat = &operation.node[REPEAT];
        let is_repeat = repeat["safe"].is_boolean() && is_text(&repeat["because"]);
        check_fact(
            &operation,
            REPEAT,
            is_repeat,
            r#"{"safe": true or false, "because": "…"}"#,
        )?;
        let group = &operation.node[RATE_GROUP];
        check_fact(&operation, RATE_GROUP, is_text(group), "a name")?;
        let no_wait = operation.node.get(NO_WAIT);
        let is_no_wait = no_wait.is_none_or(Value::is_boolean);
        check_fact(&operation, NO_WAIT, is_no_wait, "true or false")?;
    }
    Ok(())
}

fn is_text(value: &Value) -> bool {
    value.as_str().is_some_and(|text| !text.is_empty())
}

fn check_fact(
    operation: &OperationNode<'_>,
    key: &str,
    is_well_formed: bool,
    form: &str,
) -> Result<(), Refusal> {
    if is_well_formed {
        return Ok(());
    }
    let id = operation.node["operationId"].as_str().unwrap_or_default();
    Err(Refusal::new(
        &operation.pointer,
        format!("the operation `{id}` needs `{key}`: {form}"),
    ))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{
        super::testing::{document, refused},
        *,
    };

    const PATCH: &str = "#/paths/~1things~1{id}/patch";

    #[test]
    fn operations_with_all_facts_are_taken() {
        check(&document()).unwrap();
    }

    #[test]
    fn an_operation_without_a_fact_is_refused_by_name() {
        let missing = json!(null);
        assert_eq!(
            refused(check, &format!("{PATCH}/x-repeat"), missing.clone()),
            format!(
                "{PATCH}: the operation `updateThing` needs `x-repeat`: \
                 {{\"safe\": true or false, \"because\": \"…\"}}"
            )
        );
        assert_eq!(
            refused(check, &format!("{PATCH}/x-rate-group"), missing),
            format!("{PATCH}: the operation `updateThing` needs `x-rate-group`: a name")
        );
    }

    #[test]
    fn a_fact_of_another_form_is_refused() {
        for (key, value) in [
            ("x-repeat", json!({"safe": true})),
            ("x-repeat", json!({"safe": true, "because": ""})),
            (
                "x-repeat",
                json!({"safe": "yes", "because": "it does no harm"}),
            ),
            ("x-rate-group", json!("")),
            ("x-rate-group", json!(["things"])),
            ("x-no-wait", json!("yes")),
        ] {
            let refusal = refused(check, &format!("{PATCH}/{key}"), value);
            let expected = format!("{PATCH}: the operation `updateThing` needs `{key}`: ");
            assert!(refusal.starts_with(&expected), "{refusal}");
        }
    }
}
