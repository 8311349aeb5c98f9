//! The emulator over its socket: what only a real connection can show.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant, SystemTime};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chat_emulator::Emulator;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// A client of one emulator, with a user's token.
struct Client<'a> {
    emulator: &'a Emulator,
    http: reqwest::Client,
    token: String,
}

impl<'a> Client<'a> {
    async fn new(emulator: &'a Emulator) -> Self {
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let body = json!({"createTokenWithScopes": ["chat"]});
        let (status, created) = signed(emulator, &http, "/identities", &body).await;
        assert_eq!(status, 201, "{created}");
        let token = created["accessToken"]["token"].as_str().unwrap().to_owned();
        Self {
            emulator,
            http,
            token,
        }
    }

    async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        let url = url(self.emulator, path, "2021-09-07");
        let request = self.http.post(url).bearer_auth(&self.token).json(&body);
        let response = request.send().await.unwrap();
        (response.status().as_u16(), response.json().await.unwrap())
    }

    async fn thread(&self) -> String {
        let (status, created) = self.post("/chat/threads", json!({"topic": "t"})).await;
        assert_eq!(status, 201, "{created}");
        format!(
            "/chat/threads/{}",
            created["chatThread"]["id"].as_str().unwrap()
        )
    }
}

fn url(emulator: &Emulator, path: &str, version: &str) -> String {
    let origin = emulator.endpoint().trim_end_matches('/');
    format!("{origin}{path}?api-version={version}")
}

