//! Paths, operations and their parameters.

use serde_json::{Map, Value, json};

use super::{entries, insert, schemas, short};
use crate::{
    pointer::{self, Pointer},
    refusal::Refusal,
};

const JSON: &str = "application/json";
const BYTES: &str = "application/octet-stream";

/// What a parameter says of its value, which is a schema in OpenAPI.
const OF_THE_PARAMETER: &[&str] = &["name", "in", "required", "description", "schema"];

/// The names of the fields by which a page says what is in it, and where the next one is.
const PAGE: (&str, &str) = ("value", "nextLink");

/// The parameters that operations refer to.
pub(super) fn parameters(
    swagger: &Value,
    enums: &mut Map<String, Value>,
) -> Result<Map<String, Value>, Refusal> {
    let pointer = Pointer::root().child("parameters");
    let mut converted = Map::new();
    for (name, node) in entries(&swagger["parameters"]) {
        if node["in"] != "body" && !is_of_the_host(swagger, node) {
            let parameter = parameter(&pointer.child(name), node, enums)?;
            insert(&mut converted, &pointer, name, parameter)?;
        }
    }
    Ok(converted)
}

/// The paths with their operations.
pub(super) fn paths(
    swagger: &Value,
    enums: &mut Map<String, Value>,
) -> Result<Map<String, Value>, Refusal> {
    let mut converted = Map::new();
    for (path, item) in entries(&swagger["paths"]) {
        let pointer = Pointer::root().child("paths").child(path);
        let mut operations = Map::new();
        for (method, node) in entries(item).filter(|(method, _)| *method != "parameters") {
            let mut node = node.clone();
            // What holds for all operations of a path stands at each of them here.
            if let Some(shared) = item["parameters"].as_array() {
                let own = node["parameters"].as_array().cloned().unwrap_or_default();
                node["parameters"] = [shared.clone(), own].concat().into();
            }
            let operation = operation(swagger, &pointer.child(method), &node, enums)?;
            operations.insert(method.clone(), operation);
        }
        converted.insert(path.clone(), operations.into());
    }
    Ok(converted)
}

fn operation(
    swagger: &Value,
    pointer: &Pointer,
    node: &Value,
    enums: &mut Map<String, Value>,
) -> Result<Value, Refusal> {
    let mut converted = Map::new();
    for key in [
        "operationId",
        "tags",
        "summary",
        "description",
        "deprecated",
    ] {
        converted.extend(node.get(key).map(|value| (key.to_owned(), value.clone())));
    }
    let mut parameters = Vec::new();
    for (index, given) in node["parameters"]
        .as_array()
        .into_iter()
        .flatten()
        .enumerate()
    {
        let here = pointer.child("parameters").child(index.to_string());
        let found = pointer::resolved(swagger, given);
        match found["in"].as_str() {
            Some("body") => {
                let body = body(swagger, &here, node, found, enums)?;
                converted.insert("requestBody".to_owned(), body);
            }
            Some("formData") => return Err(Refusal::new(&here, "forms are not known here")),
            _ if is_of_the_host(swagger, found) => {}
            _ => parameters.push(match given["$ref"].as_str() {
                Some(target) => {
                    let name = target.rsplit('/').next().unwrap_or(target);
                    json!({"$ref": format!("#/components/parameters/{}", short(name))})
                }
                None => parameter(&here, given, enums)?,
            }),
        }
    }
    converted.insert("parameters".to_owned(), parameters.into());
    let mut answers = Map::new();
    for (status, given) in entries(&node["responses"]) {
        let here = pointer.child("responses").child(status);
        let found = pointer::resolved(swagger, given);
        answers.insert(status.clone(), answer(swagger, &here, node, found, enums)?);
    }
    check_page(swagger, pointer, node)?;
    converted.insert("responses".to_owned(), answers.into());
    Ok(converted.into())
}

