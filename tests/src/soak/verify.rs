//! Counting what is there, and comparing it with what the client said at the time.

use std::collections::{HashMap, HashSet};

use super::control::{Stored, StoredMessage};
use super::ledger::{Thread, Told, Work};
use super::{Failure, Report};

/// Adds to the report what became of the work of all tasks.
pub(super) fn verify(works: &[Work], stored: &Stored, report: &mut Report) -> Result<(), Failure> {
    let mut topics: HashMap<&str, usize> = HashMap::new();
    let mut messages: HashMap<&str, &[StoredMessage]> = HashMap::new();
    for thread in stored {
        *topics.entry(&thread.topic).or_default() += 1;
        messages.insert(&thread.id, &thread.messages);
    }
    for work in works {
        report.attempts += work.attempts;
        report.begun_again += work.begun_again;
        for thread in &work.threads {
            report.threads += 1;
            match topics.get(thread.topic.as_str()).copied().unwrap_or(0) {
                0 => report.lost_threads += 1,
                count => report.doubled_threads += count - 1,
            }
            let messages = messages.get(thread.id.as_str()).copied();
            count(thread, messages.unwrap_or_default(), report)?;
        }
    }
    Ok(())
}

/// Counts the messages of a thread: each number of each writer should be there once, in their order.
fn count(thread: &Thread, messages: &[StoredMessage], report: &mut Report) -> Result<(), Failure> {
    let mut copies: HashMap<(usize, usize), Vec<&str>> = HashMap::new();
    let mut highest = vec![None; thread.writers.len()];
    for message in messages {
        let (writer, number) = written(&message.text)
            .filter(|(writer, number)| {
                let sends = thread.writers.get(*writer);
                sends.is_some_and(|sends| *number < sends.len())
            })
            .ok_or_else(|| format!("{} has a message that nobody has sent", thread.id))?;
        let copies = copies.entry((writer, number)).or_default();
        copies.push(&message.id);
        if copies.len() == 1 {
            let highest = &mut highest[writer];
            report.out_of_order += usize::from(*highest > Some(number));
            *highest = (*highest).max(Some(number));
        }
    }
    for (writer, sends) in thread.writers.iter().enumerate() {
        for (number, told) in sends.iter().enumerate() {
            report.sent += 1;
            report.resends += u64::from(told.resends);
            match copies.get(&(writer, number)) {
                None => report.lost += 1,
                Some(copies) => compare(told, copies, report),
            }
        }
    }
    Ok(())
}

/// Compares the copies of a message, oldest first, with what the client said of it.
fn compare(told: &Told, copies: &[&str], report: &mut Report) {
    let named: HashSet<&str> = told.duplicates.iter().map(String::as_str).collect();
    let (mut extra, mut named_ones) = (0, 0);
    for copy in &copies[1..] {
        extra += 1;
        named_ones += usize::from(named.contains(copy));
    }
    let possible = (extra - named_ones).min(told.may_turn_up());
    report.doubled += extra;
    report.named += named_ones;
    report.possible += possible;
    report.unreported += extra - named_ones - possible;
    report.misnamed += usize::from(!copies.contains(&told.id.as_str()));
}

/// The text of a message: who of the writers of a thread wrote it, and which of its messages it is.
pub(super) fn text(writer: usize, number: usize) -> String {
    format!("{writer}/{number}")
}

fn written(text: &str) -> Option<(usize, usize)> {
    let (writer, number) = text.split_once('/')?;
    Some((writer.parse().ok()?, number.parse().ok()?))
}

#[cfg(test)]
mod tests;
