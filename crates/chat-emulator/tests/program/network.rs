//! How the program is reached, and what it says about that.

use std::path::Path;

use chat_emulator::WELL_KNOWN_ACCESS_KEY;

use super::*;

/// What a program writes to stderr until `text` is in it, which must not take long.
pub(super) fn stderr_until(child: &mut Child, text: &str) -> String {
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let mut said = String::new();
    while !said.contains(text) {
        let read = stderr.read_line(&mut said).unwrap();
        assert!(read > 0, "{text} is not in {said}");
    }
    said
}

/// A program, its first line and its stderr.
fn start(arguments: &[&str]) -> (Program, String) {
    let mut child = command(arguments).spawn().unwrap();
    let stdout = BufReader::new(child.stdout.take().unwrap());
    let mut program = Program { child, stdout };
    let (address, _) = parse(&program.line());
    (program, address)
}

#[test]
fn settings_can_come_from_the_environment() {
    let mut child = command(&[])
        .env("CHAT_EMULATOR_PORT", "0")
        .env("CHAT_EMULATOR_HOST", "localhost")
        .env("CHAT_EMULATOR_ACCESS_KEY", "c2VjcmV0")
        .env("CHAT_EMULATOR_PUBLIC_URL", "http://chat.example")
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let stdout = BufReader::new(child.stdout.take().unwrap());
    let line = Program { child, stdout }.line();
    assert_eq!(line, "endpoint=http://chat.example/;accesskey=c2VjcmV0");
}

#[test]
fn the_access_key_is_well_known_on_the_loopback_and_nowhere_else() {
    let mut local = Program::start(&["--port", "0"]);
    assert_eq!(parse(&local.line()).1, WELL_KNOWN_ACCESS_KEY);
    let mut open = Program::start(&["--port", "0", "--host", "0.0.0.0"]);
    assert_ne!(parse(&open.line()).1, WELL_KNOWN_ACCESS_KEY);
}

#[test]
fn a_request_is_one_line_of_the_log_without_query_and_colours() {
    let (mut program, address) = start(&["--port", "0"]);
    let target = "/chat/threads?api-version=2025-03-15&secret=x";
    let request = format!("GET {target} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    exchange(&address, &request);
    let said = stderr_until(&mut program.child, "answered");
    let line = said.lines().find(|line| line.contains("answered")).unwrap();
    for part in ["INFO", "GET", "/chat/threads", "401", "duration"] {
        assert!(line.contains(part), "{part} in {line}");
    }
    assert!(!line.contains("secret"), "{line}");
    assert!(!said.contains('\u{1b}'), "{said:?}");
}

#[test]
fn who_speaks_tls_to_the_plain_port_is_worth_a_line_of_the_log() {
    let (mut program, address) = start(&["--port", "0"]);
    let mut stream = TcpStream::connect(&address).unwrap();
    stream.write_all(b"\x16\x03\x01\x00\x05hello").unwrap();
    let said = stderr_until(&mut program.child, "speaks TLS");
    assert!(said.contains("--tls"), "{said}");
}

#[test]
fn people_are_told_where_the_page_is() {
    let (mut program, _) = start(&["--port", "0", "--control-port", "0"]);
    let said = stderr_until(&mut program.child, "The page is at http://127.0.0.1:");
    assert!(!said.contains("accesskey"), "{said}");
}

#[cfg(unix)]
#[test]
fn the_file_of_a_certificate_that_was_made_is_printed_and_goes_with_the_program() {
    let mut program = Program::start(&["--port", "0", "--tls"]);
    let line = program.line();
    assert!(line.starts_with("endpoint=https://127.0.0.1:"), "{line}");
    let line = program.line();
    let path = Path::new(line.strip_prefix("certificate=").unwrap());
    let certificate = std::fs::read_to_string(path).unwrap();
    assert!(
        certificate.starts_with("-----BEGIN CERTIFICATE-----"),
        "{certificate}"
    );
    assert!(!certificate.contains("PRIVATE KEY"), "{certificate}");
    let pid = program.child.id().to_string();
    Command::new("kill")
        .args(["-s", "TERM", &pid])
        .status()
        .unwrap();
    assert_eq!(program.wait().0.code(), Some(0));
    assert!(!path.exists(), "{path:?}");
}
