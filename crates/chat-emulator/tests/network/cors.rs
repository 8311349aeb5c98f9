//! Web pages of other origins.

use chat_emulator::{Emulator, Fault};

use crate::wire::{NEW_THREAD, Reply, THREADS, bearer, exchange, request, start};

const PAGE: &str = "http://localhost:3000";

fn preflight(emulator: &Emulator, origin: &str) -> Reply {
    let headers = [
        ("host", "localhost"),
        ("origin", origin),
        ("access-control-request-method", "PATCH"),
        (
            "access-control-request-headers",
            "authorization,content-type,x-ms-useragent",
        ),
    ];
    exchange(
        emulator.local_addr(),
        &request("OPTIONS", THREADS, &headers, ""),
    )
}

fn create(emulator: &Emulator, origin: Option<&str>) -> Reply {
    let authorization = bearer(emulator);
    let mut headers = vec![
        ("host", "localhost"),
        ("authorization", authorization.as_str()),
    ];
    headers.extend(origin.map(|origin| ("origin", origin)));
    exchange(
        emulator.local_addr(),
        &request("POST", THREADS, &headers, NEW_THREAD),
    )
}

#[test]
fn a_page_of_this_machine_may_send_what_the_packages_send_and_read_what_they_read() {
    let emulator = start(Emulator::builder());
    let allowed = preflight(&emulator, PAGE);
    assert_eq!(allowed.status(), "200", "{allowed:?}");
    assert_eq!(allowed.header("access-control-allow-origin"), Some(PAGE));
    let methods = allowed.header("access-control-allow-methods").unwrap();
    for method in ["get", "post", "patch", "put", "delete"] {
        assert!(methods.contains(method), "{methods}");
    }
    let headers = allowed.header("access-control-allow-headers").unwrap();
    assert_eq!(headers, "authorization,content-type,x-ms-useragent");
    assert_eq!(
        emulator.journal().len(),
        0,
        "the browser asked, not the page"
    );

    let created = create(&emulator, Some(PAGE));
    assert_eq!(created.status(), "201", "{created:?}");
    assert_eq!(created.header("access-control-allow-origin"), Some(PAGE));
    let exposed = created.header("access-control-expose-headers").unwrap();
    for header in [
        "location",
        "ms-cv",
        "x-ms-request-id",
        "x-ms-client-request-id",
        "retry-after",
    ] {
        assert!(
            exposed.split(',').any(|other| other == header),
            "{header} in {exposed}"
        );
    }
}

#[test]
fn an_injected_error_can_be_read_by_a_page_too() {
    let emulator = start(Emulator::builder());
    emulator.inject(Fault::status(503)).unwrap();
    let refused = create(&emulator, Some(PAGE));
    assert_eq!(refused.status(), "503", "{refused:?}");
    assert_eq!(refused.header("access-control-allow-origin"), Some(PAGE));
}

#[test]
fn pages_of_other_origins_are_refused_unless_they_are_named() {
    const APP: &str = "https://app.example";
    let emulator = start(Emulator::builder());
    for reply in [preflight(&emulator, APP), create(&emulator, Some(APP))] {
        assert_eq!(reply.status(), "403", "{reply:?}");
        assert_eq!(reply.header("access-control-allow-origin"), None);
    }
    assert_eq!(emulator.journal().len(), 0, "nothing was carried out");

    for origin in [APP, "*"] {
        let emulator = start(Emulator::builder().cors_origin(origin));
        let created = create(&emulator, Some(APP));
        assert_eq!(created.status(), "201", "{created:?}");
        assert_eq!(created.header("access-control-allow-origin"), Some(APP));
    }
}

#[test]
fn who_is_no_page_gets_no_headers_for_pages() {
    let created = create(&start(Emulator::builder()), None);
    assert_eq!(created.status(), "201", "{created:?}");
    for absent in ["access-control", "vary"] {
        assert!(!created.head.contains(absent), "{created:?}");
    }
}

#[test]
fn an_origin_that_is_none_is_a_clear_error() {
    let error = Emulator::builder()
        .cors_origin("app.example")
        .start_blocking()
        .unwrap_err();
    assert!(error.to_string().contains("\"app.example\""), "{error}");
}
