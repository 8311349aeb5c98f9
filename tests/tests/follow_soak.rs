//! A short soak of following: the long one is `cargo run --release -p chat-tests --bin follow_soak`.

use std::time::Duration;

use chat_tests::following::{Plan, Report, run};
use chat_tests::soak::{self, Service};

const PLAN: Plan = Plan {
    threads: 20,
    writers: 5,
    writes: 300,
    kills: 5,
    fault_rate: 0.33,
    seed: 1,
    late: Duration::from_millis(100),
    lateness: Duration::from_secs(1),
    is_notified: false,
};

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_missed_or_doubled_by_who_stores_effect_and_cursor_in_one_step() {
    let plan = soak::Plan {
        sends: 0,
        threads: 0,
        tasks: 0,
        fault_rate: PLAN.fault_rate,
        seed: PLAN.seed,
        settle: Duration::ZERO,
        late: PLAN.late,
    };
    let mut service = Service::here(&plan).await.unwrap();
    let report = run(&PLAN, &mut service).await.unwrap();
    println!("{report}");
    assert!(report.is_clean(), "{report}");
    assert_eq!(report.kills, PLAN.kills);
    assert!(report.written > 100 && report.faults > 100, "{report}");
    assert!(report.effects > 100, "{report}");
}

#[test]
fn a_soak_in_which_nothing_happened_is_not_clean() {
    let well = Report {
        written: 1,
        faults: 1,
        kills: 1,
        ..Report::default()
    };
    assert!(well.is_clean());
    let written = 0;
    assert!(
        !Report {
            written,
            ..well.clone()
        }
        .is_clean()
    );
    let faults = 0;
    assert!(
        !Report {
            faults,
            ..well.clone()
        }
        .is_clean()
    );
    let kills = 0;
    assert!(
        !Report {
            kills,
            ..well.clone()
        }
        .is_clean()
    );
    let missed = 1;
    assert!(
        !Report {
            missed,
            ..well.clone()
        }
        .is_clean()
    );
    let doubled = 1;
    assert!(!Report { doubled, ..well }.is_clean());
}
