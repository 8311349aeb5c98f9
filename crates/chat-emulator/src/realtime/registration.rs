//! To which address the notifications of a user are posted, and until when.

use std::time::Duration;

use serde::Deserialize;

use crate::store::timestamp::Timestamp;
use crate::wire::error::ApiError;

use super::endpoint;

/// The names of the applications and templates to which notifications of chat are known to be delivered.
const TEMPLATES: [(&str, &str); 3] = [
    ("AcsWeb", "AcsWeb_Chat_"),
    ("AcsiOS", "AcsiOS_Chat_"),
    ("AcsAndroid", "AcsAndroid_Chat_"),
];

/// A registration of a client.
#[derive(Debug)]
pub(super) struct Registration {
    pub(super) endpoint: String,
    /// What has happened before is not for it.
    pub(super) begins: Timestamp,
    pub(super) ends: Timestamp,
}

impl Registration {
    /// Whether what happens at this time is for it.
    pub(super) fn is_for(&self, at: Timestamp) -> bool {
        self.begins <= at && at < self.ends
    }
}

/// What a client asks for.
#[derive(Debug)]
pub(super) struct NewRegistration {
    pub(super) id: String,
    pub(super) endpoint: String,
    pub(super) ttl: Duration,
    /// Whether it is one for notifications of chat: others are accepted, and nothing comes of them.
    pub(super) delivers: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    client_description: Option<Description>,
    registration_id: Option<String>,
    transports: Option<Transports>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Description {
    #[serde(default)]
    app_id: String,
    #[serde(default)]
    template_key: String,
}

#[derive(Deserialize)]
struct Transports {
    #[serde(rename = "TROUTER", default)]
    trouter: Vec<Transport>,
}

#[derive(Deserialize)]
struct Transport {
    #[serde(default)]
    path: String,
    ttl: Option<u64>,
}

impl NewRegistration {
    /// Reads the body of a request to register.
    pub(super) fn read(body: &[u8]) -> Result<Self, ApiError> {
        let invalid = |what: &str| ApiError::bad_request(format!("The registration {what}."));
        let document: Document =
            serde_json::from_slice(body).map_err(|_| invalid("is no valid JSON document"))?;
        let id = document.registration_id.filter(|id| !id.is_empty());
        let transports = document.transports.map(|transports| transports.trouter);
        let transport = transports.into_iter().flatten().next();
        let transport = transport.ok_or_else(|| invalid("has no transport TROUTER"))?;
        let endpoint = endpoint::id_in(&transport.path);
        let seconds = transport.ttl.filter(|ttl| *ttl > 0);
        let description = document
            .client_description
            .ok_or_else(|| invalid("has no clientDescription"))?;
        let known = |(app, template): &(&str, &str)| {
            description.app_id == *app && description.template_key.starts_with(template)
        };
        Ok(Self {
            id: id.ok_or_else(|| invalid("has no registrationId"))?,
            endpoint: endpoint
                .ok_or_else(|| invalid("has no path of an endpoint"))?
                .to_owned(),
            ttl: Duration::from_secs(seconds.ok_or_else(|| invalid("has no ttl"))?),
            delivers: TEMPLATES.iter().any(known),
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn document() -> Value {
        json!({
            "clientDescription": {
                "appId": "AcsWeb", "aesKey": "", "languageId": "en-US", "platform": "SPOOL",
                "templateKey": "AcsWeb_Chat_2.1", "platformUIVersion": "0.0.0",
            },
            "registrationId": "63a397bf",
            "nodeId": "",
            "transports": {"TROUTER": [{"context": "", "path": "http://h/v4/f/abc/", "ttl": 7200}]},
        })
    }

    fn read(document: &Value) -> Result<NewRegistration, ApiError> {
        NewRegistration::read(document.to_string().as_bytes())
    }

    #[test]
    fn what_clients_send_is_read() {
        let new = read(&document()).unwrap();
        assert_eq!((&*new.id, &*new.endpoint), ("63a397bf", "abc"));
        assert_eq!(new.ttl, Duration::from_secs(7200));
        assert!(new.delivers);
    }

    #[test]
    fn another_application_or_template_is_accepted_and_nothing_comes_of_it() {
        for (field, value) in [("appId", "TeamsCDL"), ("templateKey", "AcsWeb_Call_1.0")] {
            let mut document = document();
            document["clientDescription"][field] = value.into();
            assert!(!read(&document).unwrap().delivers, "{value}");
        }
    }

    #[test]
    fn what_is_no_registration_is_refused() {
        for (pointer, value) in [
            ("/registrationId", json!("")),
            ("/registrationId", json!(7)),
            ("/clientDescription", json!(null)),
            ("/transports", json!(null)),
            ("/transports/TROUTER", json!([])),
            ("/transports/TROUTER/0/path", json!("http://h/elsewhere/")),
            ("/transports/TROUTER/0/ttl", json!(0)),
            ("/transports/TROUTER/0/ttl", json!("soon")),
        ] {
            let mut document = document();
            *document.pointer_mut(pointer).unwrap() = value;
            let error = read(&document).unwrap_err();
            assert_eq!(error.status, 400, "{pointer}");
        }
        assert!(NewRegistration::read(b"").is_err());
    }
}
