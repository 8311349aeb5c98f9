//! The recordings of the real service, where they are at hand.
//!
//! They are no part of the project: the tests that use them say so and pass where they are not
//! there.

mod acts;
mod answer;
mod caller;
mod check;
mod compare;
pub mod fit;
mod given;
mod history;
mod index;
mod lists;
mod normal;
pub mod play;
pub mod replay;
mod stage;
mod story;
mod views;
mod world;

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use percent_encoding::percent_decode_str;
use serde::Deserialize;
use serde_json::Value;

use index::Index;

/// Where the recordings are, from this package, and the page that counts them.
const FOLDER: &str = "../../shared/wire/recordings";
const PAGE: &str = "../../shared/wire/README.md";

/// What stands in bodies in place of ids that whoever recorded them wanted to hide.
pub const SANITIZED: &str = "sanitized";

/// Some exchanges of one client, one after the other.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Session {
    /// The name of its file, without the extension.
    #[serde(skip)]
    pub name: String,
    /// Where it is from.
    pub source: String,
    /// The version of the chat API that was spoken.
    pub api_version: String,
    /// What happened.
    pub exchanges: Vec<Exchange>,
    /// Whether it was copied by hand, without the tracing headers.
    #[serde(default)]
    pub hand_copied: bool,
    /// Whether calls between the exchanges are missing.
    #[serde(default)]
    pub excerpt: bool,
    /// Whether only the bodies of the answers are real.
    #[serde(default)]
    pub body_only: bool,
    /// Whether the service has never sent this.
    #[serde(default)]
    pub synthetic: bool,
    /// Whether ids in bodies read [`SANITIZED`].
    #[serde(default)]
    pub sanitized_ids: bool,
    /// What else there is to say.
    #[serde(default)]
    pub note: Option<String>,
}

/// A request and its answer.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Exchange {
    /// The operation's id in the contract.
    pub operation: String,
    /// Whether the request follows the link of an answer before.
    #[serde(default)]
    pub continuation: bool,
    /// What the client sent.
    pub request: RecordedRequest,
    /// What the service answered.
    pub response: RecordedResponse,
}

/// What a client sent.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RecordedRequest {
    /// The HTTP method.
    pub method: String,
    /// The host, if it was recorded.
    pub host: String,
    /// The path as sent.
    pub path: String,
    /// Names and values of the query as sent.
    pub query: BTreeMap<String, String>,
    /// The headers, their names in lower case.
    pub headers: BTreeMap<String, String>,
    /// The body, if there was one and it was recorded.
    pub body: Option<Value>,
    /// False if there was a body that was not recorded.
    #[serde(default = "yes")]
    pub body_recorded: bool,
}

fn yes() -> bool {
    true
}

/// What the service answered.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RecordedResponse {
    /// The status.
    pub status: u16,
    /// The headers, their names in lower case.
    pub headers: BTreeMap<String, String>,
    /// The body, if there was one.
    pub body: Option<Value>,
}

/// The recordings; nothing, and a word of it, where they are not at hand.
///
/// # Panics
/// When they can't be read, or are not as many as the page beside them says. With `CI=true` also
/// when they are missing although the folder they belong to is there.
pub fn load() -> Option<Vec<Session>> {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = package.join(FOLDER);
    let must = env::var_os("CI").is_some_and(|value| value == "true");
    if !folder.is_dir() {
        let shared = package.join("../../shared");
        assert!(
            !must || !shared.is_dir(),
            "there are no recordings at {FOLDER}"
        );
        println!("skipped: there are no recordings at {FOLDER} beside this package");
        return None;
    }
    let mut paths: Vec<PathBuf> = fs::read_dir(&folder)
        .expect("the folder of recordings can be read")
        .map(|entry| entry.expect("an entry of the folder can be read").path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "json")
        })
        .collect();
    paths.sort();
    let sessions: Vec<Session> = paths.iter().map(|path| read(path)).collect();
    let page = fs::read_to_string(package.join(PAGE)).unwrap_or_default();
    match Index::read(&page) {
        Some(index) => assert_eq!(Index::of(&sessions), index, "recordings are missing"),
        None => assert!(!must, "{PAGE} does not say how many recordings there are"),
    }
    Some(sessions)
}

fn read(path: &Path) -> Session {
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    let text = fs::read(path).expect("a recording can be read");
    let mut session: Session =
        serde_json::from_slice(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
    session.name = name.into_owned();
    session
}

impl RecordedRequest {
    /// The path, decoded and taken apart.
    pub fn segments(&self) -> Vec<String> {
        let segments = self.path.split('/').skip(1);
        segments.map(decode).collect()
    }

    /// The thread it is about.
    pub fn thread(&self) -> Option<String> {
        self.segments().get(2).cloned()
    }

    /// The message it is about.
    pub fn message(&self) -> Option<String> {
        let segments = self.segments();
        let is_message = segments.get(3).is_some_and(|segment| segment == "messages");
        segments.get(4).filter(|_| is_message).cloned()
    }

    /// A parameter of the query, decoded.
    pub fn parameter(&self, name: &str) -> Option<String> {
        self.query.get(name).map(|value| decode(value))
    }
}

impl RecordedResponse {
    /// The items of a page; none if it is no page.
    pub fn items(&self) -> &[Value] {
        let items = self.body.as_ref().and_then(|body| body["value"].as_array());
        items.map_or(&[], Vec::as_slice)
    }

    /// The link to the next page.
    pub fn next_link(&self) -> Option<&str> {
        self.body.as_ref()?["nextLink"].as_str()
    }

    /// Whether the service did what it was asked for.
    pub fn is_success(&self) -> bool {
        self.status < 400
    }
}

/// Takes the percent-encoding off.
///
/// # Panics
/// When what comes out is not UTF-8.
pub fn decode(text: &str) -> String {
    let decoded = percent_decode_str(text).decode_utf8();
    decoded.expect("recorded text is UTF-8").into_owned()
}

/// What follows the authority of an absolute URL.
///
/// # Panics
/// When it is none.
pub fn target_of(url: &str) -> &str {
    let (_, rest) = url.split_once("://").expect("an absolute URL");
    &rest[rest.find('/').expect("a path")..]
}
