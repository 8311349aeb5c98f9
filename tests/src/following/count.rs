//! What the service itself says: by its control API, and not by the client.

use std::collections::HashSet;

use chat::models::ChatThreadId;
use serde_json::Value;

use super::journal::Seen;
use super::writer::Written;
use crate::soak::{self, Failure};

/// How many messages of a thread the control API tells of.
const MOST: usize = 200;

/// All messages of these threads, in the state they are in.
pub(super) async fn there(
    control_url: &str,
    threads: &[Written],
) -> Result<HashSet<Seen>, Failure> {
    let mut there = HashSet::new();
    for thread in threads {
        let document = soak::get(control_url, &["threads", thread.id.as_str()]).await?;
        let document: Value = serde_json::from_slice(&document)?;
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
