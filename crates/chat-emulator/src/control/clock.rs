//! `/clock`

use serde::Deserialize;
use serde_json::json;

use crate::http::faults::kind::Seconds;
use crate::http::front::Front;
use crate::store::Clock;

use super::answer::{Answer, Refusal, decode};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Change {
    advance_seconds: Option<Seconds>,
    skew_seconds: Option<i64>,
}

pub(super) fn show(front: &Front) -> Answer {
    let clock = &front.clock;
    Answer::ok(json!({
        "now": clock.now().with_millis(),
        "advancedSeconds": clock.offset_millis() as f64 / 1000.0,
        "skewSeconds": clock.skew_seconds(),
    }))
}

pub(super) fn set(front: &Front, body: &[u8]) -> Result<Answer, Refusal> {
    let change: Change = decode(body)?;
    if change.advance_seconds.is_none() && change.skew_seconds.is_none() {
        return Err(Refusal::bad_request(
            "nothing to do: give advanceSeconds, skewSeconds, or both",
        ));
    }
    if let Some(seconds) = change.skew_seconds {
        front.set_clock_skew(seconds);
    }
    if let Some(Seconds(by)) = change.advance_seconds {
        front.advance_clock(by);
    }
    Ok(show(front))
}
