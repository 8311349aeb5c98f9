//! The page of the control port in a real browser.
//!
//! It needs `chromium` and `chromedriver` on the path. Without them it says so and does nothing, but where
//! `CI` is `true` it fails: there they have to be.

mod browser;
mod client;
mod events;
mod notifications;
mod state;

use chat_emulator::{Emulator, Seed};
use serde_json::{Value, json};

use browser::Browser;
use client::Client;

const SEED: &str = r#"{
    "users": [{"name": "alice"}, {"name": "bob"}],
    "threads": [
        {"topic": "Dinner", "createdBy": "bob"},
        {
            "topic": "Lunch",
            "createdBy": "alice",
            "participants": [{"user": "bob", "displayName": "Bob <i>B.</i>"}],
            "messages": [
                {
                    "from": "alice",
                    "content": "Hungry?",
                    "senderDisplayName": "Alice",
                    "attachments": [{"name": "menu.png", "bytes": "cG5n"}]
                },
                {
                    "from": "bob",
                    "content": "<img src=x onerror=\"document.title='owned'\"><b>Yes</b>",
                    "type": "html"
                }
            ]
        }
    ]
}"#;

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

const DESKTOP: (u32, u32) = (1100, 700);
const PHONE: (u32, u32) = (390, 740);

fn emulator() -> Emulator {
    Emulator::builder()
        .control_port(0)
        .seed(Seed::from_json(SEED).unwrap())
        .start_blocking()
        .unwrap()
}

/// Opens a view.
fn open(browser: &Browser, emulator: &Emulator, view: &str) {
    browser.open(&format!("{}#{view}", emulator.control_url().unwrap()));
    browser.wait_for("#status", "Live");
}

/// Chooses the thread with this topic.
fn choose(browser: &Browser, topic: &str) {
    browser.wait_for("#threads", topic);
    let topic_text = Value::from(topic);
    let script = format!(
        "[...document.querySelectorAll('#threads a')]
            .find((link) => link.innerText.includes({topic_text})).click()"
    );
    browser.run(&script);
    browser.wait_for("#topic", topic);
}

/// Presses the button with this label within `selector`.
#[track_caller]
fn press(browser: &Browser, selector: &str, label: &str) {
    let (selector, label) = (Value::from(selector), Value::from(label));
    let script = format!(
        "const found = [...document.querySelectorAll({selector} + ' button')]
            .find((button) => button.innerText === {label});
        found?.click();
        return Boolean(found)"
    );
    assert_eq!(
        browser.run(&script),
        true,
        "there is no {label} in {selector}"
    );
}

/// Whether nothing of the element is outside of the window.
fn in_window(selector: &str) -> String {
    format!(
        "const box = document.querySelector('{selector}').getBoundingClientRect();
        return box.height > 0 && box.top >= 0 && box.left >= 0
            && box.bottom <= innerHeight && box.right <= innerWidth
            && document.documentElement.scrollWidth <= innerWidth"
    )
}

#[test]
fn the_page_shows_a_conversation_live_and_takes_part_in_it() {
    let Some(browser) = browser() else { return };
    for (size, scheme, name) in [
        (DESKTOP, "light", "conversation-desktop"),
        (PHONE, "dark", "conversation-phone"),
    ] {
        browser.look(size, scheme);
        converse(&browser, name);
    }
}

