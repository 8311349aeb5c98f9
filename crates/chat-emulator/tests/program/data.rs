//! The data file: what was answered survives whatever happens to the program.

mod load;

use std::path::PathBuf;

use serde_json::{Value, json};

use super::*;

/// A folder that is removed with the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let name = format!("chat-emulator-program-{}-{name}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir(&path).unwrap();
        let seed = json!({
            "users": [{"name": "alice"}, {"name": "bob"}],
            "threads": [{
                "topic": "Lunch",
                "createdBy": "alice",
                "participants": [{"user": "bob"}],
                "messages": [{"from": "alice", "content": "Hungry?"}],
            }],
        });
        std::fs::write(path.join("seed.json"), seed.to_string()).unwrap();
        Self(path)
    }

    fn path(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A program with a data file, and the first of its seeded users.
struct Emulator {
    program: Program,
    connection_string: String,
    address: String,
    /// The address of the control API, if it was asked for.
    control: Option<String>,
    alice: String,
    token: String,
}

impl Emulator {
    fn start(folder: &Folder) -> Self {
        Self::start_with(folder, &[])
    }

    fn start_with(folder: &Folder, options: &[&str]) -> Self {
        let (data, seed) = (folder.path("state.redb"), folder.path("seed.json"));
        let mut arguments = vec!["--port", "0", "--data", &data, "--seed", &seed];
        arguments.extend(options);
        let mut program = Program::start(&arguments);
        let connection_string = program.line();
        let (address, _) = parse(&connection_string);
        let mut value = || program.line().split_once('=').unwrap().1.to_owned();
        let control = options.contains(&"--control-port").then(|| {
            let url = value();
            let address = url.strip_prefix("http://").unwrap();
            address.trim_end_matches('/').to_owned()
        });
        let (alice, token) = (value(), value());
        Self {
            program,
            connection_string,
            address,
            control,
            alice,
            token,
        }
    }

    fn client(&self, token: &str) -> Client {
        Client {
            address: self.address.clone(),
            token: token.to_owned(),
        }
    }
}

/// Whoever calls the emulator as long as there is one.
#[derive(Clone)]
struct Client {
    address: String,
    token: String,
}

impl Client {
    /// The status and the body of an answer; nothing unless it has come as a whole.
    fn call(&self, call: &str, body: &Value) -> Option<(u16, Value)> {
        let (method, target) = call.split_once(' ').unwrap();
        let separator = if target.contains('?') { '&' } else { '?' };
        let media_type = match method {
            "PATCH" => "application/merge-patch+json",
            _ => "application/json",
        };
        let body = match body {
            Value::Null => String::new(),
            body => body.to_string(),
        };
        let Self { address, token } = self;
        let request = format!(
            "{call}{separator}api-version=2025-03-15 HTTP/1.1\r\nhost: {address}\r\n\
             authorization: Bearer {token}\r\ncontent-type: {media_type}\r\n\
             content-length: {}\r\nconnection: close\r\n\r\n{body}",
            body.len()
        );
        let mut stream = TcpStream::connect(address).ok()?;
        stream.write_all(request.as_bytes()).ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        let (head, body) = answer.split_once("\r\n\r\n")?;
        let status = head.split(' ').nth(1)?.parse().ok()?;
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "));
        let length: usize = length.map_or(Some(0), |length| length.parse().ok())?;
        if body.len() != length {
            return None;
        }
        let body = if body.is_empty() {
            Value::Null
        } else {
            serde_json::from_str(body).unwrap()
        };
        Some((status, body))
    }

    /// All items of a list.
    fn list(&self, path: &str) -> Vec<Value> {
        let mut items = Vec::new();
        let mut next = Some(format!("{path}?maxPageSize=200"));
        while let Some(target) = next {
            let (status, page) = self.call(&format!("GET {target}"), &Value::Null).unwrap();
            assert_eq!(status, 200, "{page}");
            items.extend(page["value"].as_array().unwrap().iter().cloned());
            next = page["nextLink"].as_str().map(|link| {
                let (_, target) = link.split_once(&self.address).unwrap();
                target.replace("&api-version=2025-03-15", "")
            });
        }
        items
    }

    /// The path of the seeded thread.
    fn thread(&self) -> String {
        let threads = self.list("/chat/threads");
        let lunch = threads.iter().find(|thread| thread["topic"] == "Lunch");
        format!("/chat/threads/{}", lunch.unwrap()["id"].as_str().unwrap())
    }
}

#[cfg(unix)]
#[test]
fn keys_users_and_messages_survive_a_clean_restart_and_a_seed_is_planted_once() {
    let folder = Folder::new("restarted");
    let mut first = Emulator::start(&folder);
    let client = first.client(&first.token);
    let thread = client.thread();
    let send = format!("POST {thread}/messages");
    let (status, _) = client.call(&send, &json!({"content": "Very"})).unwrap();
    assert_eq!(status, 201);
    let pid = first.program.child.id().to_string();
    Command::new("kill").arg(&pid).status().unwrap();
    assert_eq!(first.program.wait().0.code(), Some(0));

    let second = Emulator::start(&folder);
    let key = |emulator: &Emulator| parse(&emulator.connection_string).1;
    assert_eq!(key(&second), key(&first));
    assert_eq!(second.alice, first.alice);
    for token in [&first.token, &second.token] {
        let client = second.client(token);
        assert_eq!(client.list("/chat/threads").len(), 1);
        let messages = client.list(&format!("{thread}/messages"));
        let contents: Vec<_> = messages
            .iter()
            .filter_map(|message| message["content"]["message"].as_str())
            .collect();
        assert_eq!(contents, ["Very", "Hungry?"]);
    }
}

#[test]
fn two_programs_do_not_share_a_file() {
    let folder = Folder::new("shared");
    let _first = Emulator::start(&folder);
    let data = folder.path("state.redb");
    let output = command(&["--port", "0", "--data", &data]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let stderr = String::from_utf8(output.stderr).unwrap();
    let expected = format!("{data} is in use by another emulator");
    assert!(stderr.contains(&expected), "{stderr}");
}

#[test]
fn a_file_of_something_else_is_refused() {
    let folder = Folder::new("foreign");
    let seed = folder.path("seed.json");
    let output = command(&["--port", "0", "--data", &seed]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(stderr.contains("is no data file"), "{stderr}");
}

#[test]
fn what_was_commanded_survives_a_kill_too() {
    let folder = Folder::new("commanded");
    let mut first = Emulator::start_with(&folder, &["--control-port", "0"]);
    let client = first.client(&first.token);
    let thread = client.thread();
    let send = |content: &str| {
        let sent = client.call(
            &format!("POST {thread}/messages"),
            &json!({"content": content}),
        );
        assert_eq!(sent.unwrap().0, 201);
    };
    let command = |call: &str, body: &Value| {
        let control = Client {
            address: first.control.clone().unwrap(),
            token: String::new(),
        };
        let (status, answer) = control.call(call, body).unwrap();
        assert!(status < 300, "{call}: {answer}");
    };
    send("kept");
    command("POST /snapshots", &Value::Null);
    send("undone");
    command("POST /snapshots/1/restore", &Value::Null);
    command("POST /clock", &json!({"advanceSeconds": 25 * 60 * 60}));
    first.program.child.kill().unwrap();
    first.program.child.wait().unwrap();

    let second = Emulator::start(&folder);
    let (status, _) = second
        .client(&first.token)
        .call("GET /chat/threads", &Value::Null)
        .unwrap();
    assert_eq!(status, 401, "the token has expired: the clock was moved");
    let client = second.client(&second.token);
    let messages = client.list(&format!("{thread}/messages"));
    let contents: Vec<_> = messages
        .iter()
        .filter_map(|message| message["content"]["message"].as_str())
        .collect();
    assert_eq!(contents, ["kept", "Hungry?"]);
}
