//! The webhook that gets events, as the program takes it.

use super::network::stderr_until;
use super::*;

/// What a program logs until it says this.
fn log(mut command: Command, says: &str) -> String {
    let mut child = command.spawn().unwrap();
    let log = stderr_until(&mut child, says);
    child.kill().unwrap();
    child.wait().unwrap();
    log
}

#[test]
fn the_secret_of_a_webhook_is_logged_at_no_level() {
    let closed = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let url = format!("http://{closed}/events?code=s3cret");
    let arguments = ["--port", "0", "--log", "trace", "--event-grid", &url];
    let log = log(command(&arguments), "asked again in 5 seconds");
    assert!(log.contains(&format!("http://{closed}/events")), "{log}");
    assert!(!log.contains("s3cret"), "{log}");
}

#[test]
fn a_webhook_that_makes_no_sense_is_refused_without_showing_it() {
    for (url, more) in [
        ("s3cret", &[][..]),
        ("ftp://127.0.0.1/?code=s3cret", &[]),
        (
            "http://127.0.0.1/?code=s3cret",
            &["--event-grid-max-events-per-batch", "0"],
        ),
    ] {
        let mut arguments = vec!["--port", "0", "--event-grid", url];
        arguments.extend(more);
        let output = command(&arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(
            stderr.contains("Event Grid subscription is not valid"),
            "{stderr}"
        );
        assert!(!stderr.contains("s3cret"), "{stderr}");
    }
}

#[test]
fn a_webhook_of_https_is_reached_if_its_certificate_is_trusted() {
    // Another emulator: it answers the handshake, and is no webhook.
    let mut server = Program::start(&["--port", "0", "--tls"]);
    let line = server.line();
    let rest = line.strip_prefix("endpoint=").unwrap();
    let (endpoint, _) = rest.split_once(";accesskey=").unwrap();
    let line = server.line();
    let certificate = line.strip_prefix("certificate=").unwrap();
    let url = format!("{endpoint}events?code=s3cret");
    let arguments = ["--port", "0", "--event-grid", &url];
    for (trusted, says) in [
        (Some(certificate), "was answered with 4"),
        (None, "asked again in 5 seconds"),
    ] {
        let mut command = command(&arguments);
        if let Some(certificate) = trusted {
            command.env("SSL_CERT_FILE", certificate);
        }
        let log = log(command, says);
        assert!(!log.contains("s3cret"), "{log}");
    }
}