fn converse(browser: &Browser, name: &str) {
    let emulator = emulator();
    let client = Client::new(&emulator);
    open(browser, &emulator, "conversations");
    browser.wait_for("#threads", "Dinner");
    assert_eq!(
        browser.text("#threads"),
        "Lunch\nalice, bob\n4 messages\nDinner\nbob\n2 messages"
    );
    choose(browser, "Lunch");

    // Everything is text.
    assert_eq!(browser.text("#participants"), "alice\nbob");
    browser.wait_for("#messages", "<b>Yes</b>");
    browser.wait_for("#messages", "Hungry?");
    browser.wait_for("#messages", "Attached: image menu.png");
    browser.wait_for("#messages", "alice added alice, bob");
    assert!(
        browser
            .all("#messages img, #messages b, #threads i")
            .is_empty()
    );
    assert_eq!(
        browser.run("return document.title"),
        "Conversations · chat-emulator"
    );

    // What a program does shows by itself, and what was selected meanwhile stays so.
    browser.run("getSelection().selectAllChildren(document.querySelector('#messages .text'))");
    let thread = client.newest_thread();
    let sent = client.send(&thread, "Pizza?");
    browser.wait_for("#messages", "Pizza?");
    assert_eq!(browser.run("return String(getSelection())"), "Hungry?");
    let message = format!("{thread}/messages/{}", sent["id"].as_str().unwrap());
    client.call(
        "PATCH",
        &message,
        &json!({"content": "Pasta?", "metadata": {"room": "4"}}),
    );
    browser.wait_for("#messages li:last-child", "Pasta?");
    browser.wait_for("#messages li:last-child", "edited");
    browser.wait_for("#messages li:last-child", "room: 4");
    client.call("PATCH", &thread, &json!({"topic": "Late lunch"}));
    browser.wait_for("#topic", "Late lunch");
    client.call("POST", &format!("{thread}/typing"), &json!({}));
    browser.wait_for("#typing", "alice is typing");

    // Anybody can be made to say something.
    let bob = browser.one("#sender option:nth-child(2)");
    browser.click(&bob);
    press(browser, "#composer", "Notify typing");
    browser.wait_for("#typing", "bob");
    browser.write(&browser.one("#content"), "Pasta it is & <em>now</em>");
    browser.wait_until(&in_window("#send"));
    browser.click(&browser.one("#send"));
    browser.wait_for("#messages li:last-child", "Pasta it is & <em>now</em>");
    browser.wait_for("#messages li:last-child", "bob");
    browser.wait_until(&in_window("#messages li:last-child"));
    let newest =
        || client.call("GET", &format!("{thread}/messages"), &json!({}))["value"][0].clone();
    assert_eq!(newest()["content"]["message"], "Pasta it is & <em>now</em>");
    let id = &emulator.seeded_users()[1].id;
    let sender = &newest()["senderCommunicationIdentifier"]["rawId"];
    assert_eq!(sender, id.as_str());

    // To edit, to read and to delete as well.
    press(browser, "#messages li:last-child", "Mark read");
    browser.wait_for("#messages li:last-child", "Read by bob");
    press(browser, "#messages li:last-child", "Edit");
    browser.write(&browser.one("#content"), "!");
    browser.click(&browser.one("#send"));
    browser.wait_for("#messages li:last-child", "</em>!");
    assert_eq!(
        newest()["content"]["message"],
        "Pasta it is & <em>now</em>!"
    );
    browser.screenshot(name);
    press(browser, "#messages li:last-child", "Delete");
    browser.wait_for("#messages li:last-child", "deleted");
    assert!(newest()["deletedOn"].is_string());
    assert_eq!(browser.complaints(), Vec::<Value>::new());

    // What the service refuses is said, and what was written stays.
    browser.write(&browser.one("#content"), "once more");
    let path = format!("{thread}/participants/:remove");
    client.call("POST", &path, &json!({"rawId": id}));
    browser.wait_until("return document.querySelectorAll('#sender option').length === 1");
    assert_eq!(
        browser.run("return document.getElementById('content').value"),
        "once more"
    );
    client.call("DELETE", &thread, &json!({}));
    browser.wait_for("#closed", "has been deleted");
    assert_eq!(
        browser.run("return document.getElementById('composer').hidden"),
        true
    );

    // After a reset it shows what there was in the beginning, and an emulator that is gone is told.
    emulator.reset();
    browser.wait_until("return document.getElementById('topic').textContent === 'Lunch'");
    drop(emulator);
    browser.wait_for("#status", "The emulator does not answer");
    // So the browser complains, which is as it should be.
    browser.open("about:blank");
    browser.complaints();
}

#[test]
fn drafts_stay_in_their_threads_and_the_newest_message_is_seen_on_any_screen() {
    let Some(browser) = browser() else { return };
    let emulator = emulator();
    let client = Client::new(&emulator);
    let thread = client.newest_thread();
    for number in 0..210 {
        client.send(&thread, &format!("number {number}"));
    }
    for size in [DESKTOP, PHONE] {
        browser.look(size, "light");
        open(&browser, &emulator, "conversations");
        choose(&browser, "Lunch");
        browser.wait_for(
            "#messages li:first-child",
            "14 older messages are not shown.",
        );
        browser.wait_until(&in_window("#messages li:last-child"));
        browser.wait_until(&in_window("#send"));
        browser.write(&browser.one("#content"), "for lunch");
        browser.run("location.hash = '#conversations'");
        choose(&browser, "Dinner");
        let content = "return document.getElementById('content').value";
        assert_eq!(browser.run(content), "");
        browser.run("location.hash = '#conversations'");
        choose(&browser, "Lunch");
        assert_eq!(browser.run(content), "for lunch");

        browser.run("location.hash = '#%'");
        browser.wait_for("#connection-string", "endpoint=");
        browser.run("location.hash = '#conversations/%'");
        browser.wait_until("return !document.getElementById('conversations').hidden");
        browser.wait_for("#threads", "Dinner");
        // It is loaded anew, without its drafts.
        browser.open("about:blank");
    }
    assert_eq!(browser.complaints(), Vec::<Value>::new());
}

