//! The view of events for a webhook.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};

use super::*;

/// Answers handshakes with yes and all else with 400, until the test ends. Gives its URL.
fn webhook() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!(
        "http://{}/events?code=s3cret",
        listener.local_addr().unwrap()
    );
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            answer(stream.unwrap());
        }
    });
    url
}

fn answer(mut stream: TcpStream) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        let line = line.trim_end().to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(value) = line.strip_prefix("content-length: ") {
            length = value.parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let body: Value = serde_json::from_slice(&body).unwrap();
    let answer = match body[0]["data"]["validationCode"].as_str() {
        Some(code) => {
            let body = json!({ "validationResponse": code }).to_string();
            let length = body.len();
            format!(
                "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
            )
        }
        None => {
            let head = "HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
            head.to_owned()
        }
    };
    stream.write_all(answer.as_bytes()).unwrap();
}

#[test]
fn a_webhook_is_subscribed_and_its_dead_letters_are_shown() {
    let Some(browser) = browser() else { return };
    let emulator = emulator();
    let client = Client::new(&emulator);
    for (size, scheme, name) in [
        (DESKTOP, "light", "events-desktop"),
        (PHONE, "dark", "events-phone"),
    ] {
        browser.look(size, scheme);
        open(&browser, &emulator, "events");
        browser.wait_for("#no-subscription", "No webhook has subscribed.");
        browser.write(&browser.one("#endpoint"), &webhook());
        press(&browser, "#subscribe", "Subscribe");
        browser.wait_for("#subscription-state", "gets events");
        assert!(!browser.text("#subscription").contains("s3cret"));
        client.send(&client.newest_thread(), "an event");
        browser.wait_for("#subscription-counts", "2 given up");
        browser.wait_for("#dead-letters", "UndeliverableDueToHttpBadRequest");
        browser.run("document.querySelector('#dead-letters summary').click()");
        browser.wait_for("#dead-letters", "an event");
        assert_eq!(
            browser.run("return document.getElementById('endpoint').value"),
            ""
        );
        browser.screenshot(name);
        press(&browser, "#events", "Clear");
        browser.wait_for("#no-dead-letters", "No events were given up.");
        press(&browser, "#events", "Unsubscribe");
        browser.wait_for("#no-subscription", "No webhook has subscribed.");
    }
    assert_eq!(browser.complaints(), Vec::<Value>::new());
}
