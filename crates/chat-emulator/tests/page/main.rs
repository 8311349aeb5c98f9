//! The page of the control port in a real browser.
//!
//! It needs `chromium` and `chromedriver` on the path. Without them it says so and does nothing, but where
//! `CI` is `true` it fails: there they have to be.

mod browser;

use chat_emulator::{Emulator, Seed};
use serde_json::{Value, json};

use browser::Browser;

const SEED: &str = r#"{
    "users": [{"name": "alice"}, {"name": "bob"}],
    "threads": [
        {"topic": "Dinner", "createdBy": "bob"},
        {
            "topic": "Lunch",
            "createdBy": "alice",
            "participants": [{"user": "bob", "displayName": "Bob <i>B.</i>"}],
            "messages": [
                {"from": "alice", "content": "Hungry?", "senderDisplayName": "Alice"},
                {
                    "from": "bob",
                    "content": "<img src=x onerror=\"document.title='owned'\"><b>Yes</b>",
                    "type": "html"
                }
            ]
        }
    ]
}"#;

/// A user of the chat API.
struct Client<'a> {
    emulator: &'a Emulator,
    client: reqwest::blocking::Client,
}

impl Client<'_> {
    /// A request of the first user of the seed.
    fn call(&self, method: &str, path: &str, body: &Value) -> Value {
        let url = format!("{}{path}", self.emulator.endpoint());
        let media_type = match method {
            "PATCH" => "application/merge-patch+json",
            _ => "application/json",
        };
        let request = self
            .client
            .request(method.parse().unwrap(), url)
            .query(&[("api-version", "2025-03-15")])
            .bearer_auth(&self.emulator.seeded_users()[0].token)
            .header("content-type", media_type)
            .body(body.to_string());
        let response = request.send().unwrap();
        assert!(response.status().is_success(), "{response:?}");
        serde_json::from_slice(&response.bytes().unwrap()).unwrap_or_default()
    }
}

/// Starts a browser, or says why the test does nothing.
fn browser() -> Option<Browser> {
    let browser = Browser::start();
    if browser.is_none() {
        let reason = "chromium or chromedriver is not on the path";
        assert!(std::env::var("CI").as_deref() != Ok("true"), "{reason}");
        println!("skipped: {reason}");
    }
    browser
}

#[test]
fn the_page_shows_a_conversation_live_and_takes_part_in_it() {
    let Some(browser) = browser() else { return };
    let emulator = Emulator::builder()
        .control_port(0)
        .seed(Seed::from_json(SEED).unwrap())
        .start_blocking()
        .unwrap();
    let client = Client {
        emulator: &emulator,
        client: reqwest::blocking::Client::builder()
            .no_proxy()
            .build()
            .unwrap(),
    };
    browser.open(emulator.control_url().unwrap());

    // The thread where something happened last is chosen, and everything in it is text.
    browser.wait_for("#topic", "Lunch");
    assert_eq!(browser.text("#participants"), "alice\nbob");
    browser.wait_for("#messages", "<b>Yes</b>");
    browser.wait_for("#messages", "Hungry?");
    browser.wait_for("#messages", "alice added alice, bob");
    assert_eq!(
        browser.text("nav"),
        "Lunch\nalice, bob\n4 messages\nDinner\nbob\n2 messages"
    );
    assert!(browser.all("#messages img, #messages b, nav i").is_empty());
    assert_eq!(browser.run("return document.title"), "chat-emulator");

    // What a program does shows by itself.
    let threads = client.call("GET", "chat/threads", &json!({}));
    let thread = format!(
        "chat/threads/{}",
        threads["value"][0]["id"].as_str().unwrap()
    );
    let sent = client.call(
        "POST",
        &format!("{thread}/messages"),
        &json!({"content": "Pizza?"}),
    );
    browser.wait_for("#messages", "Pizza?");
    let message = format!("{thread}/messages/{}", sent["id"].as_str().unwrap());
    client.call("PATCH", &message, &json!({"content": "Pasta?"}));
    browser.wait_for("#messages", "Pasta?");
    browser.wait_for("#messages li:last-child", "edited");
    client.call("PATCH", &thread, &json!({"topic": "Late lunch"}));
    browser.wait_for("#topic", "Late lunch");
    browser.wait_for("nav button[aria-current=true]", "Late lunch");

    // Anybody can be made to say something.
    let bob = browser
        .all("#sender option")
        .into_iter()
        .nth(1)
        .expect("bob is the second participant");
    browser.click(&bob);
    browser.write(&browser.one("#content"), "Pasta it is & <em>now</em>");
    browser.click(&browser.one("#composer button"));
    browser.wait_for("#messages li:last-child", "bob");
    browser.wait_for("#messages li:last-child", "Pasta it is & <em>now</em>");
    let messages = client.call("GET", &format!("{thread}/messages"), &json!({}));
    let newest = &messages["value"][0];
    assert_eq!(newest["content"]["message"], "Pasta it is & <em>now</em>");
    let bob = &emulator.seeded_users()[1].id;
    assert_eq!(
        newest["senderCommunicationIdentifier"]["rawId"],
        bob.as_str()
    );

    let shot = concat!(env!("CARGO_TARGET_TMPDIR"), "/page.png");
    std::fs::write(shot, browser.screenshot()).unwrap();
    println!("screenshot: {shot}");

    // Another thread.
    browser.click(&browser.one("nav li:nth-child(2) button"));
    browser.wait_for("#topic", "Dinner");
    browser.click(&browser.one("nav li:nth-child(1) button"));
    browser.wait_for("#topic", "Late lunch");
    assert_eq!(browser.complaints(), Vec::<Value>::new());

    // What the service refuses is said, and what was written stays.
    client.call("DELETE", &thread, &json!({}));
    browser.wait_for("#topic", "(deleted)");
    browser.write(&browser.one("#content"), "too late");
    browser.click(&browser.one("#composer button"));
    browser.wait_for("#refusal", "The specified thread id was not found.");
    assert_eq!(
        browser.run("return document.getElementById('content').value"),
        "too late"
    );

    // After a reset it shows what there was in the beginning, and an emulator that is gone is told.
    emulator.reset();
    browser.wait_for("nav", "4 messages");
    drop(emulator);
    browser.wait_for("#status", "The emulator does not answer");
}
