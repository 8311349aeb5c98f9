//! `/faults`

use serde_json::{Value, json};

use crate::http::faults::{FaultId, Rule, document};
use crate::http::front::Front;

use super::answer::{Answer, Refusal, decode, number};

pub(super) fn list(front: &Front) -> Answer {
    let faults: Vec<Value> = front
        .faults
        .with_rules(|rules| rules.iter().map(Rule::document).collect());
    Answer::ok(json!({ "faults": faults }))
}

pub(super) fn inject(front: &Front, body: &[u8]) -> Result<Answer, Refusal> {
    let mix = document::read(decode(body)?)
        .and_then(|mix| front.faults.inject(mix))
        .map_err(|invalid| Refusal::bad_request(invalid.to_string()))?;
    Ok(Answer::created(json!({ "id": mix })))
}

pub(super) fn clear(front: &Front) -> Answer {
    front.faults.clear();
    Answer::empty()
}

pub(super) fn remove(front: &Front, id: &str) -> Result<Answer, Refusal> {
    if front.faults.remove(FaultId(number(id)?)) {
        Ok(Answer::empty())
    } else {
        Err(Refusal::not_found(format!("there is no fault {id}")))
    }
}
