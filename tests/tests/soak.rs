//! A short soak: the long one is `cargo run --release -p chat-tests --bin soak`.

use std::time::Duration;

use chat_tests::soak::{Plan, Service, run};

const PLAN: Plan = Plan {
    sends: 1_000,
    threads: 100,
    tasks: 16,
    fault_rate: 0.3,
    seed: 1,
    settle: Duration::from_millis(400),
    late: Duration::from_millis(100),
};

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_or_doubled_while_the_service_keeps_within_the_bounds() {
    let mut service = Service::here(&PLAN).await.unwrap();
    let report = run(&PLAN, &mut service).await.unwrap();
    println!("{report}");
    assert!(report.is_clean(), "{report}");
    assert!(
        report.resends > 0 && report.attempts > 1_000,
        "faults have happened: {report}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn beyond_the_bounds_nothing_is_lost_and_every_doubling_is_reported() {
    let plan = Plan {
        sends: 400,
        settle: Duration::from_millis(20),
        late: Duration::from_millis(200),
        ..PLAN
    };
    let mut service = Service::here(&plan).await.unwrap();
    let report = run(&plan, &mut service).await.unwrap();
    println!("{report}");
    assert_eq!((report.lost, report.unreported), (0, 0), "{report}");
    assert!(report.doubled > 0, "doublings have happened: {report}");
}
