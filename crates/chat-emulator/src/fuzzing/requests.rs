//! Requests, from the head on.

use std::net::Ipv4Addr;

use bytes::Bytes;
use http::header::AUTHORIZATION;

use crate::api::dispatch;
use crate::api::origin::Origins;
use crate::api::request::Request;
use crate::api::service::Service;
use crate::auth::keys::Keys;
use crate::http::journal::{Journal, Outcome, Record};
use crate::store::timestamp::Timestamp;
use crate::store::{NewThread, Scope, ThreadId};

/// What the documents of the service have. Nothing else is answered.
const STATUSES: [u16; 9] = [200, 201, 204, 400, 401, 403, 404, 429, 503];

/// A request as its text: the method and the target, lines of headers, an empty line, the body. A token of a
/// user is added where there is none, and `THREAD` in the target is the id of a thread of this user.
pub fn requests(data: &[u8]) {
    let (service, thread, token) = service();
    let Some(request) = parse(data, &thread, &token) else {
        return;
    };
    // Both look at the head, before and after the body is read.
    let _ = dispatch::knows_caller(&service, &request);
    let mut record = Record::new(&request, Timestamp::EPOCH);
    let response = dispatch::answer(&service, &request);
    let status = response.status().as_u16();
    assert!(STATUSES.contains(&status), "{status}");
    let body = response.body();
    let is_json = serde_json::from_slice::<serde::de::IgnoredAny>(body).is_ok();
    assert!(body.is_empty() || is_json, "{status}");
    record.answered(response.headers(), body);
    let journal = Journal::new(1);
    journal.add(record, Outcome::answered(response.status()));
    for entry in journal.read(0) {
        assert!(!entry.document().to_string().contains(&token), "no secret");
    }
}

fn parse(data: &[u8], thread: &ThreadId, token: &str) -> Option<Request> {
    let end = data.windows(2).position(|bytes| bytes == b"\n\n");
    let (head, body) = data.split_at(end.unwrap_or(data.len()));
    let mut lines = str::from_utf8(head).ok()?.lines();
    let (method, target) = lines.next()?.split_once(' ')?;
    let mut request = http::Request::builder()
        .method(method)
        .uri(target.replace("THREAD", thread.as_str()));
    for line in lines {
        let (name, value) = line.split_once(':')?;
        request = request.header(name, value.trim());
    }
    if request.headers_ref()?.get(AUTHORIZATION).is_none() {
        request = request.header(AUTHORIZATION, format!("Bearer {token}"));
    }
    let (head, ()) = request.body(()).ok()?.into_parts();
    let body = Bytes::copy_from_slice(body.get(2..).unwrap_or_default());
    let origin = Origins::default().of(&head, Ipv4Addr::LOCALHOST.into(), false);
    Some(Request::new(head, Ok(body), origin))
}

/// A service with a thread, and a token of the user who is in it.
fn service() -> (Service, ThreadId, String) {
    let mut store = super::store();
    let keys = Keys {
        resource: store.resource(),
        ..Keys::generate(None)
    };
    let (_, grant) = store.create_user(vec![Scope::Chat], 60).expect("a user");
    let grant = grant.expect("a token was asked for");
    let caller = store.authorize(&grant).expect("the token is new");
    let new = NewThread {
        topic: "Lunch".to_owned(),
        participants: Vec::new(),
        metadata: Default::default(),
        retention: None,
        repeatability: None,
    };
    let created = store.create_thread(&caller, new).expect("a thread");
    let thread = created.properties.id.clone();
    let service = Service::new(store, keys);
    let token = service.token_key().sign(&grant);
    (service, thread, token)
}