async fn signed(
    emulator: &Emulator,
    http: &reqwest::Client,
    path: &str,
    body: &Value,
) -> (u16, Value) {
    let (host, text) = (emulator.local_addr(), body.to_string());
    let date = httpdate::fmt_http_date(SystemTime::now());
    let hash = STANDARD.encode(Sha256::digest(&text));
    let key = STANDARD.decode(emulator.access_key()).unwrap();
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
    mac.update(format!("POST\n{path}?api-version=2023-10-01\n{date};{host};{hash}").as_bytes());
    let signature = STANDARD.encode(mac.finalize().into_bytes());
    let request = http
        .post(url(emulator, path, "2023-10-01"))
        .header("content-type", "application/json")
        .header("x-ms-date", date)
        .header("x-ms-content-sha256", hash)
        .header(
            "authorization",
            format!(
                "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature={signature}"
            ),
        );
    let response = request.body(text).send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

/// Sends a request over a connection of its own, and gives the answer.
fn exchange(emulator: &Emulator, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(emulator.local_addr()).unwrap();
    // An answer may come before all has been sent, after which the rest finds nobody.
    let _ = stream.write_all(request);
    answer(stream)
}

fn answer(mut stream: TcpStream) -> String {
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8(answer).unwrap()
}

const POST: &str = "POST /chat/threads?api-version=2021-09-07 HTTP/1.1\r\nhost: h\r\n";

#[tokio::test]
async fn a_moved_clock_expires_tokens_and_leaves_signatures_alone() {
    let emulator = Emulator::start().await.unwrap();
    let client = Client::new(&emulator).await;
    client.thread().await;
    emulator.advance_clock(Duration::from_secs(25 * 60 * 60));
    let (status, error) = client.post("/chat/threads", json!({"topic": "t"})).await;
    assert_eq!(status, 401);
    assert_eq!(
        error["CommunicationError"]["Message"],
        "Request is not authorized."
    );
    Client::new(&emulator).await.thread().await;
}

#[tokio::test]
async fn links_lead_back_to_the_host_that_was_asked() {
    let emulator = Emulator::start().await.unwrap();
    let client = Client::new(&emulator).await;
    let url = url(&emulator, "/chat/threads", "2021-09-07");
    let request = client
        .http
        .post(url)
        .bearer_auth(&client.token)
        .json(&json!({"topic": "t"}));
    let response = request
        .header("host", "chat.example:8080")
        .send()
        .await
        .unwrap();
    let location = response.headers()["location"].to_str().unwrap();
    assert!(
        location.starts_with("http://chat.example:8080/chat/threads/19%3A"),
        "{location}"
    );
}

#[tokio::test]
async fn a_body_may_have_4_mib_and_no_more_declared_or_not() {
    const LIMIT: usize = 4 * 1024 * 1024;
    let emulator = Emulator::start().await.unwrap();
    let client = Client::new(&emulator).await;
    let head = format!(
        "{POST}authorization: Bearer {}\r\ncontent-type: application/json\r\nconnection: close\r\n",
        client.token
    );
    for (size, too_large) in [(LIMIT, false), (LIMIT + 1, true)] {
        let check = |answer: String| {
            assert!(answer.starts_with("HTTP/1.1 400 "), "{size}: {answer}");
            let found = answer.contains("PayloadTooLarge");
            assert_eq!(found, too_large, "{size}: {answer}");
        };
        let mut declared = format!("{head}content-length: {size}\r\n\r\n");
        declared.push_str(&"x".repeat(if too_large { 0 } else { size }));
        check(exchange(&emulator, declared.as_bytes()));

        let body = "x".repeat(size);
        let chunked =
            format!("{head}transfer-encoding: chunked\r\n\r\n{size:x}\r\n{body}\r\n0\r\n\r\n");
        check(exchange(&emulator, chunked.as_bytes()));
    }
}

#[tokio::test]
async fn an_unknown_caller_is_told_so_before_a_large_body_is_sent() {
    let emulator = Emulator::start().await.unwrap();
    for head in [
        POST.to_owned(),
        format!("{POST}authorization: Bearer e30.e30.e30\r\n"),
        "POST /identities?api-version=2023-10-01 HTTP/1.1\r\nhost: h\r\n".to_owned(),
    ] {
        for length in [
            "content-length: 1000000",
            "content-length: 28000000",
            "transfer-encoding: chunked",
        ] {
            let request = format!("{head}connection: close\r\n{length}\r\n\r\n");
            let start = Instant::now();
            let answer = exchange(&emulator, request.as_bytes());
            assert!(answer.starts_with("HTTP/1.1 401 "), "{request}: {answer}");
            assert!(start.elapsed() < Duration::from_secs(20), "{request}");
        }
    }
}

#[tokio::test]
async fn a_body_that_is_cut_off_changes_nothing_and_others_are_answered() {
    let emulator = Emulator::start().await.unwrap();
    let client = Client::new(&emulator).await;
    let token = &client.token;
    let head = format!(
        "{POST}authorization: Bearer {token}\r\ncontent-type: application/json\r\ncontent-length: 50\r\n\r\n"
    );
    let mut stream = TcpStream::connect(emulator.local_addr()).unwrap();
    stream
        .write_all(format!("{head}{{\"topic\":\"t\"}}").as_bytes())
        .unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    let answer = answer(stream);
    assert!(
        answer.is_empty() || answer.starts_with("HTTP/1.1 400 "),
        "{answer}"
    );
    let url = url(&emulator, "/chat/threads", "2021-09-07");
    let response = client
        .http
        .get(url)
        .bearer_auth(token)
        .send()
        .await
        .unwrap();
    let listed: Value = response.json().await.unwrap();
    assert_eq!(listed, json!({"value": []}));
}

#[tokio::test]
async fn a_body_in_chunks_is_read_whole() {
    let emulator = Emulator::start().await.unwrap();
    let client = Client::new(&emulator).await;
    let request = format!(
        "{POST}authorization: Bearer {}\r\ncontent-type: application/json\r\nconnection: close\r\n\
         transfer-encoding: chunked\r\n\r\n4\r\n{{\"to\r\n9\r\npic\":\"t\"}}\r\n0\r\n\r\n",
        client.token
    );
    let answer = exchange(&emulator, request.as_bytes());
    assert!(answer.starts_with("HTTP/1.1 201 "), "{answer}");
}

#[tokio::test]
async fn empty_answers_have_the_recorded_headers() {
    let emulator = Emulator::start().await.unwrap();
    let client = Client::new(&emulator).await;
    let thread = client.thread().await;
    let call = |method: &str, path: &str| {
        let head = format!("{method} {path}?api-version=2021-09-07 HTTP/1.1\r\nhost: h\r\n");
        let request = format!(
            "{head}authorization: Bearer {}\r\nconnection: close\r\n\r\n",
            client.token
        );
        exchange(&emulator, request.as_bytes()).to_ascii_lowercase()
    };
    let typing = call("POST", &format!("{thread}/typing"));
    assert!(typing.starts_with("http/1.1 200 "), "{typing}");
    assert!(typing.contains("content-length: 0\r\n"), "{typing}");
    assert!(!typing.contains("content-type"), "{typing}");
    let deleted = call("DELETE", &thread);
    assert!(deleted.starts_with("http/1.1 204 "), "{deleted}");
    for absent in ["content-length", "content-type", "transfer-encoding"] {
        assert!(!deleted.contains(absent), "{deleted}");
    }
    assert!(deleted.contains("date: "), "{deleted}");
}
