//! The view of the state.

use super::*;

#[test]
fn an_archive_is_exported() {
    let Some(browser) = browser() else { return };
    let emulator = emulator();
    let folder = tempfile::tempdir().unwrap();
    browser.download_into(folder.path());
    open(&browser, &emulator, "state");
    browser.click(&browser.one("#export"));
    let file = folder.path().join("chat-archive.tar");
    browser.wait_for_file(&file);
    tar::Archive::new(std::fs::File::open(file).unwrap())
        .unpack(folder.path())
        .unwrap();
    let archive = folder.path().join("chat-archive");
    let users = std::fs::read_to_string(archive.join("users.jsonl")).unwrap();
    assert!(users.contains("\"name\":\"alice\""), "{users}");
    let imported = Emulator::builder().import(archive).start_blocking();
    assert!(imported.is_ok(), "{imported:?}");
    browser.screenshot("state-desktop");
    assert_eq!(browser.complaints(), Vec::<Value>::new());
}

#[test]
fn the_clock_is_moved_and_states_are_brought_back() {
    let Some(browser) = browser() else { return };
    let emulator = emulator();
    let client = Client::new(&emulator);
    browser.look(PHONE, "light");
    open(&browser, &emulator, "state");
    press(&browser, "#state", "Take a snapshot");
    browser.wait_for("#snapshots", "Snapshot 1");
    client.send(&client.newest_thread(), "to be forgotten");
    press(&browser, "#state", "+1 hour");
    browser.wait_for("#offset", "1.0 h ahead");
    press(&browser, "#state", "+1 day");
    browser.wait_for("#offset", "25.0 h ahead");
    browser.screenshot("state-phone-light");
    press(&browser, "#snapshots", "Restore");
    browser.wait_until("return document.getElementById('offset').textContent === ''");
    let messages = client.call(
        "GET",
        &format!("{}/messages", client.newest_thread()),
        &Value::Null,
    );
    assert!(!messages.to_string().contains("to be forgotten"));
    press(&browser, "#state", "+1 hour");
    browser.wait_for("#offset", "1.0 h ahead");
    browser.run("window.confirm = () => true");
    press(&browser, "#state", "Reset");
    browser.wait_until("return document.getElementById('offset').textContent === ''");
    assert_eq!(browser.complaints(), Vec::<Value>::new());
}
