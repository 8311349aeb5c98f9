//! Every answer that was recorded, answered to the client.

use std::collections::BTreeMap;

use chat_tests::recordings::{self, replay::replay};

#[tokio::test]
async fn every_recorded_answer_is_read_as_it_was_meant() {
    let Some(sessions) = recordings::load() else {
        return;
    };
    let mut recorded = BTreeMap::<&str, usize>::new();
    for exchange in sessions.iter().flat_map(|session| &session.exchanges) {
        *recorded.entry(exchange.operation.as_str()).or_default() += 1;
    }

    let mut replayed = 0;
    for session in &sessions {
        replayed += replay(session).await;
    }

    println!(
        "replayed {replayed} answers of {} sessions: {recorded:#?}",
        sessions.len()
    );
    assert_eq!(replayed, recorded.values().sum::<usize>());
    let stale = recordings::fit::stale(&sessions);
    assert_eq!(
        stale,
        Vec::<String>::new(),
        "exceptions for nothing recorded"
    );
}
