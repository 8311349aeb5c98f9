//! Refuses operations for which wrong code, or none, would be generated.

use std::collections::HashMap;

use heck::ToSnakeCase as _;
use serde_json::Value;

use super::{JSON, MERGE_PATCH, api_version, binary::is_binary, error_answers::is_success};
use crate::{
    pointer::Pointer,
    refusal::Refusal,
    walk::{OperationNode, operations},
};

/// Refuses an operation without an id of its own, with a media type that is not known, without
/// the `api-version` parameter, or without an answer of success that can be told.
pub(super) fn check(document: &Value) -> Result<(), Refusal> {
    let mut functions = HashMap::new();
    for operation in operations(document) {
        let function = operation_id(&operation)?.to_snake_case();
        if let Some(other) = functions.insert(function, operation.pointer.to_string()) {
            return Err(Refusal::new(
                &operation.pointer.child("operationId"),
                format!("the id makes the same function name as that of {other}"),
            ));
        }
        check_api_version(document, &operation)?;
        check_request_body(&operation)?;
        check_answers(&operation)?;
    }
    Ok(())
}

fn operation_id<'a>(operation: &OperationNode<'a>) -> Result<&'a str, Refusal> {
    let id = operation.node["operationId"].as_str();
    id.filter(|id| !id.is_empty())
        .ok_or_else(|| Refusal::new(&operation.pointer, "an operation without `operationId`"))
}

fn check_api_version(document: &Value, operation: &OperationNode<'_>) -> Result<(), Refusal> {
    let parameters = operation.node["parameters"].as_array();
    let found = parameters
        .into_iter()
        .flatten()
        .any(|parameter| api_version::is_api_version(document, parameter));
    if found {
        return Ok(());
    }
    Err(Refusal::new(
        &operation.pointer.child("parameters"),
        "no `api-version` in the query, which is sent with every request",
    ))
}

fn check_request_body(operation: &OperationNode<'_>) -> Result<(), Refusal> {
    let Some(body) = operation.node.get("requestBody") else {
        return Ok(());
    };
    let pointer = operation.pointer.child("requestBody");
    if body.get("$ref").is_some() {
        return Err(Refusal::new(&pointer, "a request body by reference"));
    }
    check_content(&pointer, body, &[JSON, MERGE_PATCH])?;
    // The hooks send the one media type that the table names.
    match schemas(body).as_slice() {
        [] | [_] => Ok(()),
        [(_, schema), ..] if is_binary(schema) => {
            let reason = "bytes in several media types: who calls would have to say which";
            Err(Refusal::new(&pointer.child("content"), reason))
        }
        _ => Ok(()),
    }
}

fn check_answers(operation: &OperationNode<'_>) -> Result<(), Refusal> {
    let pointer = operation.pointer.child("responses");
    let answers = operation.node["responses"].as_object();
    let successes: Vec<_> = answers
        .into_iter()
        .flatten()
        .filter(|(status, _)| is_success(status))
        .collect();
    let Some((_, first)) = successes.first() else {
        return Err(Refusal::new(&pointer, "an answer of success is needed"));
    };
    for (status, answer) in &successes {
        let pointer = pointer.child(*status);
        if status.parse::<u16>().is_err() {
            return Err(Refusal::new(&pointer, "a success needs its exact status"));
        }
        if answer.get("content").is_some() {
            check_content(&pointer, answer, &[JSON])?;
        }
        // A function returns one type, whichever the status.
        if schemas(answer) != schemas(first) {
            let reason = "its body has another schema than that of another success";
            return Err(Refusal::new(&pointer, reason));
        }
    }
    Ok(())
}

/// The schemas of a body by its media types.
fn schemas(owner: &Value) -> Vec<(&String, &Value)> {
    let content = owner["content"].as_object().into_iter().flatten();
    content
        .map(|(media_type, body)| (media_type, &body["schema"]))
        .collect()
}

