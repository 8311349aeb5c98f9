//! A headless Chromium, driven by ChromeDriver in the protocol of the W3C.

use std::env;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// How long anything on the page may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// The name under which the protocol hands out elements.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// A browser with one window, closed with the test.
pub(crate) struct Browser {
    driver: Child,
    client: reqwest::blocking::Client,
    session: String,
    profile: PathBuf,
}

/// Something on the page.
#[derive(Clone, Debug)]
pub(crate) struct Element(String);

impl Browser {
    /// Starts one; nothing if this machine has none.
    pub(crate) fn start() -> Option<Self> {
        let chromium = find(&["chromium", "chromium-browser", "google-chrome"])?;
        let chromedriver = find(&["chromedriver"])?;
        let mut driver = Command::new(chromedriver)
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(driver.stdout.take().unwrap()).lines();
        let port = lines
            .map(Result::unwrap)
            .find_map(|line| {
                let (_, port) = line.split_once("started successfully on port ")?;
                port.trim_end_matches('.').parse::<u16>().ok()
            })
            .expect("chromedriver says where it listens");
        let client = reqwest::blocking::Client::builder()
            .no_proxy()
            .timeout(2 * PATIENCE)
            .build()
            .unwrap();
        let port_of_its_own = format!("chat-emulator-page-{}-{port}", std::process::id());
        let profile = env::temp_dir().join(port_of_its_own);
        let arguments = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-proxy-server",
            "--window-size=1100,700",
            &format!("--user-data-dir={}", profile.display()),
        ];
        let capabilities = json!({"capabilities": {"alwaysMatch": {
            "goog:chromeOptions": {"binary": chromium, "args": arguments},
            "goog:loggingPrefs": {"browser": "ALL"},
        }}});
        let mut browser = Self {
            driver,
            client,
            session: format!("http://127.0.0.1:{port}/session"),
            profile,
        };
        let made = browser.post("", &capabilities);
        browser.session = format!(
            "{}/{}",
            browser.session,
            made["sessionId"].as_str().unwrap()
        );
        Some(browser)
    }

    pub(crate) fn open(&self, url: &str) {
        self.post("/url", &json!({"url": url}));
    }

    /// The elements that a CSS selector names.
    pub(crate) fn all(&self, selector: &str) -> Vec<Element> {
        let found = self.post(
            "/elements",
            &json!({"using": "css selector", "value": selector}),
        );
        let elements = found.as_array().unwrap().iter();
        elements
            .map(|element| Element(element[ELEMENT].as_str().unwrap().to_owned()))
            .collect()
    }

    /// The first of them.
    #[track_caller]
    pub(crate) fn one(&self, selector: &str) -> Element {
        let mut found = self.all(selector);
        assert!(!found.is_empty(), "there is no {selector}");
        found.remove(0)
    }

    pub(crate) fn click(&self, element: &Element) {
        self.post(&format!("/element/{}/click", element.0), &json!({}));
    }

    pub(crate) fn write(&self, element: &Element, text: &str) {
        self.post(
            &format!("/element/{}/value", element.0),
            &json!({"text": text}),
        );
    }

    /// What a script returns.
    pub(crate) fn run(&self, script: &str) -> Value {
        self.post("/execute/sync", &json!({"script": script, "args": []}))
    }

    /// The text that is to be seen there.
    pub(crate) fn text(&self, selector: &str) -> String {
        let selector = Value::from(selector);
        let script = format!(
            "const found = document.querySelector({selector});
            return found?.getClientRects().length ? found.innerText : ''"
        );
        self.run(&script).as_str().unwrap().to_owned()
    }

    /// Waits until `seen` is to be seen at `selector`.
    #[track_caller]
    pub(crate) fn wait_for(&self, selector: &str, seen: &str) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let text = self.text(selector);
            if text.contains(seen) {
                return;
            }
            assert!(Instant::now() < deadline, "{seen:?} is not in {text:?}");
        }
    }

    /// Waits until a script returns true.
    #[track_caller]
    pub(crate) fn wait_until(&self, script: &str) {
        let deadline = Instant::now() + PATIENCE;
        while self.run(script) != true {
            assert!(Instant::now() < deadline, "never: {script}");
        }
    }

    /// Makes the window so large, and light or dark.
    pub(crate) fn look(&self, (width, height): (u32, u32), scheme: &str) {
        let size =
            json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        self.develop("Emulation.setDeviceMetricsOverride", &size);
        let scheme = json!([{"name": "prefers-color-scheme", "value": scheme}]);
        self.develop("Emulation.setEmulatedMedia", &json!({"features": scheme}));
    }

    /// Keeps what is downloaded in a folder.
    pub(crate) fn download_into(&self, folder: &Path) {
        let parameters = json!({"behavior": "allow", "downloadPath": folder});
        self.develop("Browser.setDownloadBehavior", &parameters);
    }

    /// Waits until a file has been downloaded.
    #[track_caller]
    pub(crate) fn wait_for_file(&self, file: &Path) {
        let deadline = Instant::now() + PATIENCE;
        while !file.exists() {
            assert!(Instant::now() < deadline, "{} never came", file.display());
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// A command of the protocol of the developer tools.
    fn develop(&self, command: &str, parameters: &Value) {
        let command = json!({"cmd": command, "params": parameters});
        self.post("/goog/cdp/execute", &command);
    }

    /// Writes a PNG of the window, and says where.
    pub(crate) fn screenshot(&self, name: &str) {
        let shot = self.get("/screenshot");
        let file = format!("{}/page-{name}.png", env!("CARGO_TARGET_TMPDIR"));
        std::fs::write(&file, STANDARD.decode(shot.as_str().unwrap()).unwrap()).unwrap();
        println!("screenshot: {file}");
    }

    /// What the browser had to complain about.
    pub(crate) fn complaints(&self) -> Vec<Value> {
        let log = self.post("/se/log", &json!({"type": "browser"}));
        let entries = log.as_array().unwrap().iter();
        entries
            .filter(|entry| entry["level"] == "SEVERE" || entry["level"] == "WARNING")
            .cloned()
            .collect()
    }

    #[track_caller]
    fn post(&self, path: &str, body: &Value) -> Value {
        let url = format!("{}{path}", self.session);
        value_of(self.client.post(url).json(body).send().unwrap())
    }

    #[track_caller]
    fn get(&self, path: &str) -> Value {
        let url = format!("{}{path}", self.session);
        value_of(self.client.get(url).send().unwrap())
    }
}

#[track_caller]
fn value_of(response: reqwest::blocking::Response) -> Value {
    let status = response.status();
    let mut body: Value = response.json().unwrap();
    assert!(status.is_success(), "{body}");
    body["value"].take()
}

impl Drop for Browser {
    fn drop(&mut self) {
        // ChromeDriver ends the browser; both are gone before their folder is.
        let _ = self.client.delete(&self.session).send();
        let _ = self.driver.kill();
        let _ = self.driver.wait();
        let _ = std::fs::remove_dir_all(&self.profile);
    }
}

fn find(names: &[&str]) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let folders: Vec<_> = env::split_paths(&path).collect();
    let candidates = names
        .iter()
        .flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    candidates.into_iter().find(|candidate| candidate.is_file())
}
