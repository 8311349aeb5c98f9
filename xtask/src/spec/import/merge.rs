//! The project's document with what the published one has.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{
    mark,
    names::{self, Names},
    operations, schemas,
};
use crate::{
    lower::is_success,
    pointer::Pointer,
    walk::{self, OperationNode, operations_by_name},
};

/// What has become of a document.
#[derive(Debug)]
pub(crate) struct Merged {
    pub(crate) document: Value,
    /// What was decided that no difference tells.
    pub(crate) notes: Vec<String>,
}

/// Makes the document anew.
pub(crate) fn merge(old: &Value, published: &Value) -> Merged {
    let new = named_as_here(old, published);
    let mut notes = Vec::new();
    let mut document = old.clone();
    document["info"]["version"] = new["info"]["version"].clone();
    let version = &mut document["components"]["parameters"]["ApiVersion"]["schema"];
    if version.is_object() {
        version["default"] = new["info"]["version"].clone();
    }
    document["paths"] = paths(old, &new, &mut notes);
    let mut merged = Map::new();
    for (name, schema) in new["components"]["schemas"]
        .as_object()
        .into_iter()
        .flatten()
    {
        let own = old["components"]["schemas"].get(name);
        let schema = match own {
            Some(own) => schemas::merge(own, schema, name, &mut notes),
            None => schemas::fresh(schema),
        };
        merged.insert(name.clone(), schema);
    }
    // What the project's own answers of failure refer to may be nothing that is published.
    for (name, own) in old["components"]["schemas"]
        .as_object()
        .into_iter()
        .flatten()
    {
        merged.entry(name).or_insert_with(|| own.clone());
    }
    document["components"]["schemas"] = merged.into();
    drop_unused(&mut document, &mut notes);
    mark_tags(&mut document, &new);
    Merged { document, notes }
}

/// The published document, with the names that the project has for its schemas.
fn named_as_here(old: &Value, published: &Value) -> Value {
    let ours = operations_by_name(old);
    let mut names = Names::new();
    for (name, theirs) in operations_by_name(published) {
        let Some(ours) = ours.get(&name) else {
            continue;
        };
        for (ours, theirs) in bodies(ours).into_iter().zip(bodies(&theirs)) {
            if let (Some(ours), Some(theirs)) = (ours, theirs) {
                names::pair((old, &ours), (published, &theirs), &mut names);
            }
        }
    }
    let mut new = published.clone();
    names::rename(&mut new, &names);
    if let Some(schemas) = new["components"]["schemas"].as_object_mut() {
        let renamed = std::mem::take(schemas).into_iter().map(|(name, schema)| {
            let name = names.get(&name).cloned().unwrap_or(name);
            (name, schema)
        });
        schemas.extend(renamed);
    }
    new
}

/// The schemas of a request, of an answer of success and of one of failure.
fn bodies(operation: &OperationNode<'_>) -> [Option<Pointer>; 3] {
    let schema = |pointer: Pointer, node: &Value| {
        let types = node["content"].as_object()?;
        let media_type = types.keys().next()?;
        Some(pointer.child("content").child(media_type).child("schema"))
    };
    let answer = |wanted: bool| {
        let answers = operation.node["responses"]
            .as_object()
            .into_iter()
            .flatten();
        let mut answers = answers.filter(|(status, _)| is_success(status) == wanted);
        let (status, node) = answers.next()?;
        match Pointer::of_reference(node["$ref"].as_str().unwrap_or_default()) {
            Some(target) => Some(
                target
                    .child("content")
                    .child("application/json")
                    .child("schema"),
            ),
            None => schema(operation.pointer.child("responses").child(status), node),
        }
    };
    let request = operation.node.get("requestBody");
    let request = request.and_then(|node| schema(operation.pointer.child("requestBody"), node));
    [request, answer(true), answer(false)]
}

fn paths(old: &Value, new: &Value, notes: &mut Vec<String>) -> Value {
    let ours = operations_by_name(old);
    let mut paths = Map::new();
    for (name, theirs) in operations_by_name(new) {
        let own = ours.get(&name);
        let path = own.map_or(theirs.path, |own| own.path);
        let operation = match own {
            Some(own) => operations::merge((old, own), (new, &theirs), notes),
            None => operations::fresh(old, (new, &theirs)),
        };
        let item = paths.entry(path).or_insert_with(|| json!({}));
        item[theirs.method] = operation;
    }
    paths.into()
}

/// Drops what nothing refers to any more.
fn drop_unused(document: &mut Value, notes: &mut Vec<String>) {
    loop {
        let mut used = BTreeSet::new();
        walk::objects(document, &mut |_, node| {
            let mapping = node.get("mapping").and_then(Value::as_object);
            let mapped = mapping.into_iter().flat_map(Map::values);
            let targets = mapped.chain(node.get("$ref")).filter_map(Value::as_str);
            used.extend(targets.map(str::to_owned));
        });
        let mut dropped = false;
        for kind in ["schemas", "parameters"] {
            let components = document["components"][kind].as_object_mut();
            if let Some(components) = components {
                components.retain(|name, _| {
                    let is_used = used.contains(&format!("#/components/{kind}/{name}"));
                    if !is_used {
                        notes.push(format!("{name}: dropped, nothing refers to it"));
                        dropped = true;
                    }
                    is_used
                });
            }
        }
        if !dropped {
            return;
        }
    }
}

/// Marks tags that the project has no words for yet.
fn mark_tags(document: &mut Value, new: &Value) {
    let used: BTreeSet<_> = walk::operations(document)
        .iter()
        .flat_map(|operation| {
            operation.node["tags"]
                .as_array()
                .cloned()
                .unwrap_or_default()
        })
        .filter_map(|tag| tag.as_str().map(str::to_owned))
        .collect();
    let Some(tags) = document["tags"].as_array_mut() else {
        return;
    };
    for name in used {
        if tags.iter().any(|tag| tag["name"] == *name) {
            continue;
        }
        let published = new["tags"].as_array().into_iter().flatten();
        let published = published.into_iter().find(|tag| tag["name"] == *name);
        let mut tag = json!({ "name": name });
        mark(
            &mut tag,
            "description",
            published.map_or(&Value::Null, |tag| &tag["description"]),
        );
        tags.push(tag);
    }
}
