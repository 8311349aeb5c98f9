//! Operations, their parameters, bodies and answers.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{
    change::{Changes, Effect},
    schemas::{Direction, Schemas},
};
use crate::{
    lower::{is_api_version, is_success},
    pointer::{self, Pointer},
    walk::{OperationNode, operations_by_name},
};

/// Compares all that can be asked and answered.
pub(super) fn compare(old: &Value, new: &Value, changes: &mut Changes) {
    let (was, is) = (operations_by_name(old), operations_by_name(new));
    let names: BTreeSet<_> = was.keys().chain(is.keys()).collect();
    let mut schemas = Schemas::new(old, new);
    for name in names {
        match (was.get(name), is.get(name)) {
            (Some(was), Some(is)) => {
                let id = |operation: &OperationNode<'_>| operation.node["operationId"].clone();
                if id(was) != id(is) {
                    let what = format!("its id was {} and is {}", id(was), id(is));
                    changes.add(Effect::Compatible, name, what);
                }
                parameters(old, new, (was, is), name, &mut schemas, changes);
                request(old, new, (was, is), name, &mut schemas, changes);
                answers(old, new, (was, is), name, &mut schemas, changes);
            }
            (Some(_), None) => changes.add(Effect::Breaking, name, "removed"),
            _ => changes.add(Effect::Compatible, name, "added"),
        }
    }
}

type Two<'a> = (&'a OperationNode<'a>, &'a OperationNode<'a>);

/// The parameters by place and name, those of the path by their order; each with where it stands.
fn by_place(
    document: &Value,
    operation: &OperationNode<'_>,
) -> BTreeMap<(String, String), Pointer> {
    let item = Pointer::root().child("paths").child(operation.path);
    let mut found = BTreeMap::new();
    for owner in [&item, &operation.pointer] {
        let pointer = owner.child("parameters");
        let count = pointer
            .find(document)
            .and_then(Value::as_array)
            .map(Vec::len);
        for index in 0..count.unwrap_or_default() {
            let place = pointer::followed(document, &pointer.child(index.to_string()));
            let Some(node) = place
                .find(document)
                .filter(|node| !is_api_version(document, node))
            else {
                continue;
            };
            let text = |key: &str| node[key].as_str().unwrap_or_default().to_owned();
            let braced = format!("{{{}}}", text("name"));
            let position = operation
                .path
                .split('/')
                .position(|segment| segment == braced);
            let name = match (text("in").as_str(), position) {
                ("path", Some(position)) => position.to_string(),
                ("header", _) => text("name").to_lowercase(),
                _ => text("name"),
            };
            found.insert((text("in"), name), place);
        }
    }
    found
}

fn parameters(
    old: &Value,
    new: &Value,
    (was, is): Two<'_>,
    name: &str,
    schemas: &mut Schemas<'_>,
    changes: &mut Changes,
) {
    let (was, is) = (by_place(old, was), by_place(new, is));
    let keys: BTreeSet<_> = was.keys().chain(is.keys()).collect();
    let is_required = |document: &Value, place: &Pointer| {
        place
            .find(document)
            .is_some_and(|node| node["required"] == true)
    };
    for key in keys {
        let at = format!("{name} {} {}", key.0, key.1);
        match (was.get(key), is.get(key)) {
            (Some(was), Some(is)) => {
                match (is_required(old, was), is_required(new, is)) {
                    (false, true) => changes.add(Effect::Breaking, &at, "is now required"),
                    (true, false) => changes.add(Effect::Compatible, &at, "is no longer required"),
                    _ => {}
                }
                let (was, is) = (was.child("schema"), is.child("schema"));
                schemas.compare(Direction::Request, &was, &is, &at, changes);
            }
            (Some(_), None) => changes.add(Effect::Breaking, at, "removed"),
            (None, Some(is)) if is_required(new, is) => {
                changes.add(Effect::Breaking, at, "added, and required");
            }
            _ => changes.add(Effect::Compatible, at, "added"),
        }
    }
}

