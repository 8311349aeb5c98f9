//! Schemas: what values may be, and what is within them.

use std::collections::BTreeSet;

use serde_json::Value;

use super::change::{Changes, Effect};
use crate::pointer::{self, Pointer};

/// Who writes what a schema describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Direction {
    Request,
    Answer,
}

impl Direction {
    fn name(self) -> &'static str {
        match self {
            Self::Request => "in requests",
            Self::Answer => "in answers",
        }
    }
}

/// Limits, and whether a larger one allows more.
const LIMITS: &[(&str, bool)] = &[
    ("maximum", true),
    ("minimum", false),
    ("maxItems", true),
    ("minItems", false),
    ("maxLength", true),
    ("minLength", false),
];

/// The schemas of two documents. Pairs that were compared are not compared again.
pub(super) struct Schemas<'a> {
    old: &'a Value,
    new: &'a Value,
    compared: BTreeSet<(Direction, Pointer, Pointer)>,
}

impl<'a> Schemas<'a> {
    pub(super) fn new(old: &'a Value, new: &'a Value) -> Self {
        Self {
            old,
            new,
            compared: BTreeSet::new(),
        }
    }

    /// Compares what stands at `was` with what stands at `is`. What is named by a document is told
    /// by that name, all else by `at`.
    pub(super) fn compare(
        &mut self,
        direction: Direction,
        was: &Pointer,
        is: &Pointer,
        at: &str,
        changes: &mut Changes,
    ) {
        let (was, is) = (plain(self.old, was), plain(self.new, is));
        if !self.compared.insert((direction, was.clone(), is.clone())) {
            return;
        }
        let (Some(old), Some(new)) = (was.find(self.old), is.find(self.new)) else {
            return;
        };
        let at = match is.segments()[..] {
            ["components", "schemas", name] => format!("{name} {}", direction.name()),
            _ => at.to_owned(),
        };
        kind(old, new, &at, changes);
        values(
            direction,
            &known_values(old),
            &known_values(new),
            "the value",
            &at,
            changes,
        );
        limits(direction, old, new, &at, changes);
        self.fields(direction, (&was, old), (&is, new), &at, changes);
        for key in ["items", "additionalProperties"] {
            match (old.get(key), new.get(key)) {
                (Some(_), Some(_)) => {
                    self.compare(direction, &was.child(key), &is.child(key), &at, changes);
                }
                (None, None) => {}
                (before, _) => {
                    let what = if before.is_none() {
                        "has now"
                    } else {
                        "no longer has"
                    };
                    changes.add(Effect::Compatible, &at, format!("{what} `{key}`"));
                }
            }
        }
        self.variants(direction, old, new, &at, changes);
    }

    fn fields(
        &mut self,
        direction: Direction,
        (was, old): (&Pointer, &Value),
        (is, new): (&Pointer, &Value),
        at: &str,
        changes: &mut Changes,
    ) {
        let names = |schema: &Value| -> BTreeSet<String> {
            let fields = schema["properties"].as_object();
            fields
                .into_iter()
                .flat_map(|fields| fields.keys().cloned())
                .collect()
        };
        let is_required = |schema: &Value, name: &str| {
            let mut required = schema["required"].as_array().into_iter().flatten();
            required.any(|required| required == name)
        };
        let (before, now) = (names(old), names(new));
        let is_request = direction == Direction::Request;
        for name in before.union(&now) {
            let required = (is_required(old, name), is_required(new, name));
            let at = at.replacen(' ', &format!("/{name} "), 1);
            match (before.contains(name), now.contains(name)) {
                (true, true) => {
                    let field = |place: &Pointer| place.child("properties").child(name);
                    match required {
                        (false, true) => {
                            changes.add(Effect::breaking_if(is_request), &at, "is now required");
                        }
                        (true, false) => {
                            let effect = Effect::breaking_if(!is_request);
                            changes.add(effect, &at, "is no longer required");
                        }
                        _ => {}
                    }
                    self.compare(direction, &field(was), &field(is), &at, changes);
                }
                (true, false) => {
                    let effect = Effect::breaking_if(is_request || required.0);
                    let what = match effect {
                        Effect::Breaking => "removed",
                        Effect::Compatible => "removed: what reads it finds nothing",
                    };
                    changes.add(effect, at, what);
                }
                _ => {
                    let effect = Effect::breaking_if(is_request && required.1);
                    let what = if required.1 {
                        "added, and required"
                    } else {
                        "added"
                    };
                    changes.add(effect, at, what);
                }
            }
        }
    }

