//! The view of who is connected for real-time notifications.

use super::*;

/// A program that is notified, by polls.
struct Notified<'a> {
    emulator: &'a Emulator,
    client: reqwest::blocking::Client,
    polls: String,
    address: String,
}

impl<'a> Notified<'a> {
    fn connect(emulator: &'a Emulator) -> Self {
        let client = reqwest::blocking::Client::builder().no_proxy().build();
        let mut notified = Self {
            emulator,
            client: client.unwrap(),
            polls: String::new(),
            address: String::new(),
        };
        let allocated = notified.ask("POST", "v4/a?epid=page", String::new());
        let allocated: Value = serde_json::from_str(&allocated).unwrap();
        let parameters = allocated["connectparams"].as_object().unwrap();
        let pairs = parameters
            .iter()
            .map(|(name, value)| format!("{name}={}", value.as_str().unwrap()));
        let query = pairs.collect::<Vec<_>>().join("&");
        let opened = notified.ask("GET", &format!("socket.io/1/?{query}"), String::new());
        let (session, _) = opened.split_once(':').unwrap();
        notified.polls = format!("socket.io/1/xhr-polling/{session}?{query}");
        notified.address = allocated["surl"].as_str().unwrap().to_owned();
        assert!(notified.poll().contains("trouter.connected"));
        notified
    }

    fn ask(&self, method: &str, path: &str, body: String) -> String {
        let url = format!("{}{path}", self.emulator.endpoint());
        let request = self.client.request(method.parse().unwrap(), url);
        let token = &self.emulator.seeded_users()[0].token;
        let response = request.header("x-skypetoken", token).body(body).send();
        let response = response.unwrap().error_for_status().unwrap();
        response.text().unwrap()
    }

    fn poll(&self) -> String {
        self.ask("GET", &self.polls, String::new())
    }

    fn register(&self) {
        let document = json!({
            "clientDescription": {"appId": "AcsWeb", "templateKey": "AcsWeb_Chat_2.1"},
            "registrationId": "page",
            "transports": {"TROUTER": [{"path": self.address, "ttl": 7200}]},
        });
        self.ask(
            "POST",
            "registrar/prod/v3/registrations",
            document.to_string(),
        );
    }

    /// Answers the one notification that has come.
    fn answer(&self) {
        let polled = self.poll();
        let (_, data) = polled.split_once("3:::").unwrap();
        let request: Value = serde_json::from_str(data).unwrap();
        let answer = json!({"id": request["id"], "status": 200});
        self.ask("POST", &self.polls, format!("3:::{answer}"));
    }
}

#[test]
fn who_is_notified_is_seen_with_its_registration_and_its_last_answer_and_is_cut() {
    let Some(browser) = browser() else { return };
    let emulator = emulator();
    let client = Client::new(&emulator);
    browser.look(DESKTOP, "light");
    open(&browser, &emulator, "events");
    browser.wait_for("#no-clients", "No client is connected.");
    for view in [
        [(DESKTOP, "light"), (PHONE, "light")],
        [(DESKTOP, "dark"), (PHONE, "dark")],
    ] {
        let notified = Notified::connect(&emulator);
        browser.wait_for("#clients", "alice");
        browser.wait_for("#clients", "connected since");
        browser.wait_for("#clients", "not registered");
        browser.wait_for("#clients", "no notification answered");
        browser.wait_for("#clients", "told of a loss, not acknowledged");
        notified.register();
        browser.wait_for("#clients", "registered until");
        client.send(&client.newest_thread(), "hello");
        notified.answer();
        browser.wait_for("#clients", "last notification answered with 200 at");
        let other = Notified::connect(&emulator);
        browser.wait_until("return document.querySelectorAll('#clients li').length === 2");
        for (size, scheme) in view {
            browser.look(size, scheme);
            let screen = if size == DESKTOP { "desktop" } else { "phone" };
            browser.screenshot(&format!("notifications-{screen}-{scheme}"));
            browser.wait_until(&in_window("#clients li:first-child button"));
        }
        press(&browser, "#clients li:first-child", "Cut");
        browser.wait_until("return document.querySelectorAll('#clients li').length === 1");
        browser.wait_for("#clients", "not registered");
        press(&browser, "#events", "Cut all");
        browser.wait_for("#no-clients", "No client is connected.");
        assert_eq!(emulator.notifications().clients(), []);
        drop(other);
        // Its registration would otherwise be that of the next one.
        emulator.reset();
    }
    assert_eq!(browser.complaints(), Vec::<Value>::new());
}
