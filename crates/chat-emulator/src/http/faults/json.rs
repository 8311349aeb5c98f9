//! What is done to the JSON of an answer.

use serde_json::{Map, Value, json};

use super::kind::FaultKind;

/// A message type that no version of the API has.
const UNKNOWN_TYPE: &str = "unknownMessageType";
/// A kind of identifier or retention policy that no version of the API has.
const UNKNOWN_KIND: &str = "unknownKind";
/// A field that no version of the API has.
const EXTRA_FIELD: &str = "unknownField";

/// Changes an answer as `fault` says, if that is one that does.
pub(crate) fn distort(answer: &mut Value, fault: &FaultKind) {
    match fault {
        FaultKind::UnknownMessageType {} => unknown_type(answer),
        FaultKind::UnknownEnumValue {} => each_object(answer, &mut unknown_kind),
        FaultKind::ExtraField {} => each_object(answer, &mut |object| {
            object.insert(EXTRA_FIELD.to_owned(), json!({"a": [1, null, "b"]}));
        }),
        FaultKind::MissingField { field } if field.starts_with('/') => remove_at(answer, field),
        FaultKind::MissingField { field } => each_object(answer, &mut |object| {
            object.remove(field);
        }),
        _ => {}
    }
}

/// The message itself, or the first one of a page.
fn unknown_type(answer: &mut Value) {
    let message = if answer.get("value").is_some() {
        answer.pointer_mut("/value/0")
    } else {
        Some(answer)
    };
    if let Some(kind) = message.and_then(|message| message.get_mut("type")) {
        *kind = UNKNOWN_TYPE.into();
    }
}

fn unknown_kind(object: &mut Map<String, Value>) {
    if object.contains_key("rawId") {
        object.insert("kind".to_owned(), UNKNOWN_KIND.into());
    }
    let policy = object.get_mut("retentionPolicy");
    if let Some(kind) = policy.and_then(|policy| policy.get_mut("kind")) {
        *kind = UNKNOWN_KIND.into();
    }
}

fn each_object(value: &mut Value, change: &mut impl FnMut(&mut Map<String, Value>)) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| each_object(item, change)),
        Value::Object(fields) => {
            for field in fields.values_mut() {
                each_object(field, change);
            }
            change(fields);
        }
        _ => {}
    }
}

/// Removes the field of an object to which a JSON pointer leads.
fn remove_at(answer: &mut Value, pointer: &str) {
    let (parent, name) = pointer.rsplit_once('/').unwrap_or(("", pointer));
    let name = name.replace("~1", "/").replace("~0", "~");
    if let Some(Value::Object(fields)) = answer.pointer_mut(parent) {
        fields.remove(&name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn distorted(mut answer: Value, fault: &FaultKind) -> Value {
        distort(&mut answer, fault);
        answer
    }

    fn missing(field: &str) -> FaultKind {
        let field = field.to_owned();
        FaultKind::MissingField { field }
    }

    #[test]
    fn a_field_is_missing_wherever_its_name_occurs_or_where_a_pointer_leads() {
        let answer = json!({"id": 1, "value": [{"id": 2, "a/b": 3}, {"id": 4}]});
        assert_eq!(
            distorted(answer.clone(), &missing("id")),
            json!({"value": [{"a/b": 3}, {}]})
        );
        assert_eq!(
            distorted(answer.clone(), &missing("/value/1/id")),
            json!({"id": 1, "value": [{"id": 2, "a/b": 3}, {}]})
        );
        assert_eq!(
            distorted(answer.clone(), &missing("/value/0/a~1b")),
            json!({"id": 1, "value": [{"id": 2}, {"id": 4}]})
        );
        assert_eq!(
            distorted(answer.clone(), &missing("/id")),
            json!({"value": [{"id": 2, "a/b": 3}, {"id": 4}]})
        );
        assert_eq!(distorted(answer.clone(), &missing("/value/7/id")), answer);
    }

    #[test]
    fn only_the_first_message_of_a_page_is_of_an_unknown_type() {
        let fault = FaultKind::UnknownMessageType {};
        let page = json!({"value": [{"type": "text"}, {"type": "html"}]});
        assert_eq!(
            distorted(page, &fault),
            json!({"value": [{"type": UNKNOWN_TYPE}, {"type": "html"}]})
        );
        assert_eq!(
            distorted(json!({"type": "text"}), &fault),
            json!({"type": UNKNOWN_TYPE})
        );
        assert_eq!(
            distorted(json!({"value": []}), &fault),
            json!({"value": []})
        );
    }

    #[test]
    fn identifiers_and_retention_policies_are_of_an_unknown_kind() {
        let thread = json!({
            "createdByCommunicationIdentifier": {"rawId": "8:a"},
            "retentionPolicy": {"kind": "none"},
        });
        let thread = distorted(thread, &FaultKind::UnknownEnumValue {});
        let identifier = &thread["createdByCommunicationIdentifier"];
        assert_eq!(*identifier, json!({"rawId": "8:a", "kind": UNKNOWN_KIND}));
        assert_eq!(thread["retentionPolicy"], json!({"kind": UNKNOWN_KIND}));
    }
}