#[test]
fn the_start_names_all_that_a_program_needs() {
    let Some(browser) = browser() else { return };
    let emulator = emulator();
    browser.look(DESKTOP, "light");
    open(&browser, &emulator, "");
    browser.wait_for("#connection-string", &emulator.connection_string());
    for (language, text) in [
        (
            "rust",
            "CommunicationIdentityClient::from_connection_string",
        ),
        ("python", "create_user_and_token"),
        ("javascript", "createUserAndToken"),
        ("curl", "chat/threads?api-version="),
    ] {
        browser.click(&browser.one(&format!("#language option[value={language}]")));
        browser.wait_for("#snippet", text);
        assert!(browser.text("#snippet").contains(emulator.endpoint()));
    }
    browser.wait_for("#users li:first-child", "alice");
    browser.wait_for("#news", "Lunch");
    browser.run(
        "window.copied = [];
        navigator.clipboard.writeText = async (text) => { window.copied.push(text); }",
    );
    press(&browser, "#start .copied", "Copy");
    press(&browser, "#users li:first-child", "Copy token");
    browser.wait_until("return window.copied.length === 2");
    let copied = browser.run("return window.copied");
    assert_eq!(copied[0], emulator.connection_string());
    let url = format!("{}chat/threads?api-version=2025-03-15", emulator.endpoint());
    let client = reqwest::blocking::Client::builder()
        .no_proxy()
        .build()
        .unwrap();
    let request = client.get(url).bearer_auth(copied[1].as_str().unwrap());
    assert_eq!(request.send().unwrap().status(), 200);
    for (size, scheme, name) in looks("start") {
        browser.look(size, scheme);
        browser.screenshot(&name);
    }
    assert_eq!(browser.complaints(), Vec::<Value>::new());
}

#[test]
fn requests_are_seen_whole_with_the_fault_that_struck() {
    let Some(browser) = browser() else { return };
    let emulator = emulator();
    let client = Client::new(&emulator);
    let thread = client.newest_thread();
    for (size, scheme) in [(DESKTOP, "light"), (PHONE, "dark")] {
        browser.look(size, scheme);
        open(&browser, &emulator, "faults");
        browser.wait_for("#no-faults", "No faults");
        browser.click(&browser.one("#preset option[value=lag]"));
        browser.write(&browser.one("#times"), "1");
        browser.click(&browser.one("#inject button"));
        browser.wait_for("#fault-list", "listLag");
        browser.click(&browser.one("#preset option[value='503']"));
        browser.click(&browser.one("#operation option[value=deleteChatThread]"));
        browser.click(&browser.one("#inject button"));
        browser.wait_for("#fault-list", "deleteChatThread");
        browser.screenshot(&format!("faults-{scheme}"));
        client.call("GET", &format!("{thread}/messages"), &Value::Null);
        browser.wait_until("return document.querySelectorAll('#fault-list li').length === 1");
        press(&browser, "#fault-list", "Remove");
        browser.wait_for("#no-faults", "No faults");

        client.send(&thread, "Is this <b>seen</b>?");
        browser.run("location.hash = '#requests'");
        browser.wait_for("#request-list li:first-child", "POST sendChatMessage");
        browser.write(&browser.one("#filter-text"), "listchatmessages get");
        browser.wait_until("return document.querySelectorAll('#request-list .failed').length > 0");
        assert!(!browser.text("#request-list").contains("sendChatMessage"));
        browser.click(&browser.one("#request-list a"));
        browser.wait_for("#request", "listLag");
        browser.wait_for("#request", "authorization: REDACTED");
        browser.wait_for("#request", "api-supported-versions: ");
        browser.wait_for("#request", "\"value\": [");
        browser.run("document.getElementById('filter-text').value = ''");
        browser.run("location.hash = '#requests'");
        browser.wait_until("return document.getElementById('request').hidden");
        browser.run("document.getElementById('filter').dispatchEvent(new Event('input'))");
        browser.wait_for("#request-list li:first-child", "sendChatMessage");
        browser.screenshot(&format!("requests-{scheme}"));
        browser.click(&browser.one("#request-list a"));
        browser.wait_for("#request", "Is this <b>seen</b>?");
        browser.screenshot(&format!("request-{scheme}"));
        press(&browser, "#filter", "Clear");
        browser.wait_for("#request", "is not in the journal");
        client.send(&thread, "again");
        browser.wait_until("return document.querySelectorAll('#request-list li').length === 1");
        browser.open("about:blank");
    }
    assert_eq!(browser.complaints(), Vec::<Value>::new());
}

/// Each size in each scheme.
fn looks(view: &str) -> impl Iterator<Item = ((u32, u32), &'static str, String)> {
    [(DESKTOP, "desktop"), (PHONE, "phone")]
        .into_iter()
        .flat_map(move |(size, screen)| {
            ["light", "dark"].map(|scheme| (size, scheme, format!("{view}-{screen}-{scheme}")))
        })
}
