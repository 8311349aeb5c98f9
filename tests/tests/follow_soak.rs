//! A short soak of following: the long one is `cargo run --release -p chat-tests --bin follow_soak`.

use std::process::Command;
use std::time::Duration;

use chat_tests::following::{How, Plan, Report, run};
use chat_tests::soak::{Misbehaviour, Service};

const PLAN: Plan = Plan {
    threads: 20,
    writers: 5,
    writes: 300,
    kills: 5,
    faults: Misbehaviour {
        rate: 0.33,
        seed: 1,
        late: Duration::from_millis(100),
    },
    how: How {
        lateness: Duration::from_secs(1),
        is_notified: false,
    },
};

async fn soak(plan: &Plan) -> Report {
    let mut service = Service::here(plan.faults).await.unwrap();
    let program = || Command::new(env!("CARGO_BIN_EXE_follow_soak"));
    let report = run(plan, &mut service, program).await.unwrap();
    println!("{report}");
    report
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_is_killed_misses_and_doubles_nothing_if_it_writes_effect_and_cursor_at_once()
 {
    let report = soak(&PLAN).await;
    assert!(report.is_clean(), "{report}");
    assert_eq!(report.kills, PLAN.kills);
    assert!(report.written > 100 && report.faults > 100, "{report}");
    assert!(report.effects > 100, "{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nor_does_one_that_notifications_ring_over_connections_that_are_cut() {
    let how = How {
        is_notified: true,
        ..PLAN.how
    };
    let report = soak(&Plan { how, ..PLAN }).await;
    assert!(report.is_clean(), "{report}");
    assert_eq!(report.kills, PLAN.kills);
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
