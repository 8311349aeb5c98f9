use serde_json::json;

use super::*;

fn swagger() -> Value {
    json!({
        "swagger": "2.0",
        "info": {"title": "Things", "version": "2026-01-01", "x-generated": true},
        "x-ms-parameterized-host": {
            "hostTemplate": "{endpoint}",
            "parameters": [{"name": "endpoint", "in": "path", "type": "string"}]
        },
        "consumes": ["application/json"],
        "produces": ["application/json"],
        "paths": {"/things": {"put": {
            "operationId": "Things_Put",
            "summary": "Puts a thing.",
            "parameters": [
                {"$ref": "#/parameters/Core.ApiVersion"},
                {"name": "endpoint", "in": "path", "type": "string"},
                {"name": "count", "in": "query", "type": "integer", "format": "int32", "x-ms-client-name": "n"},
                {"name": "body", "in": "body", "required": true, "description": "A thing.",
                    "schema": {"$ref": "#/definitions/Thing"}}
            ],
            "responses": {
                "200": {"description": "Done.", "schema": {"$ref": "#/definitions/Thing"}},
                "default": {"description": "Not.", "schema": {"$ref": "#/definitions/Core.Error"}}
            },
            "x-ms-examples": {"one": {"$ref": "./one.json"}}
        }}},
        "parameters": {"Core.ApiVersion": {
            "name": "api-version", "in": "query", "type": "string", "required": true, "minLength": 1
        }},
        "definitions": {
            "Core.Error": {"properties": {"code": {"type": "string"}}, "additionalProperties": false},
            "Thing": {"type": "object", "required": ["kind"], "properties": {
                "kind": {"type": "string", "description": "Which.", "enum": ["a", "b"],
                    "x-ms-enum": {"name": "ThingKind", "modelAsString": true}},
                "error": {"$ref": "#/definitions/Core.Error", "description": "What.", "x-ms-client-name": "e"},
                "any": {"type": "object", "additionalProperties": true},
                "key": {"type": "string", "x-ms-secret": true},
            }},
        }
    })
}

fn converted(edit: impl FnOnce(&mut Value)) -> Value {
    let mut document = swagger();
    edit(&mut document);
    to_open_api(&document).unwrap()
}

#[test]
fn an_operation_has_its_body_its_answers_and_its_parameters_without_those_of_the_host() {
    let document = converted(|_| {});

    assert_eq!(
        document["info"],
        json!({"title": "Things", "version": "2026-01-01"})
    );
    assert_eq!(
        document["paths"]["/things"]["put"],
        json!({
            "operationId": "Things_Put",
            "summary": "Puts a thing.",
            "parameters": [
                {"$ref": "#/components/parameters/ApiVersion"},
                {"name": "count", "in": "query", "required": false,
                    "schema": {"type": "integer", "format": "int32"}},
            ],
            "requestBody": {"required": true, "description": "A thing.", "content": {
                "application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}
            }},
            "responses": {
                "200": {"description": "Done.", "content": {
                    "application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}
                }},
                "default": {"description": "Not.", "content": {
                    "application/json": {"schema": {"$ref": "#/components/schemas/Error"}}
                }},
            },
        })
    );
    assert_eq!(
        document["components"]["parameters"]["ApiVersion"]["schema"],
        json!({"type": "string", "minLength": 1})
    );
}

#[test]
fn enums_are_open_and_named_and_nothing_is_closed() {
    let schemas = converted(|_| {})["components"]["schemas"].clone();

    assert_eq!(
        schemas,
        json!({
            "Error": {"type": "object", "properties": {"code": {"type": "string"}}},
            "Thing": {"type": "object", "required": ["kind"], "properties": {
                "kind": {"description": "Which.", "allOf": [{"$ref": "#/components/schemas/ThingKind"}]},
                "error": {"description": "What.", "allOf": [{"$ref": "#/components/schemas/Error"}]},
                "any": {"type": "object", "additionalProperties": {}},
                "key": {"type": "string", "format": "password"},
            }},
            "ThingKind": {"type": "string", "description": "Which.", "x-extensible-enum": ["a", "b"]},
        })
    );
}

#[test]
fn what_inherits_is_a_union() {
    let schemas = converted(|document| {
        let definitions = &mut document["definitions"];
        definitions["Policy"] = json!({
            "discriminator": "kind", "required": ["kind"], "properties": {"kind": {"type": "string"}}
        });
        definitions["Never"] = json!({
            "x-ms-discriminator-value": "none", "allOf": [{"$ref": "#/definitions/Policy"}]
        });
        definitions["After"] = json!({
            "x-ms-discriminator-value": "after", "allOf": [{"$ref": "#/definitions/Policy"}],
            "required": ["days"], "properties": {"days": {"type": "integer"}}
        });
    })["components"]["schemas"]
        .clone();

    assert_eq!(
        schemas["Policy"],
        json!({
            "anyOf": [{"$ref": "#/components/schemas/After"}, {"$ref": "#/components/schemas/Never"}],
            "discriminator": {"propertyName": "kind", "mapping": {
                "none": "#/components/schemas/Never", "after": "#/components/schemas/After"
            }}
        })
    );
    assert_eq!(
        schemas["After"],
        json!({"type": "object", "required": ["kind", "days"],
            "properties": {"kind": {"type": "string"}, "days": {"type": "integer"}}})
    );
}

#[test]
fn files_are_bytes_in_their_media_types() {
    let document = converted(|document| {
        let put = &mut document["paths"]["/things"]["put"];
        put["consumes"] = json!(["application/octet-stream"]);
        put["produces"] = json!(["application/json", "image/png"]);
        put["parameters"][3]["schema"] = json!({"type": "string", "format": "binary"});
        put["responses"]["200"]["schema"] = json!({"type": "file"});
    });

    let bytes = json!({"schema": {"type": "string", "format": "binary"}});
    let put = &document["paths"]["/things"]["put"];
    assert_eq!(
        put["requestBody"]["content"],
        json!({"application/octet-stream": bytes})
    );
    assert_eq!(
        put["responses"]["200"]["content"],
        json!({"image/png": bytes})
    );
}

#[test]
fn what_cannot_be_said_here_is_refused_with_its_place() {
    let refused = |edit: fn(&mut Value)| {
        let mut document = swagger();
        edit(&mut document);
        to_open_api(&document).unwrap_err().to_string()
    };
    assert_eq!(
        refused(|document| document["definitions"]["Thing"]["not"] = json!({})),
        "#/definitions/Thing/not: `not` has no meaning here"
    );
    assert_eq!(
        refused(|document| document["definitions"]["Zoo.Thing"] = json!({})),
        "#/definitions/Zoo.Thing: another one has the same name but for its namespace"
    );
    assert_eq!(
        refused(|document| document["definitions"]["Thing"]["discriminator"] = json!("kind")),
        "#/definitions/Thing/discriminator: nothing inherits from it"
    );
    let put = "#/paths/~1things/put";
    assert_eq!(
        refused(
            |document| document["paths"]["/things"]["put"]["parameters"][3]["in"] =
                json!("formData")
        ),
        format!("{put}/parameters/3: forms are not known here")
    );
    assert_eq!(
        refused(
            |document| document["paths"]["/things"]["put"]["x-ms-pageable"] =
                json!({"nextLinkName": "next"})
        ),
        format!("{put}/x-ms-pageable: pages have `value` and `nextLink` here")
    );
}
