use std::path::Path;

use serde_json::json;

use super::*;
use crate::{lower::testing, spec::source};

const PATCH: &str = "#/paths/~1things~1{id}/patch";
const THING: &str = "#/components/schemas/Thing";

/// How the document of the lowering's tests differs from itself with `value` at `pointer`.
fn changed(pointer: &str, value: Value) -> Vec<String> {
    let (old, mut new) = (testing::document(), testing::document());
    testing::put(&mut new, pointer, value);
    lines(&old, &new)
}

/// And the other way round.
fn unchanged(pointer: &str, value: Value) -> Vec<String> {
    let (mut old, new) = (testing::document(), testing::document());
    testing::put(&mut old, pointer, value);
    lines(&old, &new)
}

fn lines(old: &Value, new: &Value) -> Vec<String> {
    let text = |change: &Change| format!("{} {}: {}", change.effect.name(), change.at, change.what);
    compare(old, new).iter().map(text).collect()
}

#[test]
fn a_document_does_not_differ_from_itself() {
    let document = testing::document();

    assert_eq!(lines(&document, &document), Vec::<String>::new());
}

#[test]
fn operations_come_and_go() {
    let operation = testing::document()["paths"]["/things/{id}"]["get"].clone();
    let place = "#/paths/~1things~1{id}/delete";

    assert_eq!(
        changed(place, operation.clone()),
        ["compatible DELETE /things/{}: added"]
    );
    assert_eq!(
        unchanged(place, operation),
        ["breaking DELETE /things/{}: removed"]
    );
    assert_eq!(
        changed(&format!("{PATCH}/operationId"), json!("patchThing")),
        [r#"compatible PATCH /things/{}: its id was "updateThing" and is "patchThing""#]
    );
}

#[test]
fn the_names_of_ids_in_a_path_do_not_count() {
    let old = testing::document();
    let mut new = old.clone();
    let mut item = new["paths"]["/things/{id}"].take();
    item["parameters"][0]["name"] = json!("thingId");
    new["paths"] = json!({"/things/{thingId}": item});

    assert_eq!(lines(&old, &new), Vec::<String>::new());
}

#[test]
fn parameters_come_and_go_and_may_be_required() {
    let place = format!("{PATCH}/parameters");
    let version = testing::document()["paths"]["/things/{id}"]["patch"]["parameters"][0].clone();
    let page = |required: bool, kind: &str| {
        json!([version, {"name": "page", "in": "query", "required": required,
            "schema": {"type": kind, "format": "int32", "maximum": 9}}])
    };
    let at = "PATCH /things/{} query page";

    assert_eq!(
        changed(&place, json!([version])),
        [format!("breaking {at}: removed")]
    );
    assert_eq!(
        unchanged(&place, json!([version])),
        [format!("compatible {at}: added")]
    );
    assert_eq!(
        changed(&place, page(true, "integer")),
        [format!("breaking {at}: is now required")]
    );
    assert_eq!(
        unchanged(&place, page(true, "integer")),
        [format!("compatible {at}: is no longer required")]
    );
    assert_eq!(
        changed(&place, page(false, "string")),
        [format!(
            "breaking {at}: was integer (int32), is string (int32)"
        )]
    );
    let lower = json!(5);
    assert_eq!(
        changed(&format!("{place}/1/schema/maximum"), lower),
        [format!("breaking {at}: `maximum` was 9, is 5")]
    );
}

#[test]
fn a_body_may_be_in_other_media_types_and_need_not_be_there() {
    let content = format!("{PATCH}/requestBody/content");
    let schema = json!({"schema": {"$ref": THING}});
    let both = json!({"application/merge-patch+json": schema, "application/json": schema});
    let at = "PATCH /things/{} request";

    assert_eq!(
        changed(&content, both.clone()),
        [format!("compatible {at}: may also be in application/json")]
    );
    assert_eq!(
        unchanged(&content, both),
        [format!("breaking {at}: no longer in application/json")]
    );
    assert_eq!(
        changed(&format!("{PATCH}/requestBody/required"), json!(false)),
        [format!("compatible {at}: is no longer required")]
    );
}

#[test]
fn a_new_status_of_success_breaks_and_one_of_failure_does_not() {
    let answer = json!({"description": "Done."});
    let place = |status: u16| format!("{PATCH}/responses/{status}");
    let at = "PATCH /things/{}";

    assert_eq!(
        changed(&place(200), answer.clone()),
        [format!("breaking {at} 200: added")]
    );
    assert_eq!(
        changed(&place(409), answer.clone()),
        [format!("compatible {at} 409: added")]
    );
    assert_eq!(
        unchanged(&place(200), answer),
        [format!("compatible {at} 200: removed")]
    );
}

#[test]
fn a_field_counts_by_who_writes_it() {
    let field = format!("{THING}/properties/colour");
    let text = json!({"type": "string"});

    assert_eq!(
        changed(&field, text.clone()),
        [
            "compatible Thing/colour in answers: added",
            "compatible Thing/colour in requests: added"
        ]
    );
    assert_eq!(
        unchanged(&field, text),
        [
            "breaking Thing/colour in requests: removed",
            "compatible Thing/colour in answers: removed: what reads it finds nothing"
        ]
    );
    assert_eq!(
        changed(&format!("{THING}/required"), json!(["count"])),
        [
            "breaking Thing/count in requests: is now required",
            "compatible Thing/count in answers: is now required"
        ]
    );
    assert_eq!(
        unchanged(&format!("{THING}/required"), json!(["count"])),
        [
            "breaking Thing/count in answers: is no longer required",
            "compatible Thing/count in requests: is no longer required"
        ]
    );
    assert_eq!(
        changed(&format!("{THING}/properties/count/format"), json!("int64")),
        [
            "breaking Thing/count in answers: was integer (int32), is integer (int64)",
            "breaking Thing/count in requests: was integer (int32), is integer (int64)"
        ]
    );
}

#[test]
fn values_of_enums_and_kinds_of_unions_come_and_go() {
    let sort = json!({"type": "string", "x-extensible-enum": ["a", "b"]});
    let (mut old, mut new) = (testing::document(), testing::document());
    testing::put(&mut old, &format!("{THING}/properties/sort"), sort);
    let sort = json!({"type": "string", "x-extensible-enum": ["b", "c"]});
    testing::put(&mut new, &format!("{THING}/properties/sort"), sort);

    assert_eq!(
        lines(&old, &new),
        [
            "breaking Thing/sort in requests: the value `a` removed",
            "compatible Thing/sort in answers: the value `a` removed",
            "compatible Thing/sort in answers: the value `c` added",
            "compatible Thing/sort in requests: the value `c` added",
        ]
    );

    let union =
        |mapping: Value| json!({"discriminator": {"propertyName": "kind", "mapping": mapping}});
    let field = format!("{THING}/properties/policy");
    testing::put(&mut old, &field, union(json!({"none": THING})));
    testing::put(
        &mut new,
        &field,
        union(json!({"none": THING, "after": THING})),
    );
    let found = lines(&old, &new);
    let added = "compatible Thing/policy in answers: the kind `after` added".to_owned();
    assert!(found.contains(&added), "{found:?}");
}

#[test]
fn swagger_and_open_api_of_one_interface_are_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, document: Value| {
        let path = folder.path().join(name);
        std::fs::write(&path, document.to_string()).unwrap();
        path
    };
    let swagger = write(
        "swagger.json",
        json!({
            "swagger": "2.0", "info": {"version": "1"},
            "paths": {"/things": {"get": {"operationId": "list", "parameters": [
                {"name": "page", "in": "query", "type": "integer", "format": "int32"}
            ], "responses": {"200": {"description": "d", "schema": {"$ref": "#/definitions/Things"}}}}}},
            "definitions": {"Things": {"type": "object", "properties": {
                "kind": {"type": "string", "enum": ["a"], "x-ms-enum": {"name": "Kind"}}}}},
        }),
    );
    let open_api = write(
        "openapi.json",
        json!({
            "openapi": "3.0.3", "info": {"version": "1"},
            "paths": {"/things": {"get": {"operationId": "list", "parameters": [
                {"name": "page", "in": "query", "schema": {"type": "integer", "format": "int32"}}
            ], "responses": {"200": {"description": "d", "content": {"application/json":
                {"schema": {"type": "object", "properties": {
                    "kind": {"type": "string", "x-extensible-enum": ["a"]}}}}}}}}}},
        }),
    );

    let read = |path: &Path| source::open_api(path).unwrap();
    assert_eq!(
        lines(&read(&swagger), &read(&open_api)),
        Vec::<String>::new()
    );
}
