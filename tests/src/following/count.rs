//! What the service itself says: by its control API, and not by the client.

use std::collections::HashSet;

use chat::models::ChatThreadId;
use serde_json::Value;

use super::journal::Seen;
use super::writer::Written;
use crate::soak::Failure;

/// How many messages of a thread the control API tells of.
const MOST: usize = 200;

/// How many requests were hit by a fault.
pub(super) async fn faults(control_url: &str) -> Result<u64, Failure> {
    let mut hits = 0;
    let document = get(control_url, &["faults"]).await?;
    count_hits(&document, &mut hits);
    Ok(hits)
}

fn count_hits(document: &Value, hits: &mut u64) {
    match document {
        Value::Array(items) => items.iter().for_each(|item| count_hits(item, hits)),
        Value::Object(fields) => {
            *hits += fields.get("hits").and_then(Value::as_u64).unwrap_or(0);
            fields.values().for_each(|field| count_hits(field, hits));
        }
        _ => {}
    }
}

/// All messages of these threads, in the state they are in.
pub(super) async fn there(
    control_url: &str,
    threads: &[Written],
) -> Result<HashSet<Seen>, Failure> {
    let mut there = HashSet::new();
    for thread in threads {
        let document = get(control_url, &["threads", thread.id.as_str()]).await?;
        let messages = document["messages"]
            .as_array()
            .ok_or("no messages are told of")?;
        if messages.len() >= MOST {
            return Err("a thread has more messages than the control API tells of".into());
        }
        for message in messages {
            let place = message["sequenceId"].as_str().unwrap_or_default();
            there.insert((ChatThreadId::from(&thread.id), place.parse()?));
        }
    }
    Ok(there)
}

async fn get(control_url: &str, path: &[&str]) -> Result<Value, Failure> {
    let mut url: url::Url = control_url.parse()?;
    url.path_segments_mut()
        .map_err(|()| "no URL with a path")?
        .pop_if_empty()
        .extend(path);
    let answer = reqwest::get(url).await?.error_for_status()?;
    Ok(serde_json::from_slice(&answer.bytes().await?)?)
}
