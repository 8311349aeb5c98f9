//! The program as a whole: what it prints, how it ends, what it refuses.

mod container;
mod data;
mod event_grid;
mod network;
mod options;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// A running program, ended with the test.
struct Program {
    child: Child,
    stdout: BufReader<std::process::ChildStdout>,
}

impl Program {
    fn start(arguments: &[&str]) -> Self {
        let mut child = command(arguments).stderr(Stdio::null()).spawn().unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        Self { child, stdout }
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.stdout.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    /// Waits for the end, and gives the rest of stdout.
    fn wait(&mut self) -> (ExitStatus, String) {
        let deadline = Instant::now() + Duration::from_secs(20);
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(Instant::now() < deadline, "the program does not end");
            std::thread::yield_now();
        };
        let mut rest = String::new();
        self.stdout.read_to_string(&mut rest).unwrap();
        (status, rest)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chat-emulator"));
    command.args(arguments).env_remove("RUST_LOG");
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// The address and the access key of a connection string.
fn parse(connection_string: &str) -> (String, String) {
    let rest = connection_string.strip_prefix("endpoint=http://").unwrap();
    let (address, key) = rest.split_once("/;accesskey=").unwrap();
    (address.to_owned(), key.to_owned())
}

/// Sends a request over a connection of its own, and gives the answer.
fn exchange(address: &str, request: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn the_first_line_is_a_connection_string_that_works() {
    let mut program = Program::start(&["--port", "0"]);
    let (address, key) = parse(&program.line());
    assert!(address.starts_with("127.0.0.1:"), "{address}");
    assert_ne!(address, "127.0.0.1:0");
    assert_eq!(STANDARD.decode(key).unwrap().len(), 64);
    let request = format!(
        "GET /chat/threads?api-version=2021-09-07 HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n"
    );
    let answer = exchange(&address, &request);
    assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
    assert!(answer.contains("\"Unauthorized\""), "{answer}");
}

#[cfg(unix)]
#[test]
fn sigterm_and_ctrl_c_end_it_cleanly() {
    for signal in ["TERM", "INT"] {
        let mut program = Program::start(&["--port", "0"]);
        let (address, _) = parse(&program.line());
        // An idle connection must not keep it from ending.
        let idle = TcpStream::connect(&address).unwrap();
        let pid = program.child.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-s", signal, &pid])
                .status()
                .unwrap()
                .success()
        );
        let (status, rest) = program.wait();
        assert_eq!(status.code(), Some(0), "{signal}");
        assert_eq!(rest, "", "nothing but name=value lines after the first");
        drop(idle);
        assert!(
            TcpStream::connect(&address).is_err(),
            "the port is free again"
        );
    }
}

#[test]
fn a_port_in_use_is_a_clear_error() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let output = command(&["--port", &port]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "");
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(
        stderr.contains(&format!("127.0.0.1:{port} is in use")),
        "{stderr}"
    );
}

#[test]
fn arguments_that_are_none_are_refused() {
    for arguments in [
        &["--port", "70000"][..],
        &["--host", "nowhere"],
        &["--prot", "1"],
        &["--limits", "some"],
        &["--log", "chat_emulator=loud"],
    ] {
        let mut program = Program::start(arguments);
        assert_eq!(program.wait().0.code(), Some(2), "{arguments:?}");
    }
}

#[test]
fn a_head_that_is_no_http_is_answered_and_the_next_request_too() {
    let mut program = Program::start(&["--port", "0", "--host", "127.0.0.1"]);
    let (address, _) = parse(&program.line());
    let answer = exchange(&address, "nonsense\r\n\r\n");
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
    let too_large = format!(
        "POST /chat/threads?api-version=2021-09-07 HTTP/1.1\r\nhost: {address}\r\n\
         content-length: 99999999999\r\nconnection: close\r\n\r\n"
    );
    let answer = exchange(&address, &too_large);
    assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
}