    /// Compares unions by the values of their discriminators.
    fn variants(
        &mut self,
        direction: Direction,
        old: &Value,
        new: &Value,
        at: &str,
        changes: &mut Changes,
    ) {
        let mapping = |schema: &Value| schema["discriminator"]["mapping"].as_object().cloned();
        let (before, now) = (
            mapping(old).unwrap_or_default(),
            mapping(new).unwrap_or_default(),
        );
        let kinds = |mapping: &serde_json::Map<String, Value>| mapping.keys().cloned().collect();
        values(
            direction,
            &kinds(&before),
            &kinds(&now),
            "the kind",
            at,
            changes,
        );
        for (kind, target) in &before {
            let place = |target: &Value| Pointer::of_reference(target.as_str()?);
            if let (Some(was), Some(is)) = (place(target), now.get(kind).and_then(place)) {
                self.compare(direction, &was, &is, at, changes);
            }
        }
    }
}

/// Where a schema is that others may only refer to, or describe.
fn plain(document: &Value, place: &Pointer) -> Pointer {
    let place = pointer::followed(document, place);
    let parts = place
        .find(document)
        .and_then(|schema| schema["allOf"].as_array());
    match parts.map(Vec::len) {
        Some(1) => plain(document, &place.child("allOf").child("0")),
        _ => place,
    }
}

fn kind(old: &Value, new: &Value, at: &str, changes: &mut Changes) {
    let kind = |schema: &Value| {
        let text = |key: &str| schema[key].as_str().unwrap_or_default().to_owned();
        match text("format").as_str() {
            // The project's own mark of a secret.
            "" | "password" => text("type"),
            format => format!("{} ({format})", text("type")),
        }
    };
    let (was, is) = (kind(old), kind(new));
    if was != is {
        let name = |kind: String| {
            if kind.is_empty() {
                "untyped".to_owned()
            } else {
                kind
            }
        };
        changes.add(
            Effect::Breaking,
            at,
            format!("was {}, is {}", name(was), name(is)),
        );
    }
}

fn known_values(schema: &Value) -> BTreeSet<String> {
    let lists = ["enum", "x-extensible-enum"].map(|key| schema[key].as_array());
    let values = lists.into_iter().flatten().flatten();
    values
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}

/// Values that may be there. All enums are open to a client of this project: one that it does not
/// know does no harm in an answer.
fn values(
    direction: Direction,
    before: &BTreeSet<String>,
    now: &BTreeSet<String>,
    what: &str,
    at: &str,
    changes: &mut Changes,
) {
    for value in before.difference(now) {
        let effect = Effect::breaking_if(direction == Direction::Request);
        changes.add(effect, at, format!("{what} `{value}` removed"));
    }
    for value in now.difference(before) {
        changes.add(Effect::Compatible, at, format!("{what} `{value}` added"));
    }
}

fn limits(direction: Direction, old: &Value, new: &Value, at: &str, changes: &mut Changes) {
    for (key, larger_is_more) in LIMITS {
        let (was, is) = (old[key].as_f64(), new[key].as_f64());
        if was == is {
            continue;
        }
        let allows_less = match (was, is) {
            (_, None) => false,
            (None, Some(_)) => true,
            (Some(was), Some(is)) => (is < was) == *larger_is_more,
        };
        let effect = Effect::breaking_if(allows_less && direction == Direction::Request);
        let text = |limit: Option<f64>| limit.map_or("none".to_owned(), |limit| limit.to_string());
        changes.add(
            effect,
            at,
            format!("`{key}` was {}, is {}", text(was), text(is)),
        );
    }
}
