//! An emulator, and what can be read there.

use chat_emulator::{Emulator, EmulatorBuilder, Seed};
use reqwest::blocking::{Client, Response};
use serde_json::{Value, json};

/// An emulator and whoever asks it.
pub(crate) struct World {
    pub(crate) emulator: Emulator,
    pub(crate) http: Client,
}

impl World {
    pub(crate) fn start(builder: EmulatorBuilder) -> Self {
        Self {
            emulator: builder.control_port(0).start_blocking().unwrap(),
            http: Client::builder().no_proxy().build().unwrap(),
        }
    }

    /// With the users and threads of a seed; gives the ids of the users.
    pub(crate) fn seeded(seed: &Value) -> (Self, Vec<String>) {
        let seed = Seed::from_json(&seed.to_string()).unwrap();
        let world = Self::start(Emulator::builder().seed(seed));
        let seeded = world.emulator.seeded_users();
        let ids = seeded.iter().map(|user| user.id.clone()).collect();
        (world, ids)
    }

    /// What is at a URL, for a user.
    pub(crate) fn fetch(&self, url: &str, token: Option<&str>) -> Response {
        let mut request = self.http.get(url);
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        request.send().unwrap()
    }

    pub(crate) fn token(&self, user: &str) -> Option<String> {
        let control = self.emulator.control_url().unwrap();
        let response = self
            .http
            .post(format!("{control}users/{user}/tokens"))
            .send()
            .unwrap();
        let answer: Value = response.json().unwrap();
        answer["token"].as_str().map(str::to_owned)
    }

    /// The status and the body of an answer, with the same origin whichever the emulator.
    pub(crate) fn call(&self, token: &str, method: &str, path: &str, body: Value) -> (u16, String) {
        let separator = if path.contains('?') { '&' } else { '?' };
        let endpoint = self.emulator.endpoint();
        let url = format!("{endpoint}chat/threads{path}{separator}api-version=2025-03-15");
        let media_type = match method {
            "PATCH" => "application/merge-patch+json",
            _ => "application/json",
        };
        let mut request = self
            .http
            .request(method.parse().unwrap(), url)
            .bearer_auth(token);
        if !body.is_null() {
            request = request
                .header("content-type", media_type)
                .body(body.to_string());
        }
        let response = request.send().unwrap();
        let status = response.status().as_u16();
        let body = response.text().unwrap();
        (status, body.replace(endpoint, "http://emulator/"))
    }

    pub(crate) fn done(&self, token: &str, method: &str, path: &str, body: Value) -> Value {
        let (status, body) = self.call(token, method, path, body);
        assert!(status < 300, "{method} {path}: {status} {body}");
        serde_json::from_str(&body).unwrap_or_default()
    }

    /// A page and all that follow, as they were answered.
    pub(crate) fn pages(&self, token: &str, path: &str) -> Vec<(u16, String)> {
        let mut pages = Vec::new();
        let mut next = Some(format!("{path}?maxPageSize=2"));
        while let Some(path) = next {
            let (status, body) = self.call(token, "GET", &path, Value::Null);
            let page: Value = serde_json::from_str(&body).unwrap();
            next = page["nextLink"].as_str().map(|link| {
                let path = link.strip_prefix("http://emulator/chat/threads").unwrap();
                path.replace("&api-version=2025-03-15", "")
            });
            pages.push((status, body));
        }
        pages
    }

    /// Everything that a user can read.
    pub(crate) fn all_of(&self, user: &str, threads: &[String]) -> Vec<(u16, String)> {
        let Some(token) = self.token(user) else {
            return Vec::new();
        };
        let mut all = self.pages(&token, "");
        for thread in threads {
            all.push(self.call(&token, "GET", &format!("/{thread}"), Value::Null));
            for list in ["messages", "participants", "readReceipts"] {
                let path = format!("/{thread}/{list}");
                let pages = self.pages(&token, &path);
                if list == "messages" {
                    for id in pages.iter().flat_map(|(_, page)| ids(page)) {
                        all.push(self.call(&token, "GET", &format!("{path}/{id}"), Value::Null));
                    }
                }
                all.extend(pages);
            }
        }
        all
    }
}

/// The ids of the items of a page.
fn ids(page: &str) -> Vec<String> {
    let page: Value = serde_json::from_str(page).unwrap();
    let items = page["value"].as_array().cloned().unwrap_or_default();
    let ids = items.iter().filter_map(|item| item["id"].as_str());
    ids.map(str::to_owned).collect()
}

pub(crate) fn user(id: &str) -> Value {
    json!({ "communicationUser": { "id": id } })
}

/// Deletes a user, as the owner of the access key.
pub(crate) fn delete_user(world: &World, id: &str) {
    let endpoint = world.emulator.endpoint();
    let host = endpoint.trim_start_matches("http://").trim_end_matches('/');
    let target = format!("/identities/{id}?api-version=2023-10-01");
    let date = httpdate::fmt_http_date(std::time::SystemTime::now());
    let hash = {
        use base64::Engine;
        use sha2::Digest;
        base64::engine::general_purpose::STANDARD.encode(sha2::Sha256::digest(b""))
    };
    let signature = {
        use base64::Engine;
        use hmac::{KeyInit, Mac};
        let engine = base64::engine::general_purpose::STANDARD;
        let key = engine.decode(world.emulator.access_key()).unwrap();
        let mut mac = hmac::Hmac::<sha2::Sha256>::new_from_slice(&key).unwrap();
        mac.update(format!("DELETE\n{target}\n{date};{host};{hash}").as_bytes());
        engine.encode(mac.finalize().into_bytes())
    };
    let signed = format!(
        "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature={signature}"
    );
    let request = world.http.delete(format!("http://{host}{target}"));
    let request = request
        .header("x-ms-date", date)
        .header("x-ms-content-sha256", hash);
    let response = request.header("authorization", signed).send().unwrap();
    assert_eq!(response.status(), 204);
}
