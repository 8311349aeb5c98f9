//! Counting what is there.

use std::collections::{HashMap, HashSet};

use chat::models::{ChatMessageId, ChatThreadId};

use super::worker::{Thread, Work};
use super::{Failure, Report};

/// Adds to the report what became of a task's work.
pub(super) async fn verify(work: Work, report: &mut Report) -> Result<(), Failure> {
    report.attempts += work.attempts;
    report.resends += work.resends;
    report.begun_again += work.begun_again;

    let mut topics: HashMap<String, usize> = HashMap::new();
    let mut threads = work.client.list_chat_threads().page_size(200).into_stream();
    while let Some(thread) = threads.try_next().await? {
        *topics.entry(thread.topic().to_owned()).or_default() += 1;
    }
    for thread in &work.threads {
        match topics.get(&thread.topic).copied().unwrap_or_default() {
            0 => report.lost_threads += 1,
            count => report.doubled_threads += count - 1,
        }
    }
    let reported = reported(&work).await?;
    for thread in &work.threads {
        count(&work, thread, &reported, report).await?;
    }
    Ok(())
}

/// The copies that the client reports of messages it has sent more than once.
async fn reported(work: &Work) -> Result<HashSet<(ChatThreadId, ChatMessageId)>, Failure> {
    let mut reported = HashSet::new();
    for (thread, key) in &work.suspects {
        let client = work.client.chat_thread_client(thread);
        let copies = client.find_messages(key).await?;
        reported.extend(copies.into_iter().skip(1).map(|id| (thread.clone(), id)));
    }
    Ok(reported)
}

/// Counts the messages of a thread: each number from 0 on should be there once, in this order.
async fn count(
    work: &Work,
    thread: &Thread,
    reported: &HashSet<(ChatThreadId, ChatMessageId)>,
    report: &mut Report,
) -> Result<(), Failure> {
    let client = work.client.chat_thread_client(&thread.id);
    let mut messages = client.list_messages().page_size(200).into_stream();
    let mut stored = Vec::new();
    while let Some(message) = messages.try_next().await? {
        if message.message_type().is_written_by_participants() {
            let number: usize = message.content().message().unwrap_or_default().parse()?;
            stored.push((number, message.id().clone()));
        }
    }
    // Newest first.
    stored.reverse();
    let mut seen = HashSet::new();
    let mut highest = None;
    for (number, id) in stored {
        if !seen.insert(number) {
            report.doubled += 1;
            report.unreported += usize::from(!reported.contains(&(thread.id.clone(), id)));
            continue;
        }
        report.out_of_order += usize::from(highest > Some(number));
        highest = highest.max(Some(number));
    }
    report.lost += (0..thread.sends)
        .filter(|number| !seen.contains(number))
        .count();
    Ok(())
}
