//! The webhook that gets events, as the program takes it.

use super::*;

/// What the program has logged about an endpoint that nobody listens on, at the level `filter`.
fn log(arguments: &[&str], says: &str) -> String {
    let mut child = command(arguments).spawn().unwrap();
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let mut log = String::new();
    while !log.contains(says) {
        assert_ne!(stderr.read_line(&mut log).unwrap(), 0, "{log}");
    }
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
    let log = log(&arguments, "asked again in 5 seconds");
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
