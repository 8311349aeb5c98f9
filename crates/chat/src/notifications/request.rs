//! An HTTP request that reaches the client in a frame, and its answer: each carries a notification.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::frame;

/// A request of the service.
#[derive(Deserialize)]
pub(super) struct TunnelRequest {
    /// Goes back as it came.
    #[serde(default)]
    id: Value,
    #[serde(default)]
    headers: Option<Map<String, Value>>,
    #[serde(default)]
    body: Value,
}

impl TunnelRequest {
    pub(super) fn read(data: &str) -> Option<Self> {
        serde_json::from_str(data).ok()
    }

    /// The payload, if it is JSON.
    pub(super) fn payload(&self) -> Option<Value> {
        match &self.body {
            Value::String(text) => serde_json::from_str(text).ok(),
            Value::Null => None,
            body => Some(body.clone()),
        }
    }

    /// The frame of the answer: that it was received, or that it can't be read.
    pub(super) fn answer(&self, is_readable: bool) -> String {
        let mut headers = Map::new();
        if let Some(vector) = self.header("MS-CV").and_then(Value::as_str) {
            headers.insert("MS-CV".to_owned(), format!("{vector}.0").into());
        }
        for name in ["trouter-request", "trouter-is-broadcast"] {
            if let Some(value) = self.header(name) {
                headers.insert(name.to_owned(), value.clone());
            }
        }
        // How many milliseconds it took: it is answered before anything is done about it.
        headers.insert("trouter-client".to_owned(), "{\"cd\":0}".into());
        if !is_readable {
            headers.insert("Trouter-Responder".to_owned(), "ClientLib".into());
        }
        let status = if is_readable { 200 } else { 404 };
        frame::response(&json!({
            "id": self.id, "status": status, "headers": headers, "body": "",
        }))
    }

    fn header(&self, name: &str) -> Option<&Value> {
        let mut headers = self.headers.iter().flatten();
        let found = headers.find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(request: Value, is_readable: bool) -> Value {
        let request = TunnelRequest::read(&request.to_string()).unwrap();
        let frame = request.answer(is_readable);
        serde_json::from_str(frame.strip_prefix("3:::").unwrap()).unwrap()
    }

    #[test]
    fn an_answer_gives_back_id_and_trace() {
        let request = json!({
            "id": 1_844_165_945, "method": "POST", "url": "/v4/f/secret/chatMessageReceived",
            "headers": {"ms-cv": "odYh.1", "trouter-request": "{\"id\":\"a527\"}", "Host": "x"},
            "body": "{}",
        });
        let expected = json!({
            "id": 1_844_165_945, "status": 200, "body": "",
            "headers": {"MS-CV": "odYh.1.0", "trouter-request": "{\"id\":\"a527\"}",
                        "trouter-client": "{\"cd\":0}"},
        });
        assert_eq!(answer(request, true), expected);
    }

    #[test]
    fn what_is_missing_in_a_request_is_missing_in_its_answer() {
        let refused = json!({
            "id": null, "status": 404, "body": "",
            "headers": {"trouter-client": "{\"cd\":0}", "Trouter-Responder": "ClientLib"},
        });
        assert_eq!(answer(json!({}), false), refused);
        assert_eq!(answer(json!({"headers": null}), false), refused);
    }

    #[test]
    fn a_payload_is_json_in_a_text_or_as_it_is() {
        let payload = |body: Value| {
            let request = json!({"id": 1, "body": body}).to_string();
            TunnelRequest::read(&request).unwrap().payload()
        };
        assert_eq!(payload(json!("{\"a\":1}")), Some(json!({"a": 1})));
        assert_eq!(payload(json!({"a": 1})), Some(json!({"a": 1})));
        assert_eq!(payload(json!("H4sIAAAA")), None);
        assert_eq!(payload(Value::Null), None);
        assert!(TunnelRequest::read("7").is_none());
    }
}
