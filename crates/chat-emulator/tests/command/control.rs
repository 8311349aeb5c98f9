//! The control API itself: what it refuses, and where it is.

use chat_emulator::{Emulator, Fault};
use serde_json::{Value, json};

use crate::wire::{exchange, request};
use crate::world::World;

#[test]
fn faults_that_make_no_sense_are_refused_with_the_reason() {
    let world = World::new();
    for (document, reason) in [
        (json!([]), "object"),
        (json!({}), "kind"),
        (json!({"kind": "explosion"}), "explosion"),
        (json!({"kind": "status"}), "status"),
        (json!({"kind": "status", "status": 99}), "200 to 599"),
        (json!({"kind": "status", "status": "503"}), "u16"),
        (
            json!({"kind": "status", "status": 503, "body": "xml"}),
            "xml",
        ),
        (
            json!({"kind": "status", "status": 503, "retryAfter": {"days": 1}}),
            "days",
        ),
        (
            json!({"kind": "status", "status": 503, "tmies": 1}),
            "tmies",
        ),
        (json!({"kind": "emptyPage", "status": 503}), "status"),
        (json!({"kind": "delay", "delaySeconds": -1}), "delaySeconds"),
        (json!({"kind": "listLag"}), "seconds"),
        (json!({"kind": "listLag", "seconds": 1e12}), "seconds"),
        (json!({"kind": "missingField"}), "field"),
        (
            json!({"kind": "emptyPage", "operation": "listAll"}),
            "listAll",
        ),
        (
            json!({"kind": "emptyPage", "operation": "sendChatMessage"}),
            "sendChatMessage",
        ),
        (json!({"kind": "emptyPage", "times": 0}), "times"),
        (json!({"kind": "emptyPage", "times": 1.5}), "times"),
        (
            json!({"kind": "emptyPage", "probability": 2}),
            "probability",
        ),
        (json!({"kind": "emptyPage", "seed": 2}), "probability"),
        (json!({"mix": []}), "probability"),
        (json!({"mix": {}, "probability": 0.1}), "list"),
        (json!({"mix": [], "probability": 0.1}), "mix"),
        (json!({"mix": [{"weight": 1}], "probability": 0.1}), "fault"),
        (
            json!({"mix": [{"fault": {"kind": "emptyPage"}, "size": 1}], "probability": 0.1}),
            "size",
        ),
        (
            json!({"mix": [{"fault": {"kind": "emptyPage", "probability": 1}}], "probability": 0.1}),
            "probability",
        ),
        (
            json!({"mix": [{"fault": {"kind": "emptyPage"}}], "probability": 0.1, "kind": "delay"}),
            "kind",
        ),
    ] {
        let reply = world.control("POST", "/faults", &document);
        assert_eq!(reply.status(), Some(400), "{document}: {reply:?}");
        let message = reply.expect(400)["error"]["message"].to_string();
        assert!(message.contains(reason), "{document}: {message}");
    }
    for (method, target, body, status) in [
        ("POST", "/faults", "{", 400),
        ("POST", "/faults", "", 400),
        ("DELETE", "/faults/7", "", 404),
        ("DELETE", "/faults/x", "", 404),
        ("POST", "/clock", "{}", 400),
        ("POST", "/clock", r#"{"advanceSeconds":-1}"#, 400),
        ("POST", "/clock", r#"{"advance":1}"#, 400),
        ("GET", "/journal?after=x", "", 400),
        ("GET", "/journal?operation=x", "", 400),
        ("POST", "/snapshots/7/restore", "", 404),
        ("DELETE", "/snapshots/7", "", 404),
        ("PUT", "/faults", "", 405),
        ("GET", "/chat/threads?api-version=2025-03-15", "", 404),
    ] {
        let reply = world.control_with(method, target, &[], body);
        let error = reply.expect(status);
        assert!(
            error["error"]["message"].is_string(),
            "{method} {target}: {error}"
        );
    }
    let faults = world.control("GET", "/faults", &Value::Null).expect(200);
    assert_eq!(faults, json!({"faults": []}));
}

#[test]
fn faults_are_listed_as_they_were_given_and_removed() {
    let world = World::new();
    let chat = world.chat();
    let status = json!({
        "kind": "status", "status": 503, "retryAfter": {"seconds": 2}, "body": "html",
        "operation": "sendChatMessage", "times": 3, "delaySeconds": 0.01,
    });
    let id = world.control("POST", "/faults", &status).expect(201)["id"].clone();
    let mix = json!({
        "probability": 0.0, "seed": 7,
        "mix": [
            {"weight": 2, "fault": {"kind": "emptyPage"}},
            {"weight": 1, "fault": {"kind": "clockSkew", "seconds": -5}},
        ],
    });
    let mix_id = world.control("POST", "/faults", &mix).expect(201)["id"].clone();
    assert_eq!(world.send_message(&chat, "a").status(), Some(503));

    let faults = world.control("GET", "/faults", &Value::Null).expect(200);
    assert_eq!(
        faults["faults"],
        json!([
            {
                "id": id, "kind": "status", "status": 503, "retryAfter": {"seconds": 2}, "body": "html",
                "carriedOut": false, "operations": ["sendChatMessage"], "times": 3, "left": 2, "hits": 1,
                "delaySeconds": 0.01,
            },
            {
                "id": mix_id, "probability": 0.0, "seed": 7,
                "mix": [
                    {"weight": 2, "fault": {"kind": "emptyPage", "hits": 0}},
                    {"weight": 1, "fault": {"kind": "clockSkew", "seconds": -5, "hits": 0}},
                ],
            },
        ])
    );

    world
        .control("DELETE", &format!("/faults/{id}"), &Value::Null)
        .expect(204);
    world
        .control("DELETE", &format!("/faults/{id}"), &Value::Null)
        .expect(404);
    world.send_message(&chat, "b").expect(201);
    world.control("DELETE", "/faults", &Value::Null).expect(204);
    let faults = world.control("GET", "/faults", &Value::Null).expect(200);
    assert_eq!(faults, json!({"faults": []}));
}

#[test]
fn a_fault_that_has_struck_often_enough_is_gone() {
    let world = World::new();
    let chat = world.chat();
    let id = world.emulator.inject(Fault::status(503).times(1)).unwrap();
    world.list_messages(&chat).expect(503);
    let faults = world.control("GET", "/faults", &Value::Null).expect(200);
    assert_eq!(faults, json!({"faults": []}));
    assert!(!world.emulator.remove_fault(id));
}

#[test]
fn snapshots_are_listed_and_removed_and_there_are_not_too_many() {
    let world = World::new();
    for _ in 0..32 {
        world
            .control("POST", "/snapshots", &Value::Null)
            .expect(201);
    }
    world
        .control("POST", "/snapshots", &Value::Null)
        .expect(409);
    world
        .control("DELETE", "/snapshots/1", &Value::Null)
        .expect(204);
    let taken = world
        .control("POST", "/snapshots", &Value::Null)
        .expect(201);
    assert_eq!(taken["id"], 33);
    let list = world.control("GET", "/snapshots", &Value::Null).expect(200);
    let list = list["snapshots"].as_array().unwrap();
    assert_eq!((list.len(), &list[0]["id"]), (32, &json!(2)));
}

#[test]
fn the_services_port_knows_no_commands() {
    let world = World::new();
    let address = world.emulator.local_addr();
    assert_ne!(address, world.control_address());
    for target in ["/faults", "/journal", "/clock"] {
        let reply = exchange(address, &request(address, "GET", target, &[], ""));
        assert_eq!(reply.status(), Some(404), "{target}: {reply:?}");
    }
}

#[test]
fn without_being_asked_for_there_is_no_control_port() {
    let emulator = Emulator::builder().start_blocking().unwrap();
    assert_eq!(emulator.control_url(), None);
}

#[test]
fn the_control_port_is_freed_with_the_emulator() {
    let world = World::new();
    let address = world.control_address();
    drop(world);
    assert!(std::net::TcpStream::connect(address).is_err());
}

#[test]
fn pages_of_other_origins_may_not_command_it() {
    let world = World::new();
    let own = format!("http://{}", world.control_address());
    for (origin, status) in [
        ("http://evil.example", 403),
        ("null", 403),
        (own.as_str(), 204),
    ] {
        let reply = world.control_with("POST", "/reset", &[("origin", origin)], "");
        assert_eq!(reply.status(), Some(status), "{origin}");
    }
}

#[test]
fn a_web_site_whose_name_leads_here_may_neither_read_nor_command() {
    let world = World::new();
    let chat = world.chat();
    let address = world.control_address();
    for (method, target, body) in [
        ("GET", "/", ""),
        ("GET", "/threads", ""),
        ("GET", "/journal", ""),
        ("POST", "/faults", r#"{"kind":"status","status":503}"#),
        ("POST", "/reset", ""),
    ] {
        let rebound = format!(
            "{method} {target} HTTP/1.1\r\nhost: rebound.example:{}\r\nconnection: close\r\n\
             content-length: {}\r\n\r\n{body}",
            address.port(),
            body.len()
        );
        let reply = exchange(address, &rebound);
        assert_eq!(reply.status(), Some(403), "{method} {target}: {reply:?}");
    }
    world.send_message(&chat, "still there").expect(201);
}

#[test]
fn what_another_site_has_a_browser_fetch_is_refused() {
    let world = World::new();
    let cross_site = [("sec-fetch-site", "cross-site")];
    for (site, status) in [
        (&cross_site, 403),
        (&[("sec-fetch-site", "same-origin")], 200),
    ] {
        let reply = world.control_with("GET", "/threads", site, "");
        assert_eq!(reply.status(), Some(status), "{site:?}");
    }
}

#[test]
fn a_name_that_was_allowed_is_answered() {
    let emulator = Emulator::builder()
        .control_port(0)
        .control_allowed_host("Emulator.test")
        .start_blocking()
        .unwrap();
    let address = emulator
        .control_url()
        .unwrap()
        .strip_prefix("http://")
        .unwrap();
    let address = address.trim_end_matches('/').parse().unwrap();
    let asked = "GET /clock HTTP/1.1\r\nhost: emulator.test\r\nconnection: close\r\n\r\n";
    assert_eq!(exchange(address, asked).status(), Some(200));
}
