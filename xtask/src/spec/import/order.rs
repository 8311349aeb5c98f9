//! A document as text, with the keys of each object in the order in which they were.

use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

/// The order of keys that are new.
const ORDER: &[&str] = &[
    "openapi",
    "operationId",
    "x-to-be-written",
    "x-repeat",
    "x-rate-group",
    "x-no-wait",
    "tags",
    "name",
    "in",
    "summary",
    "description",
    "parameters",
    "requestBody",
    "responses",
    "headers",
    "content",
    "schema",
    "example",
    "type",
    "format",
    "required",
    "properties",
    "items",
    "allOf",
    "anyOf",
    "discriminator",
];

/// Writes `document`; where it has what `before` has, in the order that is there.
pub(crate) fn write(document: &Value, before: &str) -> String {
    let before = serde_json::from_str(before).unwrap_or_default();
    let mut text = String::new();
    put(document, &before, 0, &mut text);
    text + "\n"
}

/// The keys of objects, in their order.
#[derive(Debug, Default)]
enum Keys {
    Object(Vec<(String, Self)>),
    Array(Vec<Self>),
    #[default]
    Other,
}

impl<'de> Deserialize<'de> for Keys {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(KeysVisitor)
    }
}

struct KeysVisitor;

/// What has no keys.
macro_rules! other {
    ($($visit:ident: $type:ty),*) => {
        $(fn $visit<E>(self, _: $type) -> Result<Keys, E> { Ok(Keys::Other) })*
    };
}

impl<'de> Visitor<'de> for KeysVisitor {
    type Value = Keys;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    other!(visit_bool: bool, visit_i64: i64, visit_u64: u64, visit_f64: f64, visit_str: &str);

    fn visit_unit<E>(self) -> Result<Keys, E> {
        Ok(Keys::Other)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Keys, A::Error> {
        let mut keys = Vec::new();
        while let Some(item) = items.next_element()? {
            keys.push(item);
        }
        Ok(Keys::Array(keys))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Keys, A::Error> {
        let mut keys = Vec::new();
        while let Some(entry) = entries.next_entry()? {
            keys.push(entry);
        }
        while entries.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Keys::Object(keys))
    }
}

fn put(value: &Value, before: &Keys, depth: usize, text: &mut String) {
    let line = |text: &mut String, depth| {
        text.push('\n');
        text.push_str(&"  ".repeat(depth));
    };
    match value {
        Value::Array(items) if !items.is_empty() => {
            let order = match before {
                Keys::Array(order) => order.as_slice(),
                _ => &[],
            };
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                line(text, depth + 1);
                put(
                    item,
                    order.get(index).unwrap_or(&Keys::Other),
                    depth + 1,
                    text,
                );
            }
            line(text, depth);
            text.push(']');
        }
        Value::Object(entries) if !entries.is_empty() => {
            let order = match before {
                Keys::Object(order) => order.as_slice(),
                _ => &[],
            };
            let position = |key: &str| {
                let known = order.iter().position(|(known, _)| known == key);
                let new = ORDER.iter().position(|known| *known == key);
                known.unwrap_or(order.len() + new.unwrap_or(ORDER.len()))
            };
            let mut keys: Vec<_> = entries.keys().collect();
            keys.sort_by_key(|key| position(key));
            text.push('{');
            for (index, key) in keys.into_iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                line(text, depth + 1);
                *text += &Value::from(key.as_str()).to_string();
                *text += ": ";
                let before = order.iter().find(|(known, _)| known == key);
                put(
                    &entries[key],
                    before.map_or(&Keys::Other, |(_, keys)| keys),
                    depth + 1,
                    text,
                );
            }
            line(text, depth);
            text.push('}');
        }
        value => *text += &value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn keys_keep_their_order_and_new_ones_come_after_them() {
        let before = r#"{"z": {"b": 1, "a": [{"y": null, "x": 1.5}]}, "k": true}"#;
        let document = json!({
            "k": false, "a": {}, "type": "t", "description": "d",
            "z": {"a": [{"x": 1, "y": "ü\"", "w": []}], "b": 2}
        });

        assert_eq!(
            write(&document, before),
            r#"{
  "z": {
    "b": 2,
    "a": [
      {
        "y": "ü\"",
        "x": 1,
        "w": []
      }
    ]
  },
  "k": false,
  "description": "d",
  "type": "t",
  "a": {}
}
"#
        );
    }

    #[test]
    fn the_documents_of_this_project_are_written_as_they_are() {
        for name in crate::document::DOCUMENTS {
            let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
            let text = std::fs::read_to_string(root.join(crate::document::path_of(name))).unwrap();
            let document = serde_json::from_str(&text).unwrap();

            assert!(write(&document, &text) == text, "{name}");
        }
    }
}
