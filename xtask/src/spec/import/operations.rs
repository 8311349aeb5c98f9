//! Operations: the project's with what is published of them, and those that are new.

use heck::ToLowerCamelCase as _;
use serde_json::{Map, Value, json};

use super::{mark, schemas};
use crate::{
    lower::{NO_WAIT, RATE_GROUP, REPEAT, is_api_version, is_success},
    pointer,
    walk::{self, OperationNode},
};

/// A document and an operation of it.
type Of<'a> = (&'a Value, &'a OperationNode<'a>);

/// Answers of failure that every operation has.
const FAILURES: &[(&str, &str)] = &[
    ("400", "BadRequest"),
    ("401", "Unauthorized"),
    ("403", "Forbidden"),
    ("404", "NotFound"),
    ("429", "TooManyRequests"),
    ("503", "ServiceUnavailable"),
];

/// An operation that the project has.
pub(super) fn merge((old, own): Of<'_>, (new, theirs): Of<'_>, notes: &mut Vec<String>) -> Value {
    let mut merged = own.node.clone();
    merged["parameters"] = parameters(old, Some(own), (new, theirs), notes);
    match (own.node.get("requestBody"), theirs.node.get("requestBody")) {
        (Some(own), Some(theirs)) => {
            let required = theirs["required"].as_bool().unwrap_or_default();
            merged["requestBody"]["required"] = required.into();
            merged["requestBody"]["content"] = content(own, theirs);
        }
        (None, Some(theirs)) => merged["requestBody"] = request(theirs),
        (_, None) => {
            if let Some(merged) = merged.as_object_mut() {
                merged.remove("requestBody");
            }
        }
    }
    let mut answers = Map::new();
    for (status, node) in entries(&own.node["responses"]) {
        if !is_success(status) {
            answers.insert(status.clone(), node.clone());
        }
    }
    for (status, node) in entries(&theirs.node["responses"]) {
        if is_success(status) {
            let answer = match own.node["responses"].get(status) {
                Some(own) => kept_answer(own, node),
                None => answer(old, node),
            };
            answers.insert(status.clone(), answer);
        }
    }
    merged["responses"] = answers.into();
    merged
}

/// An operation that is new, with marks where something is to be written.
pub(super) fn fresh(old: &Value, (new, theirs): Of<'_>) -> Value {
    let node = theirs.node;
    let published = node["operationId"].as_str().unwrap_or_default();
    let id = published
        .rsplit('_')
        .next()
        .unwrap_or(published)
        .to_lower_camel_case();
    let mut fresh = json!({
        "operationId": id,
        "parameters": parameters(old, None, (new, theirs), &mut Vec::new()),
    });
    if let Some(tags) = node.get("tags") {
        fresh["tags"] = tags.clone();
    }
    mark(&mut fresh, "summary", &node["summary"]);
    mark(&mut fresh, "description", &node["description"]);
    mark(
        &mut fresh,
        REPEAT,
        &json!({"safe": "true or false", "because": "why"}),
    );
    mark(
        &mut fresh,
        RATE_GROUP,
        &json!("whose requests are counted together"),
    );
    mark(
        &mut fresh,
        NO_WAIT,
        &json!("true, where a late request is worth nothing; else nothing"),
    );
    if let Some(body) = node.get("requestBody") {
        fresh["requestBody"] = request(body);
    }
    for (status, node) in entries(&node["responses"]) {
        if is_success(status) {
            fresh["responses"][status] = answer(old, node);
        }
    }
    for (status, name) in FAILURES {
        if old["components"]["responses"].get(name).is_some() {
            let reference = format!("#/components/responses/{name}");
            fresh["responses"][status] = json!({ "$ref": reference });
        }
    }
    fresh
}

fn entries(node: &Value) -> impl Iterator<Item = (&String, &Value)> {
    node.as_object().into_iter().flatten()
}

