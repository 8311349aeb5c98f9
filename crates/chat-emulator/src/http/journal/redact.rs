//! Secrets, and what stands in their place.

use serde_json::Value;

pub(super) const REDACTED: &str = "REDACTED";

/// Parts of the names of fields that hold secrets, in lower case.
const SECRETS: [&str; 5] = ["token", "secret", "password", "accesskey", "authorization"];
/// Names that only sound like it: the scopes that a token is to have.
const NO_SECRETS: [&str; 1] = ["createtokenwithscopes"];
/// A whole name: what signs the parameters of a connection for notifications.
const SIGNATURE: &str = "sig";
/// What the addresses have to which whoever knows them may post notifications.
const ADDRESS: &str = "/v4/f/";

/// The JSON of a body without its secrets; nothing when it is no JSON, as then nobody knows what is one.
pub(super) fn body(body: &[u8]) -> Option<String> {
    let mut json = serde_json::from_slice(body).ok()?;
    redact(&mut json);
    Some(json.to_string())
}

/// A query without the values of its secrets.
pub(super) fn query(query: &str) -> String {
    let parts = query.split('&').map(|part| match part.split_once('=') {
        Some((name, _)) if is_secret(name) => format!("{name}={REDACTED}"),
        _ => part.to_owned(),
    });
    parts.collect::<Vec<_>>().join("&")
}

fn redact(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(redact),
        Value::Object(fields) => {
            for (name, value) in fields {
                if is_secret(name) {
                    *value = REDACTED.into();
                } else {
                    redact(value);
                }
            }
        }
        Value::String(text) if text.contains(ADDRESS) => *value = REDACTED.into(),
        _ => {}
    }
}

fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    if name == SIGNATURE {
        return true;
    }
    !NO_SECRETS.contains(&name.as_str()) && SECRETS.iter().any(|secret| name.contains(secret))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_at_any_depth_are_replaced_and_all_else_stays() {
        let text = r#"{"token":"x","a":[{"accessToken":{"token":"y"},"b":1}],"createTokenWithScopes":["chat"]}"#;
        let redacted = body(text.as_bytes()).unwrap();
        let redacted: Value = serde_json::from_str(&redacted).unwrap();
        let expected = serde_json::json!({
            "token": REDACTED,
            "a": [{"accessToken": REDACTED, "b": 1}],
            "createTokenWithScopes": ["chat"],
        });
        assert_eq!(redacted, expected);
    }

    #[test]
    fn what_lets_others_notify_a_client_is_replaced() {
        let text =
            r#"{"surl":"http://h/v4/f/x/","connectparams":{"sig":"y","se":"1"},"url":"http://h/"}"#;
        let redacted: Value = serde_json::from_str(&body(text.as_bytes()).unwrap()).unwrap();
        let expected = serde_json::json!({
            "surl": REDACTED,
            "connectparams": {"sig": REDACTED, "se": "1"},
            "url": "http://h/",
        });
        assert_eq!(redacted, expected);
        assert_eq!(query("sr=x&sig=y"), "sr=x&sig=REDACTED");
    }

    #[test]
    fn a_body_that_is_no_json_is_not_shown() {
        assert_eq!(body(b"token=x"), None);
    }

    #[test]
    fn secrets_in_a_query_are_replaced() {
        assert_eq!(query("a=1&access_token=x&b"), "a=1&access_token=REDACTED&b");
    }
}
