//! A small document for the tests of the passes.

use serde_json::{Value, json};

use crate::{pointer::Pointer, refusal::Refusal};

/// A document with one of each thing that is lowered.
pub(crate) fn document() -> Value {
    json!({
        "openapi": "3.0.3",
        "info": {"title": "Things", "version": "2025-01-01"},
        "paths": {
            "/things/{id}": {
                "parameters": [
                    {"name": "id", "in": "path", "required": true, "schema": {"type": "string"}}
                ],
                "get": {
                    "operationId": "getThing",
                    "x-repeat": {"safe": true, "because": "it changes nothing"},
                    "x-rate-group": "things",
                    "summary": "Read a thing",
                    "parameters": [{"$ref": "#/components/parameters/ApiVersion"}],
                    "responses": {
                        "200": {
                            "description": "The thing.",
                            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}
                        },
                        "404": {"description": "None."}
                    }
                },
                "patch": {
                    "operationId": "updateThing",
                    "x-repeat": {"safe": false, "because": "a late one is wrong"},
                    "x-rate-group": "changes",
                    "x-no-wait": true,
                    "summary": "Change a thing",
                    "parameters": [
                        {"name": "api-version", "in": "query", "required": true, "schema": {"type": "string"}},
                        {"name": "page", "in": "query", "schema": {"type": "integer", "format": "int32", "maximum": 9}}
                    ],
                    "requestBody": {
                        "required": true,
                        "content": {"application/merge-patch+json": {"schema": {"$ref": "#/components/schemas/Thing"}}}
                    },
                    "responses": {
                        "204": {"description": "Changed."},
                        "default": {"description": "Not."}
                    }
                }
            }
        },
        "components": {
            "parameters": {
                "ApiVersion": {"name": "api-version", "in": "query", "required": true, "schema": {"type": "string"}}
            },
            "schemas": {
                "Thing": {
                    "type": "object",
                    "properties": {
                        "count": {"type": "integer", "format": "int32", "minimum": 1, "default": 5},
                        "default": {"type": "string", "maxLength": 3},
                        "made": {"type": "string", "format": "date-time"},
                        "parts": {"type": "array", "maxItems": 2, "items": {"$ref": "#/components/schemas/Thing"}}
                    }
                }
            }
        }
    })
}

/// The document with `value` at `pointer`, and what a check says of it.
pub(super) fn refused(check: super::Check, pointer: &str, value: Value) -> String {
    let mut edited = document();
    put(&mut edited, pointer, value);
    let refusal: Refusal = check(&edited).expect_err("the document is refused");
    refusal.to_string()
}

/// Puts `value` where `pointer` says, as a new key if there is none.
pub(crate) fn put(document: &mut Value, pointer: &str, value: Value) {
    let pointer = Pointer::of_reference(pointer).expect("a pointer into the document");
    let mut place = document;
    for segment in pointer.segments() {
        place = match place {
            Value::Array(items) => &mut items[segment.parse::<usize>().expect("an index")],
            object => &mut object[segment],
        };
    }
    *place = value;
}