fn request(
    old: &Value,
    new: &Value,
    (was, is): Two<'_>,
    name: &str,
    schemas: &mut Schemas<'_>,
    changes: &mut Changes,
) {
    let at = format!("{name} request");
    let body = |operation: &OperationNode<'_>| operation.node.get("requestBody").cloned();
    match (body(was), body(is)) {
        (Some(one), Some(other)) => {
            match (one["required"] == true, other["required"] == true) {
                (false, true) => changes.add(Effect::Breaking, &at, "is now required"),
                (true, false) => changes.add(Effect::Compatible, &at, "is no longer required"),
                _ => {}
            }
            let (was, is) = (
                was.pointer.child("requestBody"),
                is.pointer.child("requestBody"),
            );
            content(
                old,
                new,
                (&was, &is),
                Direction::Request,
                &at,
                schemas,
                changes,
            );
        }
        (Some(_), None) => changes.add(Effect::Breaking, at, "removed"),
        (None, Some(body)) => {
            changes.add(Effect::breaking_if(body["required"] == true), at, "added");
        }
        (None, None) => {}
    }
}

fn answers(
    old: &Value,
    new: &Value,
    (was, is): Two<'_>,
    name: &str,
    schemas: &mut Schemas<'_>,
    changes: &mut Changes,
) {
    let (was, is) = (
        was.pointer.child("responses"),
        is.pointer.child("responses"),
    );
    let statuses = |document: &Value, place: &Pointer| -> BTreeSet<String> {
        let answers = place.find(document).and_then(Value::as_object);
        answers
            .into_iter()
            .flat_map(|answers| answers.keys().cloned())
            .collect()
    };
    let (before, now) = (statuses(old, &was), statuses(new, &is));
    // One that stands for all failures is as good as each of them.
    let names_all = |statuses: &BTreeSet<String>| statuses.contains("default");
    let is_told = |status: &str| is_success(status) || names_all(&before) == names_all(&now);
    for status in before.union(&now).filter(|status| is_told(status)) {
        let at = format!("{name} {status}");
        match (before.contains(status), now.contains(status)) {
            (true, true) => {
                let (was, is) = (was.child(status), is.child(status));
                content(
                    old,
                    new,
                    (&was, &is),
                    Direction::Answer,
                    &at,
                    schemas,
                    changes,
                );
            }
            (true, false) => changes.add(Effect::Compatible, at, "removed"),
            // A status of success that a client does not know is an error to it.
            _ => changes.add(Effect::breaking_if(is_success(status)), at, "added"),
        }
    }
}

fn content(
    old: &Value,
    new: &Value,
    (was, is): (&Pointer, &Pointer),
    direction: Direction,
    at: &str,
    schemas: &mut Schemas<'_>,
    changes: &mut Changes,
) {
    let was = pointer::followed(old, was).child("content");
    let is = pointer::followed(new, is).child("content");
    let types = |document: &Value, place: &Pointer| -> BTreeSet<String> {
        let types = place.find(document).and_then(Value::as_object);
        types
            .into_iter()
            .flat_map(|types| types.keys().cloned())
            .collect()
    };
    let (before, now) = (types(old, &was), types(new, &is));
    for media_type in before.difference(&now) {
        changes.add(Effect::Breaking, at, format!("no longer in {media_type}"));
    }
    for media_type in now.difference(&before) {
        // A client says in which one it sends, and asks for the one that it reads.
        let is_new_body = direction == Direction::Answer && before.is_empty();
        let what = if is_new_body {
            "has a body now, in"
        } else {
            "may also be in"
        };
        changes.add(Effect::Compatible, at, format!("{what} {media_type}"));
    }
    for media_type in before.intersection(&now) {
        let was = was.child(media_type).child("schema");
        let is = is.child(media_type).child("schema");
        schemas.compare(direction, &was, &is, at, changes);
    }
}
