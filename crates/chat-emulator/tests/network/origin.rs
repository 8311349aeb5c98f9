//! Where links lead when the emulator stands behind something.

use chat_emulator::Emulator;

use crate::wire::{IDENTITIES, NEW_THREAD, THREADS, bearer, exchange, request, signature, start};

/// The `location` of a new thread.
fn location(emulator: &Emulator, headers: &[(&str, &str)]) -> String {
    let authorization = bearer(emulator);
    let mut all = vec![("authorization", authorization.as_str())];
    all.extend(headers);
    let created = exchange(
        emulator.local_addr(),
        &request("POST", THREADS, &all, NEW_THREAD),
    );
    assert_eq!(created.status(), "201", "{created:?}");
    created.header("location").unwrap().to_owned()
}

const FORWARDED: [(&str, &str); 3] = [
    ("host", "10.0.0.7:10100"),
    ("x-forwarded-host", "chat.example"),
    ("x-forwarded-proto", "https"),
];

#[test]
fn a_proxy_on_this_machine_says_where_links_lead() {
    let emulator = start(Emulator::builder());
    let location = location(&emulator, &FORWARDED);
    assert!(
        location.starts_with("https://chat.example/chat/threads/19%3a"),
        "{location}"
    );
}

#[test]
fn the_next_link_leads_through_the_proxy_too() {
    let emulator = start(Emulator::builder());
    for _ in 0..2 {
        location(&emulator, &FORWARDED);
    }
    let authorization = bearer(&emulator);
    let mut headers = vec![("authorization", authorization.as_str())];
    headers.extend(FORWARDED);
    let target = format!("{THREADS}&maxPageSize=1");
    let page = exchange(
        emulator.local_addr(),
        &request("GET", &target, &headers, ""),
    );
    let link = r#""nextLink":"https://chat.example/chat/threads?"#;
    assert!(page.body.contains(link), "{page:?}");
}

#[test]
fn a_public_url_is_the_endpoint_and_where_all_links_lead() {
    let emulator = start(Emulator::builder().public_url("https://chat.example:8443/"));
    assert_eq!(emulator.endpoint(), "https://chat.example:8443/");
    let connection_string = emulator.connection_string();
    let expected = "endpoint=https://chat.example:8443/;accesskey=";
    assert!(
        connection_string.starts_with(expected),
        "{connection_string}"
    );
    let location = location(&emulator, &[("host", "127.0.0.1")]);
    assert!(
        location.starts_with("https://chat.example:8443/chat/threads/"),
        "{location}"
    );
}

#[test]
fn a_public_url_that_is_none_is_a_clear_error() {
    for url in ["chat.example", "https://chat.example/path"] {
        let error = Emulator::builder()
            .public_url(url)
            .start_blocking()
            .unwrap_err();
        assert!(error.to_string().contains(url), "{error}");
    }
}

#[test]
fn a_signature_covers_the_host_before_the_proxy() {
    let emulator = start(Emulator::builder());
    for (host, status) in [("chat.example", "201"), ("10.0.0.7:10100", "401")] {
        let signature = signature(&emulator, host);
        let mut headers: Vec<_> = FORWARDED.into();
        headers.extend(
            signature
                .iter()
                .map(|(name, value)| (*name, value.as_str())),
        );
        let reply = exchange(
            emulator.local_addr(),
            &request("POST", IDENTITIES, &headers, ""),
        );
        assert_eq!(reply.status(), status, "{host}: {reply:?}");
    }
}
