//! The options of the program.

use std::path::PathBuf;

use super::*;

/// A file that is removed with the test.
struct File(PathBuf);

impl File {
    fn new(name: &str, text: &str) -> Self {
        let name = format!("chat-emulator-{}-{name}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::write(&path, text).unwrap();
        Self(path)
    }

    fn path(&self) -> &str {
        self.0.to_str().unwrap()
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// A request of a user, and its answer.
fn call(address: &str, token: &str, call: &str, body: &str) -> String {
    let request = format!(
        "{call}?api-version=2025-03-15 HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {token}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    exchange(address, &request)
}

/// The value of the next line, which must be of that name.
#[track_caller]
fn value(program: &mut Program, name: &str) -> String {
    let line = program.line();
    let value = line
        .strip_prefix(name)
        .and_then(|rest| rest.strip_prefix('='));
    value
        .unwrap_or_else(|| panic!("{line} instead of {name}"))
        .to_owned()
}

#[test]
fn help_names_every_option_and_its_default() {
    let help = String::from_utf8(command(&["--help"]).output().unwrap().stdout).unwrap();
    for text in [
        "--port",
        "--control-port",
        "--host",
        "--access-key",
        "--seed",
        "--data",
        "--import",
        "export",
        "--limits",
        "--log",
        "10100",
        "127.0.0.1",
        "RUST_LOG",
        "user.NAME=ID",
        "[default: sizes]",
    ] {
        assert!(help.contains(text), "{text} in\n{help}");
    }
}

#[test]
fn a_seed_is_there_from_the_first_line_on_and_its_tokens_work() {
    let seed = File::new(
        "seed.json",
        r#"{"users": [{"name": "alice"}, {"name": "bob"}],
            "threads": [{"topic": "Lunch", "createdBy": "alice", "participants": [{"user": "bob"}],
                         "messages": [{"from": "alice", "content": "Hungry?"}]}]}"#,
    );
    let mut program = Program::start(&["--port", "0", "--seed", seed.path()]);
    let (address, _) = parse(&program.line());
    let alice = value(&mut program, "user.alice");
    value(&mut program, "token.alice");
    let bob = value(&mut program, "user.bob");
    let token = value(&mut program, "token.bob");
    assert!(alice.starts_with("8:acs:") && alice != bob);

    let threads = call(&address, &token, "GET /chat/threads", "");
    assert!(threads.contains(r#""topic":"Lunch""#), "{threads}");
    // Not a "19:" of the date.
    let start = threads.find("\"19:").unwrap() + 1;
    let thread = &threads[start..start + threads[start..].find('"').unwrap()];
    let messages = format!("GET /chat/threads/{thread}/messages");
    let messages = call(&address, &token, &messages, "");
    assert!(messages.contains("Hungry?"), "{messages}");
    assert!(messages.contains(&alice), "{messages}");
}

#[test]
fn a_seed_with_a_mistake_starts_nothing_and_says_where_it_is() {
    let seed = File::new(
        "wrong.json",
        r#"{"users": [{"name": "alice"}],
            "threads": [{"topic": "Lunch", "createdBy": "alice", "messages": [{"from": "bob", "content": "x"}]}]}"#,
    );
    for (path, expected) in [
        (
            seed.path(),
            "$.threads[0].messages[0].from: there is no user bob",
        ),
        (
            "/there/is/no/such.json",
            "cannot read the seed /there/is/no/such.json",
        ),
    ] {
        let output = command(&["--port", "0", "--seed", path]).output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        assert_eq!(String::from_utf8(output.stdout).unwrap(), "");
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(stderr.contains(expected), "{stderr}");
    }
}

#[test]
fn the_control_api_has_a_port_of_its_own_where_it_is_asked_for() {
    let mut program = Program::start(&["--port", "0", "--control-port", "0"]);
    let (address, _) = parse(&program.line());
    let url = value(&mut program, "control");
    let control = url.strip_prefix("http://").unwrap().trim_end_matches('/');
    assert_ne!(control, address);
    let fault = r#"{"kind":"status","status":503}"#;
    let inject = format!(
        "POST /faults HTTP/1.1\r\nhost: {control}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{fault}",
        fault.len()
    );
    let injected = exchange(control, &inject);
    assert!(injected.starts_with("HTTP/1.1 201 "), "{injected}");
    let answer = call(&address, "", "GET /chat/threads", "");
    assert!(answer.starts_with("HTTP/1.1 503 "), "{answer}");
}

#[test]
fn a_control_port_in_use_is_a_clear_error() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let output = command(&["--port", "0", "--control-port", &port])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(
        stderr.contains(&format!("127.0.0.1:{port} is in use")),
        "{stderr}"
    );
}

#[test]
fn an_access_key_can_be_given() {
    let mut program = Program::start(&["--port", "0", "--access-key", "c2VjcmV0"]);
    assert_eq!(parse(&program.line()).1, "c2VjcmV0");
    let output = command(&["--port", "0", "--access-key", "secret!"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(stderr.contains("access key"), "{stderr}");
    assert!(!stderr.contains("secret!"), "{stderr}");
}

#[test]
fn limits_are_as_they_are_asked_for() {
    let seed = File::new("limits.json", r#"{"users": [{"name": "alice"}]}"#);
    let long = "x".repeat(1100);
    let too_much = format!(r#"{{"topic": "t", "metadata": {{"a": "{long}"}}}}"#);
    for (limits, size, rate) in [
        (&["--limits", "none"][..], "201", "201"),
        (&["--limits", "sizes"], "400", "201"),
        (&[], "400", "201"),
        (&["--limits", "service"], "400", "429"),
    ] {
        let mut arguments = vec!["--port", "0", "--seed", seed.path()];
        arguments.extend(limits);
        let mut program = Program::start(&arguments);
        let (address, _) = parse(&program.line());
        value(&mut program, "user.alice");
        let token = value(&mut program, "token.alice");
        let create = |body: &str| call(&address, &token, "POST /chat/threads", body);
        let answer = create(&too_much);
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {size} ")),
            "{limits:?}: {answer}"
        );
        let answers: Vec<_> = (0..10).map(|_| create(r#"{"topic": "t"}"#)).collect();
        let last = answers.last().unwrap();
        assert!(
            last.starts_with(&format!("HTTP/1.1 {rate} ")),
            "{limits:?}: {last}"
        );
        assert_eq!(last.contains("\r\nretry-after: "), rate == "429", "{last}");
    }
}

#[test]
fn the_log_says_as_much_as_is_asked_for_on_stderr() {
    for (filter, says) in [("info", true), ("error", false)] {
        let mut child = command(&["--port", "0", "--log", filter])
            .env("RUST_LOG", "off")
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        stdout.read_line(&mut line).unwrap();
        assert!(line.starts_with("endpoint="), "{line}");
        let mut said = String::new();
        if says {
            let mut stderr = BufReader::new(child.stderr.take().unwrap());
            stderr.read_line(&mut said).unwrap();
            child.kill().unwrap();
        } else {
            child.kill().unwrap();
            child
                .stderr
                .take()
                .unwrap()
                .read_to_string(&mut said)
                .unwrap();
        }
        child.wait().unwrap();
        assert_eq!(said.contains("ready"), says, "{said}");
    }
}

#[test]
fn an_archive_is_exported_from_a_data_file_and_imported_into_another() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let seed = File::new(
        "exported.json",
        r#"{"users": [{"name": "alice"}], "threads": [{"topic": "Lunch", "createdBy": "alice",
            "deleteThreadAfterDays": 30, "messages": [{"from": "alice", "content": "x"}]}]}"#,
    );
    let (one, archive, other) = (path("one.redb"), path("archive"), path("other.redb"));
    let seeded = |data: &str| {
        let mut program = Program::start(&["--port", "0", "--data", data, "--seed", seed.path()]);
        let key = parse(&program.line()).1;
        (key, value(&mut program, "user.alice"))
    };
    let expected = seeded(&one);
    let run = |arguments: &[&str]| {
        let output = command(arguments).output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        (output.status.code(), stderr)
    };
    assert_eq!(
        run(&[
            "export",
            &archive,
            "--data",
            &one,
            "--access-key",
            "c2VjcmV0"
        ]),
        (Some(0), String::new())
    );
    assert_eq!(seeded(&one), expected, "the key stays");
    let (code, error) = run(&["export", &archive, "--data", &one]);
    assert!(
        code == Some(1) && error.contains("is there already"),
        "{error}"
    );
    let (code, error) = run(&["export", &path("more"), "--data", &path("none.redb")]);
    assert!(
        code == Some(1) && error.contains("there is no data file"),
        "{error}"
    );
    let (code, error) = run(&["export", &path("more")]);
    assert!(
        code == Some(1) && error.contains("a data file is needed: --data FILE"),
        "{error}"
    );

    let (code, error) = run(&["import", &path("nowhere"), "--data", &other]);
    assert!(
        code == Some(1) && error.contains("nowhere is no archive"),
        "{error}"
    );
    assert!(!std::path::Path::new(&other).exists(), "nothing is begun");
    assert_eq!(
        run(&["import", &archive, "--data", &other]),
        (Some(0), String::new())
    );
    let (code, error) = run(&["import", &archive, "--data", &other]);
    assert!(
        code == Some(1) && error.contains("import into a new file"),
        "{error}"
    );
    assert_eq!(seeded(&other), expected, "the same seed finds its users");
    assert_eq!(
        run(&["export", &path("again"), "--data", &other]).0,
        Some(0)
    );
    let read = |folder: &str| {
        let text = std::fs::read_to_string(path(folder) + "/manifest.json").unwrap();
        let manifest: serde_json::Value = serde_json::from_str(&text).unwrap();
        manifest["files"].clone()
    };
    assert_eq!(read("again"), read("archive"), "and everything else of it");

    let mut program = Program::start(&["--port", "0", "--import", &archive, "--seed", seed.path()]);
    program.line();
    assert_eq!(value(&mut program, "user.alice"), expected.1);
}
