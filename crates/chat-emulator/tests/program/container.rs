//! The container: nothing builds it here, but what it starts is started.

use std::path::Path;

use super::*;

fn file(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}

/// The arguments of a command of the Dockerfile, which are a list in JSON.
fn list(dockerfile: &str, command: &str) -> Vec<String> {
    let mut lines = dockerfile.lines();
    let list = lines.find_map(|line| line.strip_prefix(command));
    serde_json::from_str(list.unwrap()).unwrap()
}

#[test]
fn what_the_container_starts_is_well() {
    let dockerfile = file("Dockerfile");
    let entrypoint = list(&dockerfile, "ENTRYPOINT ");
    let (program, options) = entrypoint.split_first().unwrap();
    assert!(dockerfile.contains(&format!("/usr/local/bin/{program}\n")));
    let folder = tempfile::tempdir().unwrap();
    let data = list(&dockerfile, "CMD ");
    assert_eq!(data, ["--data", "/data/state.redb"]);
    let data = folder.path().join("state.redb");
    let mut arguments: Vec<&str> = options.iter().map(String::as_str).collect();
    arguments.extend(["--port", "0", "--control-port", "0"]);
    arguments.extend(["--data", data.to_str().unwrap()]);
    let (_, key) = dockerfile.split_once("CHAT_EMULATOR_ACCESS_KEY=").unwrap();
    let key = key.lines().next().unwrap();
    assert_eq!(key, chat_emulator::WELL_KNOWN_ACCESS_KEY);
    arguments.extend(["--access-key", key]);

    let mut program = Program::start(&arguments);
    let (_, given) = parse(&program.line());
    assert_eq!(given, key);
    let control = program.line();
    let address = control.strip_prefix("control=http://").unwrap();
    let address = address.trim_end_matches('/');
    let health = list(&dockerfile, "HEALTHCHECK --interval=5s --timeout=3s CMD ");
    let (_, path) = health.last().unwrap().split_once(":10101").unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    let answer = exchange(address, &request);
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
}

#[test]
fn settings_and_ports_of_the_container_are_those_of_the_program() {
    let (dockerfile, compose) = (file("Dockerfile"), file("compose.yaml"));
    let help = command(&["--help"]).output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    for text in [&dockerfile, &compose] {
        let names = text.split(|c: char| !(c.is_ascii_uppercase() || c == '_'));
        for name in names.filter(|name| name.starts_with("CHAT_EMULATOR_")) {
            assert!(help.contains(&format!("[env: {name}")), "{name}: {help}");
        }
    }
    let (port, control) = (
        chat_emulator::DEFAULT_PORT,
        chat_emulator::DEFAULT_CONTROL_PORT,
    );
    assert!(dockerfile.contains(&format!("EXPOSE {port} {control}\n")));
    for port in [port, control] {
        assert!(compose.contains(&format!("\"127.0.0.1:{port}:{port}\"")));
    }
    assert!(compose.contains("dockerfile: crates/chat-emulator/Dockerfile\n"));
}