/// A parameter of the host is part of the endpoint here.
fn is_of_the_host(swagger: &Value, parameter: &Value) -> bool {
    let host = &swagger["x-ms-parameterized-host"]["parameters"];
    let mut parameters = host.as_array().into_iter().flatten();
    parameters.any(|of_host| {
        let of_host = pointer::resolved(swagger, of_host);
        of_host["name"] == parameter["name"] && of_host["in"] == parameter["in"]
    })
}

fn parameter(
    pointer: &Pointer,
    node: &Value,
    enums: &mut Map<String, Value>,
) -> Result<Value, Refusal> {
    let (mut converted, mut schema) = (Map::new(), Map::new());
    for (key, value) in entries(node).filter(|(key, _)| *key != "collectionFormat") {
        let is_own = OF_THE_PARAMETER.contains(&key.as_str());
        let into = if is_own { &mut converted } else { &mut schema };
        into.insert(key.clone(), value.clone());
    }
    let schema = schemas::convert(pointer, &schema.into(), false, enums)?;
    converted.entry("required").or_insert(false.into());
    converted.insert("schema".to_owned(), schema);
    Ok(converted.into())
}

fn body(
    swagger: &Value,
    pointer: &Pointer,
    operation: &Value,
    parameter: &Value,
    enums: &mut Map<String, Value>,
) -> Result<Value, Refusal> {
    let schema = schemas::convert(&pointer.child("schema"), &parameter["schema"], false, enums)?;
    let mut body = json!({
        "required": parameter["required"].as_bool().unwrap_or(false),
        "content": content(swagger, operation, "consumes", &schema),
    });
    if let Some(description) = parameter.get("description") {
        body["description"] = description.clone();
    }
    Ok(body)
}

fn answer(
    swagger: &Value,
    pointer: &Pointer,
    operation: &Value,
    node: &Value,
    enums: &mut Map<String, Value>,
) -> Result<Value, Refusal> {
    let mut converted = json!({"description": node["description"]});
    if let Some(schema) = node.get("schema") {
        let schema = schemas::convert(&pointer.child("schema"), schema, false, enums)?;
        converted["content"] = content(swagger, operation, "produces", &schema);
    }
    for (name, header) in entries(&node["headers"]) {
        let schema = schemas::convert(&pointer.child("headers").child(name), header, false, enums)?;
        converted["headers"][name] =
            json!({"description": header["description"], "schema": schema});
    }
    Ok(converted)
}

/// A body of that schema in each of the media types of the operation.
fn content(swagger: &Value, operation: &Value, key: &str, schema: &Value) -> Value {
    let given = operation.get(key).or_else(|| swagger.get(key));
    let types = given.and_then(Value::as_array).into_iter().flatten();
    let mut types: Vec<_> = types.filter_map(Value::as_str).collect();
    let is_binary = schema["format"] == "binary";
    // Where a file is answered, JSON is what errors are in.
    types.retain(|media_type| !is_binary || *media_type != JSON);
    if types.is_empty() {
        types.push(if is_binary { BYTES } else { JSON });
    }
    let content = types.into_iter().map(|media_type| {
        let media_type = media_type.split(';').next().unwrap_or(media_type).trim();
        (media_type.to_owned(), json!({"schema": schema}))
    });
    content.collect::<Map<_, _>>().into()
}

/// Refuses pages of other fields than those that the client reads.
fn check_page(swagger: &Value, pointer: &Pointer, node: &Value) -> Result<(), Refusal> {
    let Some(page) = node.get("x-ms-pageable") else {
        return Ok(());
    };
    let pointer = pointer.child("x-ms-pageable");
    let item = page["itemName"].as_str().unwrap_or(PAGE.0);
    let schema = pointer::resolved(swagger, &node["responses"]["200"]["schema"]);
    let has_both = [PAGE.0, PAGE.1]
        .iter()
        .all(|name| schema["properties"].get(name).is_some());
    // Null stands for a list that is whole at once.
    let is_whole = page["nextLinkName"].is_null();
    if item == PAGE.0 && (is_whole || page["nextLinkName"] == PAGE.1 && has_both) {
        return Ok(());
    }
    let reason = format!("pages have `{}` and `{}` here", PAGE.0, PAGE.1);
    Err(Refusal::new(&pointer, reason))
}
