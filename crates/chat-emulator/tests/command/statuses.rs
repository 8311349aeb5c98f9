//! Statuses that nobody has earned.

use std::time::{Duration, SystemTime};

use chat_emulator::{ErrorBody, Fault};
use serde_json::{Value, json};

use crate::wire::Reply;
use crate::world::{World, both_ways};

#[test]
fn a_status_hits_the_next_requests_of_its_operation_and_nothing_is_carried_out() {
    both_ways(
        Fault::status(503).for_operation("sendChatMessage").times(2),
        json!({"kind": "status", "status": 503, "operation": "sendChatMessage", "times": 2}),
        |world, chat| {
            world.list_messages(chat).expect(200);
            for _ in 0..2 {
                let error = world.send_message(chat, "lost").expect(503);
                assert_eq!(error["CommunicationError"]["Code"], "ServiceUnavailable");
            }
            world.send_message(chat, "stored").expect(201);
            assert_eq!(world.stored(chat), ["stored"]);
        },
    );
}

#[test]
fn a_status_may_come_after_the_request_was_carried_out() {
    both_ways(
        Fault::status(500)
            .carried_out()
            .for_operation("sendChatMessage"),
        json!({"kind": "status", "status": 500, "carriedOut": true, "operation": "sendChatMessage"}),
        |world, chat| {
            world.send_message(chat, "stored").expect(500);
            assert_eq!(world.stored(chat), ["stored"]);
        },
    );
}

#[test]
fn retry_after_comes_in_seconds() {
    both_ways(
        Fault::status(429).retry_after(Duration::from_millis(1500)),
        json!({"kind": "status", "status": 429, "retryAfter": {"seconds": 2}}),
        |world, chat| {
            let reply = world.send_message(chat, "a");
            let error = &reply.expect(429)["CommunicationError"];
            assert_eq!(error["Code"], "TooManyRequests");
            assert_eq!(error["Message"], "Rate limit exceeded.");
            assert_eq!(reply.header("retry-after"), Some("2"));
        },
    );
}

#[test]
fn retry_after_comes_as_a_date() {
    both_ways(
        Fault::status(503).retry_after_date(Duration::from_secs(3600)),
        json!({"kind": "status", "status": 503, "retryAfter": {"httpDate": 3600}}),
        |world, chat| {
            let before = SystemTime::now();
            let reply = world.send_message(chat, "a");
            reply.expect(503);
            let at = httpdate::parse_http_date(reply.header("retry-after").unwrap()).unwrap();
            let wait = at.duration_since(before).unwrap().as_secs();
            assert!((3598..=3660).contains(&wait), "{wait}");
        },
    );
}

#[test]
fn retry_after_comes_in_milliseconds() {
    both_ways(
        Fault::status(503).retry_after_ms(Duration::from_millis(1500)),
        json!({"kind": "status", "status": 503, "retryAfter": {"milliseconds": 1500}}),
        |world, chat| {
            let reply = world.send_message(chat, "a");
            reply.expect(503);
            assert_eq!(reply.header("retry-after-ms"), Some("1500"));
            assert_eq!(reply.header("retry-after"), None);
        },
    );
}

/// The answer to a request in an old version.
fn old(world: &World, chat: &crate::world::Chat) -> Reply {
    let call = format!("GET {}/messages", chat.thread);
    world.call_in("2021-09-07", &chat.user, &call, Value::Null)
}

#[test]
fn without_a_body_of_its_own_a_status_has_the_envelope_of_the_service() {
    both_ways(
        Fault::status(503),
        json!({"kind": "status", "status": 503}),
        |world, chat| {
            let reply = world.list_messages(chat);
            let error = reply.expect(503);
            assert_eq!(error["CommunicationError"]["Code"], "ServiceUnavailable");
            assert_eq!(reply.header("retry-after"), None);
            assert!(reply.header("ms-cv").is_some());
            let error = old(world, chat).expect(503);
            assert_eq!(error["CommunicationError"]["Code"], "ServiceUnavailable");
        },
    );
}

#[test]
fn either_envelope_can_be_had_in_any_version() {
    both_ways(
        Fault::status(403).body(ErrorBody::Contract),
        json!({"kind": "status", "status": 403, "body": "contract"}),
        |world, chat| {
            let error = old(world, chat).expect(403);
            assert_eq!(error["error"]["code"], "Forbidden");
            assert!(error["error"]["message"].is_string());
        },
    );
    both_ways(
        Fault::status(403).body(ErrorBody::Pascal),
        json!({"kind": "status", "status": 403, "body": "pascal"}),
        |world, chat| {
            let error = world.list_messages(chat).expect(403);
            assert_eq!(error["CommunicationError"]["Code"], "Forbidden");
            assert_eq!(error["CommunicationError"]["Details"], json!([]));
        },
    );
}

#[test]
fn an_error_may_have_no_envelope() {
    both_ways(
        Fault::status(500).body(ErrorBody::Bare),
        json!({"kind": "status", "status": 500, "body": "bare"}),
        |world, chat| {
            let error = world.list_messages(chat).expect(500);
            assert_eq!(error["code"], "InternalServerError");
            assert!(error["message"].is_string());
        },
    );
}

#[test]
fn an_error_may_be_html() {
    both_ways(
        Fault::status(502).body(ErrorBody::Html),
        json!({"kind": "status", "status": 502, "body": "html"}),
        |world, chat| {
            let reply = world.list_messages(chat);
            assert_eq!(reply.status(), Some(502));
            assert_eq!(
                reply.header("content-type"),
                Some("text/html; charset=utf-8")
            );
            assert!(reply.body.contains("<h1>502 Bad Gateway</h1>"), "{reply:?}");
            assert_eq!(reply.header("api-supported-versions"), None);
        },
    );
}

#[test]
fn an_error_may_be_empty() {
    both_ways(
        Fault::status(504).body(ErrorBody::Empty),
        json!({"kind": "status", "status": 504, "body": "empty"}),
        |world, chat| {
            let reply = world.list_messages(chat);
            assert_eq!(reply.status(), Some(504));
            assert_eq!(
                (reply.body.as_str(), reply.header("content-type")),
                ("", None)
            );
        },
    );
}
