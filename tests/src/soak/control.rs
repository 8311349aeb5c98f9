//! What the service itself says: by its control API, and not by the client.

use std::collections::HashMap;
use std::io::Read;

use serde::Deserialize;
use serde_json::Value;

use super::Failure;

/// How many requests were hit by a fault since the faults that are in force were set.
///
/// # Errors
/// When the control API can't be asked.
pub(crate) async fn faults(control_url: &str) -> Result<u64, Failure> {
    let document: Value = serde_json::from_slice(&get(control_url, &["faults"]).await?)?;
    let mut hits = 0;
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

/// Whether the control API answers.
pub(super) async fn is_there(control_url: &str) -> Result<(), Failure> {
    get(control_url, &["health"]).await.map(drop)
}

pub(crate) async fn get(control_url: &str, path: &[&str]) -> Result<Vec<u8>, Failure> {
    let mut url: url::Url = control_url.parse()?;
    url.path_segments_mut()
        .map_err(|()| "no URL with a path")?
        .pop_if_empty()
        .extend(path);
    let answer = reqwest::get(url).await?.error_for_status()?;
    Ok(answer.bytes().await?.into())
}

/// All threads of the service with the messages that users have written, as it stores them.
pub(super) type Stored = Vec<StoredThread>;

#[derive(Debug)]
pub(super) struct StoredThread {
    pub(super) id: String,
    pub(super) topic: String,
    /// In their order.
    pub(super) messages: Vec<StoredMessage>,
}

#[derive(Debug)]
pub(super) struct StoredMessage {
    pub(super) id: String,
    pub(super) text: String,
}

/// Takes what is stored out of an export.
pub(super) async fn stored(control_url: &str) -> Result<Stored, Failure> {
    let archive = get(control_url, &["export"]).await?;
    let mut files = HashMap::new();
    for entry in tar::Archive::new(archive.as_slice()).entries()? {
        let mut entry = entry?;
        let path = entry.path()?.to_string_lossy().into_owned();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes)?;
        // All is in one folder.
        if let Some((_, name)) = path.split_once('/') {
            files.insert(name.to_owned(), bytes);
        }
    }
    let file = |name: &str| {
        let bytes = files.get(name).map(Vec::as_slice);
        bytes.ok_or_else(|| format!("{name} is not in the export"))
    };
    let manifest: Manifest = serde_json::from_slice(file("manifest.json")?)?;
    let mut stored = Vec::new();
    for Entry { id, folder } in manifest.threads {
        let thread: Thread = serde_json::from_slice(file(&format!("{folder}/thread.json"))?)?;
        let lines = file(&format!("{folder}/messages.jsonl"))?;
        stored.push(StoredThread {
            id,
            topic: thread.properties.topic,
            messages: messages(lines)?,
        });
    }
    Ok(stored)
}

fn messages(lines: &[u8]) -> Result<Vec<StoredMessage>, Failure> {
    let mut messages = Vec::new();
    for record in serde_json::Deserializer::from_slice(lines).into_iter::<Record>() {
        let record = record?;
        if let (true, Some(text)) = (record.r#type == "text", record.content.message) {
            messages.push((record.sequence_id.parse::<u64>()?, record.id, text));
        }
    }
    messages.sort_by_key(|(place, ..)| *place);
    let messages = messages.into_iter();
    Ok(messages
        .map(|(_, id, text)| StoredMessage { id, text })
        .collect())
}

#[derive(Deserialize)]
struct Manifest {
    threads: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    id: String,
    folder: String,
}

#[derive(Deserialize)]
struct Thread {
    properties: Properties,
}

#[derive(Deserialize)]
struct Properties {
    topic: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    id: String,
    r#type: String,
    sequence_id: String,
    #[serde(default)]
    content: Content,
}

#[derive(Default, Deserialize)]
struct Content {
    message: Option<String>,
}
