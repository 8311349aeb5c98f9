//! What answers of failure say, in whichever envelope.

use serde_json::{Map, Value};

use crate::models::ChatError;

/// Reads an error body. The service has three envelopes (`{"error":{…}}`, the same in Pascal case
/// as `{"CommunicationError":{…}}`, and a bare `{"Code":…}`); gateways before it answer in HTML or
/// with nothing, and then there is nothing to read.
pub(crate) fn read(body: &[u8]) -> Option<ChatError> {
    let Value::Object(mut object) = serde_json::from_slice(body).ok()? else {
        return None;
    };
    if let Some(error) = enveloped(&mut object) {
        return Some(error.into());
    }
    let error = ChatError::from(Value::Object(object));
    let is_empty = error.code().is_empty() && error.message().is_none();
    (!is_empty).then_some(error)
}

fn enveloped(object: &mut Map<String, Value>) -> Option<Value> {
    ["error", "CommunicationError"].iter().find_map(|name| {
        object
            .iter_mut()
            .find(|(key, value)| key.eq_ignore_ascii_case(name) && value.is_object())
            .map(|(_, value)| value.take())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_three_envelopes_are_read() {
        for body in [
            r#"{"error":{"code":"Forbidden","message":"No.","target":"x","details":[{"code":"1","message":"a"}],"innererror":{"code":"2","message":"b"}}}"#,
            r#"{"CommunicationError":{"Code":"Forbidden","Message":"No.","Target":"x","Details":[{"Code":"1","Message":"a"}],"InnerError":{"Code":2,"Message":"b"}}}"#,
            "{\r\n  \"Code\": \"Forbidden\", \"Message\": \"No.\", \"Target\": \"x\", \"InnerErrors\": [{\"Code\":\"1\"}], \"InnerError\":{\"Code\":\"2\"}}",
        ] {
            let error = read(body.as_bytes()).unwrap();
            assert_eq!(
                (error.code(), error.message(), error.target()),
                ("Forbidden", Some("No."), Some("x"))
            );
            assert_eq!(error.details()[0].code(), "1", "{body}");
            assert_eq!(error.inner_error().unwrap().code(), "2", "{body}");
        }
    }

    #[test]
    fn a_missing_message_is_no_reason_to_lose_the_code() {
        for body in [
            r#"{"CommunicationError":{"Code":"BadRequest","Details":[]}}"#,
            r#"{"Code":"BadRequest"}"#,
        ] {
            let error = read(body.as_bytes()).unwrap();
            assert_eq!((error.code(), error.message()), ("BadRequest", None));
        }
    }

    #[test]
    fn anything_else_says_nothing() {
        let deep = "[".repeat(100_000);
        for body in [
            "",
            "<html>503</html>",
            "null",
            "[]",
            "{}",
            "17",
            "{\"a\":1}",
            "{\"error\":",
            &deep,
        ] {
            assert_eq!(read(body.as_bytes()), None, "{body:.20}");
        }
        assert_eq!(read(b"{\"error\":{}}"), Some(ChatError::default()));
    }
}
