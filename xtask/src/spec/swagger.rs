//! From Swagger 2.0, as the service publishes its documents, to the OpenAPI 3.0 of this project.
//!
//! What the service's own extensions say is said here in the words of OpenAPI: the values of
//! `x-ms-enum` as open enums, what inherits by `x-ms-discriminator-value` as a union. All other
//! extensions are for generators of other languages, and are left out.

pub(super) mod bundle;
mod operations;
mod schemas;
mod unions;

use serde_json::{Map, Value, json};

use crate::{pointer::Pointer, refusal::Refusal};

/// Converts a document whose references are all within it.
pub(super) fn to_open_api(swagger: &Value) -> Result<Value, Refusal> {
    let mut enums = Map::new();
    let mut schemas = Map::new();
    let definitions = Pointer::root().child("definitions");
    for (name, schema) in entries(&swagger["definitions"]) {
        let converted = schemas::convert(&definitions.child(name), schema, true, &mut enums)?;
        insert(&mut schemas, &definitions, name, converted)?;
    }
    unions::join(&mut schemas, &swagger["definitions"])?;
    let parameters = operations::parameters(swagger, &mut enums)?;
    let paths = operations::paths(swagger, &mut enums)?;
    for (name, schema) in enums {
        schemas.entry(name).or_insert(schema);
    }
    let mut open_api = json!({
        "openapi": "3.0.3",
        "info": swagger["info"],
        "servers": [{"url": server(swagger)}],
        "paths": paths,
        "components": {"schemas": schemas, "parameters": parameters},
    });
    if let Some(info) = open_api["info"].as_object_mut() {
        info.retain(|key, _| !key.starts_with("x-"));
    }
    if let Some(tags) = swagger.get("tags") {
        open_api["tags"] = tags.clone();
    }
    Ok(open_api)
}

/// What stands before each path. A host of parameters is one that every resource has of its own.
fn server(swagger: &Value) -> String {
    let base = swagger["basePath"].as_str().unwrap_or_default();
    let host = match swagger["host"].as_str() {
        Some(host) => format!("https://{host}"),
        None => "https://contoso.communication.azure.com".to_owned(),
    };
    format!("{host}{}", base.trim_end_matches('/'))
}

/// A name without the namespaces before it.
fn short(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

fn insert(
    into: &mut Map<String, Value>,
    pointer: &Pointer,
    name: &str,
    value: Value,
) -> Result<(), Refusal> {
    match into.insert(short(name).to_owned(), value) {
        None => Ok(()),
        Some(_) => Err(Refusal::new(
            &pointer.child(name),
            "another one has the same name but for its namespace",
        )),
    }
}

fn entries(node: &Value) -> impl Iterator<Item = (&String, &Value)> {
    node.as_object().into_iter().flatten()
}

#[cfg(test)]
mod tests;