/// The parameters that are published, each as the project writes it where it has it.
fn parameters(
    old: &Value,
    own: Option<&OperationNode<'_>>,
    (new, theirs): Of<'_>,
    notes: &mut Vec<String>,
) -> Value {
    let list = |operation: &OperationNode<'_>| {
        operation.node["parameters"]
            .as_array()
            .cloned()
            .unwrap_or_default()
    };
    let place = |document: &Value, operation: &OperationNode<'_>, node: &Value| {
        let node = pointer::resolved(document, node);
        let name = node["name"].as_str().unwrap_or_default();
        let braced = format!("{{{name}}}");
        let position = operation
            .path
            .split('/')
            .position(|segment| segment == braced);
        let name = position.map_or(name.to_lowercase(), |position| position.to_string());
        (node["in"].clone(), name)
    };
    let ours = own.map(|own| (own, list(own)));
    let mut published = list(theirs);
    let mut merged = Vec::new();
    // First what is there, in its order.
    for node in ours.iter().flat_map(|(_, nodes)| nodes) {
        let Some((own, _)) = &ours else { continue };
        let wanted = place(old, own, node);
        let found = published
            .iter()
            .position(|other| place(new, theirs, other) == wanted);
        if is_api_version(old, node) {
            merged.push(node.clone());
        } else if let Some(found) = found {
            let theirs = published.remove(found);
            let theirs = pointer::resolved(new, &theirs);
            merged.push(kept_parameter(old, node, theirs, &own.name(), notes));
        }
    }
    for node in published {
        if is_api_version(new, &node) {
            if own.is_none() {
                merged.push(json!({"$ref": "#/components/parameters/ApiVersion"}));
            }
            continue;
        }
        let node = pointer::resolved(new, &node);
        let components = entries(&old["components"]["parameters"]);
        let mut known = components
            .filter(|(_, known)| known["name"] == node["name"] && known["in"] == node["in"]);
        merged.push(match known.next() {
            Some((name, _)) => json!({"$ref": format!("#/components/parameters/{name}")}),
            None => {
                let mut fresh = node.clone();
                mark(&mut fresh, "description", &node["description"]);
                mark(&mut fresh, "example", &Value::Null);
                fresh
            }
        });
    }
    merged.into()
}

/// A parameter that the project has: as it is written, or with its own schema where the published
/// one is another.
fn kept_parameter(
    old: &Value,
    node: &Value,
    theirs: &Value,
    operation: &str,
    notes: &mut Vec<String>,
) -> Value {
    let own = pointer::resolved(old, node);
    let at = format!("{operation} {}", own["name"].as_str().unwrap_or_default());
    let mut merged = own.clone();
    merged["required"] = (theirs["required"] == true).into();
    merged["schema"] = schemas::merge(&own["schema"], &theirs["schema"], &at, notes);
    if merged["required"] == (own["required"] == true) && merged["schema"] == own["schema"] {
        return node.clone();
    }
    if node.get("$ref").is_some() {
        notes.push(format!("{at}: no longer as in other operations"));
    }
    merged
}

fn request(theirs: &Value) -> Value {
    let mut request = theirs.clone();
    mark(&mut request, "description", &theirs["description"]);
    request["content"] = content(&Value::Null, theirs);
    request
}

fn answer(old: &Value, theirs: &Value) -> Value {
    let mut answer = theirs.clone();
    for (name, header) in headers_of_all(old) {
        answer["headers"][name] = header;
    }
    mark(&mut answer, "description", &theirs["description"]);
    if theirs.get("content").is_some() {
        answer["content"] = content(&Value::Null, theirs);
    }
    for (name, header) in entries(&theirs["headers"]) {
        if answer["headers"][name] != *header {
            continue;
        }
        mark(
            &mut answer["headers"][name],
            "description",
            &header["description"],
        );
    }
    answer
}

/// The headers that all answers of success have.
fn headers_of_all(old: &Value) -> Map<String, Value> {
    let operations = walk::operations(old);
    let answers = operations.iter().flat_map(|operation| {
        entries(&operation.node["responses"]).filter(|(status, _)| is_success(status))
    });
    let headers = answers.map(|(_, answer)| answer["headers"].as_object().cloned());
    let common = headers.reduce(|common, headers| {
        let (mut common, headers) = (common?, headers?);
        common.retain(|name, header| headers.get(name) == Some(header));
        Some(common)
    });
    common.flatten().unwrap_or_default()
}

fn kept_answer(own: &Value, theirs: &Value) -> Value {
    let mut answer = own.clone();
    match theirs.get("content") {
        Some(_) => answer["content"] = content(own, theirs),
        None => {
            if let Some(answer) = answer.as_object_mut() {
                answer.remove("content");
            }
        }
    }
    answer
}

/// The media types that are published. One that the project does not have gets the example of one
/// that it has: they are of the same body.
fn content(own: &Value, theirs: &Value) -> Value {
    let example = entries(&own["content"]).find_map(|(_, body)| body.get("example"));
    let mut merged = Map::new();
    for (media_type, body) in entries(&theirs["content"]) {
        let mut body = json!({ "schema": schemas::used(&body["schema"]) });
        match example {
            Some(example) => body["example"] = example.clone(),
            None => mark(&mut body, "example", &Value::Null),
        }
        merged.insert(media_type.clone(), body);
    }
    merged.into()
}