/// Refuses content other than of one schema, in media types that are known or of bytes.
fn check_content(pointer: &Pointer, owner: &Value, known: &[&str]) -> Result<(), Refusal> {
    let pointer = pointer.child("content");
    let types = schemas(owner);
    let Some((_, first)) = types.first() else {
        return Err(Refusal::new(&pointer, "a media type is needed"));
    };
    for (media_type, schema) in &types {
        let pointer = pointer.child(*media_type);
        if !known.contains(&media_type.as_str()) && !is_binary(schema) {
            let reason = format!("unknown media type `{media_type}`");
            return Err(Refusal::new(&pointer, reason));
        }
        if schema.is_null() {
            return Err(Refusal::new(&pointer, "a body without a schema"));
        }
        if schema != first {
            let reason = "another schema than in another media type";
            return Err(Refusal::new(&pointer, reason));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{
        super::testing::{document, put, refused},
        *,
    };

    const PATCH: &str = "#/paths/~1things~1{id}/patch";

    #[test]
    fn operations_that_can_be_lowered_are_taken() {
        check(&document()).unwrap();
    }

    #[test]
    fn an_operation_without_id_is_refused_with_its_place() {
        assert_eq!(
            refused(check, &format!("{PATCH}/operationId"), json!(null)),
            format!("{PATCH}: an operation without `operationId`")
        );
    }

    #[test]
    fn ids_that_make_the_same_function_name_are_refused() {
        assert_eq!(
            refused(check, &format!("{PATCH}/operationId"), json!("get_thing")),
            format!(
                "{PATCH}/operationId: the id makes the same function name as that of \
                 #/paths/~1things~1{{id}}/get"
            )
        );
    }

    #[test]
    fn an_unknown_media_type_of_a_request_is_refused_with_its_place() {
        let content = json!({"text/csv": {"schema": {"type": "string"}}});

        assert_eq!(
            refused(check, &format!("{PATCH}/requestBody/content"), content),
            format!("{PATCH}/requestBody/content/text~1csv: unknown media type `text/csv`")
        );
    }

    #[test]
    fn an_unknown_media_type_of_an_answer_is_refused_with_its_place() {
        let content = json!({"application/merge-patch+json": {"schema": {"type": "string"}}});

        assert_eq!(
            refused(check, &format!("{PATCH}/responses/204/content"), content),
            format!(
                "{PATCH}/responses/204/content/application~1merge-patch+json: \
                 unknown media type `application/merge-patch+json`"
            )
        );
    }

    #[test]
    fn several_media_types_of_one_body_are_taken_if_it_is_the_same_in_each() {
        let content = "#/paths/~1things~1{id}/patch/requestBody/content";
        let text = json!({"schema": {"type": "string"}});
        let mut edited = document();
        put(
            &mut edited,
            content,
            json!({"application/json": text, MERGE_PATCH: text}),
        );
        check(&edited).unwrap();

        let other = json!({"schema": {"type": "integer"}});
        assert_eq!(
            refused(
                check,
                content,
                json!({"application/json": text, MERGE_PATCH: other})
            ),
            format!(
                "{content}/application~1merge-patch+json: another schema than in another media type"
            )
        );
    }

    #[test]
    fn bytes_may_be_in_any_media_type_but_in_requests_in_one_alone() {
        let bytes = json!({"schema": {"type": "string", "format": "binary"}});
        let one = json!({"image/png": bytes});
        let two = json!({"image/png": bytes, "image/gif": bytes});
        for (place, content) in [
            (format!("{PATCH}/requestBody/content"), &one),
            (format!("{PATCH}/responses/204/content"), &one),
            (format!("{PATCH}/responses/204/content"), &two),
        ] {
            let mut edited = document();
            put(&mut edited, &place, content.clone());
            check(&edited).unwrap();
        }
        assert_eq!(
            refused(check, &format!("{PATCH}/requestBody/content"), two),
            format!(
                "{PATCH}/requestBody/content: bytes in several media types: who calls would have to say which"
            )
        );
    }

    #[test]
    fn a_body_without_a_schema_is_refused() {
        assert_eq!(
            refused(
                check,
                &format!("{PATCH}/requestBody/content"),
                json!({"application/json": {}})
            ),
            format!("{PATCH}/requestBody/content/application~1json: a body without a schema")
        );
    }

    #[test]
    fn a_request_body_by_reference_is_refused() {
        assert_eq!(
            refused(
                check,
                &format!("{PATCH}/requestBody"),
                json!({"$ref": "#/info"})
            ),
            format!("{PATCH}/requestBody: a request body by reference")
        );
    }

    #[test]
    fn an_operation_without_the_api_version_is_refused() {
        assert_eq!(
            refused(check, &format!("{PATCH}/parameters"), json!([])),
            format!(
                "{PATCH}/parameters: no `api-version` in the query, which is sent with every request"
            )
        );
    }

    #[test]
    fn an_operation_needs_an_answer_of_success_with_its_exact_status() {
        let answer = json!({"description": "Done."});
        let responses = format!("{PATCH}/responses");

        assert_eq!(
            refused(check, &responses, json!({"default": answer})),
            format!("{responses}: an answer of success is needed")
        );
        assert_eq!(
            refused(check, &responses, json!({"2XX": answer})),
            format!("{responses}/2XX: a success needs its exact status")
        );
    }

    #[test]
    fn several_answers_of_success_are_taken_if_their_bodies_are_the_same() {
        let responses = format!("{PATCH}/responses");
        let of = |kind: &str| json!({"description": "Done.", "content": {JSON: {"schema": {"type": kind}}}});
        let mut edited = document();
        put(
            &mut edited,
            &responses,
            json!({"200": of("string"), "201": of("string")}),
        );
        check(&edited).unwrap();

        assert_eq!(
            refused(
                check,
                &responses,
                json!({"200": of("string"), "201": of("integer")})
            ),
            format!("{responses}/201: its body has another schema than that of another success")
        );
        assert_eq!(
            refused(
                check,
                &responses,
                json!({"200": of("string"), "204": {"description": "d"}})
            ),
            format!("{responses}/204: its body has another schema than that of another success")
        );
    }
}
