//! Makes octets of the bodies of requests that are not text.
//!
//! The generator knows one media type of them, `application/octet-stream`, and makes a function of
//! it that takes any bytes. The hooks of `chat-rest` put the media type right, by the table of
//! operations. Answers need nothing: whatever is not JSON becomes a stream of bytes.

use serde_json::Value;

use crate::walk;

const OCTETS: &str = "application/octet-stream";

/// Renames the media type of such bodies.
pub(super) fn to_octet_stream(document: &mut Value) {
    walk::operations_mut(document, |operation| {
        let content = operation
            .get_mut("requestBody")
            .and_then(|body| body.get_mut("content"))
            .and_then(Value::as_object_mut);
        let Some(content) = content else {
            return;
        };
        let named = content.iter().find(|(_, body)| is_binary(&body["schema"]));
        if let Some(name) = named.map(|(name, _)| name.clone())
            && let Some(body) = content.remove(&name)
        {
            content.insert(OCTETS.to_owned(), body);
        }
    });
}

/// Whether a schema is that of bytes.
pub(super) fn is_binary(schema: &Value) -> bool {
    schema["type"] == "string" && schema["format"] == "binary"
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{super::testing::document, *};

    #[test]
    fn bytes_stay_under_the_media_type_of_octets_and_json_as_it_is() {
        let mut lowered = document();
        let bytes = json!({"schema": {"type": "string", "format": "binary"}});
        let item = "/paths/~1things~1{id}";
        lowered["paths"]["/things/{id}"]["get"]["requestBody"]["content"] =
            json!({"image/png": bytes});
        let patch = lowered
            .pointer(&format!("{item}/patch/requestBody"))
            .unwrap()
            .clone();

        to_octet_stream(&mut lowered);

        let content = lowered
            .pointer(&format!("{item}/get/requestBody/content"))
            .unwrap();
        assert_eq!(*content, json!({OCTETS: bytes}));
        assert_eq!(
            *lowered
                .pointer(&format!("{item}/patch/requestBody"))
                .unwrap(),
            patch
        );
    }
}
