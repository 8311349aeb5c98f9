//! A short form of `cargo run --release -p chat-tests --bin archive_kills`.

use std::process::Command;

use chat_tests::archive::{Plan, Size, run};

#[tokio::test(flavor = "multi_thread")]
async fn an_export_that_is_killed_again_and_again_loses_nothing_and_doubles_nothing() {
    let plan = Plan {
        size: Size {
            users: 10,
            threads: 12,
            messages: 600,
        },
        fault_rate: 0.3,
        kills: 8,
        requests: 60,
        seed: 7,
    };
    let report = run(plan, || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_archive_kills"));
        command.arg("chat-archive");
        command
    });
    let report = report.await;
    println!("{report}");
    assert!(report.is_clean(), "{report}");
    assert!(report.kills == 8 && report.hit.0 > 10, "{report}");
}
