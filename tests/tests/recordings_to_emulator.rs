//! Every request that was recorded in full, sent to the emulator.

use std::collections::BTreeMap;

use chat_tests::recordings::{
    self,
    play::{left_out, play},
};

#[tokio::test]
async fn every_recorded_request_is_answered_as_it_was() {
    let Some(sessions) = recordings::load() else {
        return;
    };
    let mut left_out_for = BTreeMap::<&str, usize>::new();
    let mut recorded = 0;
    for session in &sessions {
        for exchange in &session.exchanges {
            recorded += 1;
            if let Some(reason) = left_out(session, exchange) {
                *left_out_for.entry(reason).or_default() += 1;
            }
        }
    }

    let (mut played, mut differences) = (0, Vec::new());
    for session in &sessions {
        let session = play(session).await;
        played += session.requests;
        differences.extend(session.differences);
    }

    println!("played {played} of {recorded} requests; left out: {left_out_for:#?}");
    assert!(differences.is_empty(), "{differences:#?}");
    assert_eq!(played, recorded - left_out_for.values().sum::<usize>());
    assert!(played >= 78, "recordings are missing: {played}");
}
