//! `GET /health`.

use chat_emulator::{Emulator, Fault};

use crate::wire::{exchange, request, start};

#[test]
fn health_is_answered_on_both_ports_whatever_befalls_requests() {
    let emulator = start(Emulator::builder().control_port(0));
    emulator.inject(Fault::status(503)).unwrap();
    let control = emulator
        .control_url()
        .unwrap()
        .strip_prefix("http://")
        .unwrap();
    let control = control.trim_end_matches('/').parse().unwrap();
    for address in [emulator.local_addr(), control] {
        let host = address.to_string();
        for method in ["GET", "HEAD"] {
            let reply = exchange(address, &request(method, "/health", &[("host", &host)], ""));
            assert_eq!(reply.status(), "200", "{method} {reply:?}");
        }
    }
    assert_eq!(emulator.journal().len(), 0);
}
