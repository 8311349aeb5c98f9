//! An export that is interrupted from the keyboard.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use chat_emulator::{ChatOperation, Emulator, Fault, Operation};
use chat_tests::archive::{Conversations, Size, differences};

const SIZE: Size = Size {
    users: 8,
    threads: 10,
    messages: 400,
};

fn export(emulator: &Emulator, users: &Path, archive: &Path) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_archive_kills"));
    command
        .args(["chat-archive", "export", "--no-limits", "--users"])
        .arg(users)
        .arg("--to")
        .arg(archive)
        .env(
            "COMMUNICATION_SERVICES_CONNECTION_STRING",
            emulator.connection_string(),
        )
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command.spawn().unwrap()
}

/// The exit code, and what was printed to stdout and stderr.
fn end(child: Child) -> (Option<i32>, String, String) {
    let output = child.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (
        output.status.code(),
        text(output.stdout),
        text(output.stderr),
    )
}

/// How often messages were listed.
fn lists(emulator: &Emulator) -> usize {
    let list = Some(Operation::Chat(ChatOperation::ListChatMessages));
    let journal = emulator.journal();
    let lists = journal.iter().filter(|entry| entry.operation() == list);
    lists.count()
}

#[tokio::test(flavor = "multi_thread")]
async fn ctrl_c_ends_an_export_in_order_and_the_same_command_goes_on() {
    let scratch = tempfile::tempdir().unwrap();
    let (users, archive) = (scratch.path().join("users"), scratch.path().join("archive"));
    let conversations = Conversations::start(SIZE).await;
    let emulator = &conversations.emulator;
    fs::write(&users, conversations.users.join("\n")).unwrap();
    let whole = {
        let (code, ..) = end(export(emulator, &users, &scratch.path().join("whole")));
        assert_eq!(code, Some(0));
        lists(emulator)
    };
    emulator.clear_journal();
    // Half of the lists are answered at once, and then none for a long time.
    let held = Fault::delay(Duration::from_secs(60)).for_operation("listChatMessages");
    let child = {
        let child = export(emulator, &users, &archive);
        while lists(emulator) < whole / 2 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        emulator.inject(held).unwrap();
        child
    };
    let mut interrupt = Command::new("kill");
    interrupt.args(["-INT", &child.id().to_string()]);
    assert!(interrupt.status().unwrap().success());
    let (code, printed, told) = tokio::task::spawn_blocking(|| end(child)).await.unwrap();
    assert_eq!(code, Some(130), "{told}");
    assert!(told.contains("interrupted: "), "{told}");
    assert!(
        told.contains("of 10 threads are done; the same command goes on from here"),
        "{told}"
    );
    assert_eq!(printed, "");
    assert!(!archive.join("manifest.json").exists());

    emulator.clear_faults();
    emulator.clear_journal();
    let (code, printed, _) = end(export(emulator, &users, &archive));
    assert_eq!(code, Some(0));
    assert!(printed.contains("threads"), "{printed}");
    let theirs = scratch.path().join("theirs");
    emulator.export(&theirs).unwrap();
    let differ = differences(&archive, &theirs, emulator.endpoint());
    assert_eq!(differ, Vec::<String>::new());
    let again = lists(emulator);
    assert!(
        again < whole,
        "{again} lists after an interruption, {whole} without"
    );
}
