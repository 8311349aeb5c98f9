//! A short soak: the long one is `cargo run --release -p chat-tests --bin soak`.

use std::process::{Command, Output};
use std::time::Duration;

use chat_tests::soak::{Misbehaviour, Plan, Service, run};

const PLAN: Plan = Plan {
    sends: 600,
    threads: 60,
    tasks: 8,
    writers: 3,
    faults: Misbehaviour {
        rate: 0.3,
        seed: 1,
        late: Duration::from_millis(100),
    },
    settle: Duration::from_millis(800),
    patience: Duration::from_secs(60),
};

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_or_doubled_while_the_service_keeps_within_the_bounds() {
    let mut service = Service::here(PLAN.faults).await.unwrap();
    let report = run(&PLAN, &mut service).await.unwrap();
    println!("{report}");
    assert_eq!(report.failures(&PLAN), [""; 0], "{report}");
    assert!(
        report.resends > 0 && report.attempts > 600 && report.faults > 150,
        "faults have happened: {report}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn beyond_the_bounds_nothing_is_lost_and_every_doubling_is_reported() {
    let faults = Misbehaviour {
        late: Duration::from_secs(1),
        ..PLAN.faults
    };
    let plan = Plan {
        sends: 400,
        settle: Duration::from_millis(20),
        faults,
        ..PLAN
    };
    let mut service = Service::here(plan.faults).await.unwrap();
    let report = run(&plan, &mut service).await.unwrap();
    println!("{report}");
    assert_eq!(report.failures(&plan), [""; 0], "{report}");
    assert!(report.doubled > 0, "doublings have happened: {report}");
}

fn soak(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_soak"));
    command.args(arguments).output().unwrap()
}

#[test]
fn what_tries_nothing_is_refused() {
    for (arguments, reason) in [
        (["--sends", "0"], "0 sends"),
        (["--tasks", "0"], "0 tasks"),
        (["--writers", "0"], "0 writers"),
        (["--fault-rate", "0"], "more than 0 and at most 1, not 0"),
        (["--fault-rate", "7"], "more than 0 and at most 1, not 7"),
    ] {
        let output = soak(&arguments);
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success(), "{arguments:?}");
        assert!(said.contains(reason), "{arguments:?}: {said}");
    }
}

#[test]
fn a_soak_in_which_no_fault_struck_fails() {
    let arguments = "--sends 3 --threads 1 --tasks 1 --fault-rate 0.000000001";
    let output = soak(&arguments.split(' ').collect::<Vec<_>>());
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success());
    assert_eq!(said, "failed: 0 faults that struck: nothing was tried\n");
}

#[tokio::test(flavor = "multi_thread")]
#[cfg(unix)]
async fn a_service_that_ends_is_the_end_of_the_soak() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_soak"));
    command.arg("--serve");
    let mut service = Service::elsewhere(command).unwrap();
    let process = service.process_id().unwrap();
    let plan = Plan {
        sends: usize::MAX,
        ..PLAN
    };
    let threads = format!("{}threads", service.control_url());
    let soak = tokio::spawn(async move { run(&plan, &mut service).await });
    // Until it is under way.
    loop {
        let answer = reqwest::get(&threads).await.unwrap().text().await.unwrap();
        if answer.contains("messageCount") {
            break;
        }
        tokio::task::yield_now().await;
    }
    let mut kill = Command::new("kill");
    kill.args(["-9", &process.to_string()]);
    assert!(kill.status().unwrap().success());

    let error = soak.await.unwrap().unwrap_err().to_string();
    assert!(error.starts_with("the service is gone ("), "{error}");
}
