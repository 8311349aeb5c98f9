//! How fast one thread is archived under the service's limits, and how much memory long threads take:
//!
//! `cargo run --release -p chat-tests --bin archive_measure -- throughput`, which takes a minute and a half, and
//! `… -- memory` (Linux only).

use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use chat_emulator::{Emulator, EnforcedLimits, Seed};
use clap::{Parser, Subcommand};
use serde_json::json;

/// The first argument with which this program is `chat-archive`.
const PROGRAM: &str = "chat-archive";

/// The most messages of a page.
const PAGE: u64 = 200;

/// How much longer than the limits allow an export may take.
const SLOWER: f64 = 1.1;

/// How much more memory a thread of ten times as many messages may take, in kB.
const MORE_KB: u64 = 15_000;

#[derive(Debug, Parser)]
struct Arguments {
    #[command(subcommand)]
    measure: Measure,
}

#[derive(Debug, Subcommand)]
enum Measure {
    /// Archives one thread, read by one user, under the limits that the service documents
    Throughput {
        /// How many messages it has
        #[arg(long, default_value_t = 60_000)]
        messages: u64,
    },
    /// Archives a thread, and one with ten times as many messages
    Memory {
        /// How many messages the first one has
        #[arg(long, default_value_t = 10_000)]
        messages: u64,
    },
}

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let mut arguments = std::env::args_os().skip(1).peekable();
    if arguments.peek().is_some_and(|first| first == PROGRAM) {
        return Ok(chat_archive::program::run(arguments));
    }
    let is_well = match Arguments::parse().measure {
        Measure::Throughput { messages } => throughput(messages)?,
        Measure::Memory { messages } => memory(messages)?,
    };
    Ok(match is_well {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
}

fn throughput(messages: u64) -> Result<bool, Box<dyn Error>> {
    let emulator = emulator(messages, EnforcedLimits::Service)?;
    let (elapsed, _) = export(&emulator, &[])?;
    let refused = emulator.journal();
    let refused = refused
        .iter()
        .filter(|entry| entry.outcome().status() == Some(429));
    // The messages of the thread's creation count, and after the last page it is asked once more.
    let pages = (messages + 2).div_ceil(PAGE) + 1;
    let allowed = allowed(pages);
    println!(
        "{messages} messages in {:.1} s, where the limits allow {allowed} s: {:.0} a minute; {} requests were refused",
        elapsed.as_secs_f64(),
        messages as f64 / elapsed.as_secs_f64() * 60.0,
        refused.count(),
    );
    Ok(elapsed.as_secs_f64() <= allowed as f64 * SLOWER)
}

/// When the last of so many lists of messages can be asked for, in seconds, if 50 are in 10 seconds and 200 in a
/// minute: in full minutes, and within the last one.
fn allowed(pages: u64) -> u64 {
    let last = pages - 1;
    last / 200 * 60 + last % 200 / 50 * 10
}

fn memory(messages: u64) -> Result<bool, Box<dyn Error>> {
    let mut peaks = Vec::new();
    for messages in [messages, messages * 10] {
        let emulator = emulator(messages, EnforcedLimits::None)?;
        let (elapsed, peak) = export(&emulator, &["--no-limits"])?;
        println!(
            "{messages} messages: {peak} kB at most, {:.1} s",
            elapsed.as_secs_f64()
        );
        peaks.push(peak);
    }
    Ok(peaks[1] < peaks[0] + MORE_KB)
}

/// An emulator with one thread.
fn emulator(messages: u64, limits: EnforcedLimits) -> Result<Emulator, Box<dyn Error>> {
    let text = "A message of the usual length, which says what there is to say. ".repeat(3);
    let messages = (0..messages).map(|_| json!({ "from": "alice", "content": text }));
    let seed = json!({
        "users": [{ "name": "alice" }],
        "threads": [{ "topic": "Long", "createdBy": "alice", "messages": messages.collect::<Vec<_>>() }],
    });
    let seed = Seed::from_json(&seed.to_string())?;
    Ok(Emulator::builder()
        .seed(seed)
        .limits(limits)
        .start_blocking()?)
}

/// Runs an export of all that alice has; gives how long it took and the most memory that it had, in kB.
fn export(emulator: &Emulator, options: &[&str]) -> Result<(Duration, u64), Box<dyn Error>> {
    let scratch = tempfile::tempdir()?;
    let users = scratch.path().join("users");
    fs::write(&users, &emulator.seeded_users()[0].id)?;
    let start = Instant::now();
    let mut child = Command::new(std::env::current_exe()?)
        .args([PROGRAM, "export", "--users"])
        .arg(&users)
        .arg("--to")
        .arg(scratch.path().join("archive"))
        .args(options)
        .env(
            "COMMUNICATION_SERVICES_CONNECTION_STRING",
            emulator.connection_string(),
        )
        .stdout(Stdio::null())
        .spawn()?;
    let status = Path::new("/proc")
        .join(child.id().to_string())
        .join("status");
    let mut peak = 0;
    let ended = loop {
        peak = peak_kb(&status).unwrap_or_default().max(peak);
        match child.try_wait()? {
            Some(ended) => break ended,
            None => std::thread::sleep(Duration::from_millis(5)),
        }
    };
    match ended.success() {
        true => Ok((start.elapsed(), peak)),
        false => Err(format!("the export has failed: {ended}").into()),
    }
}

/// The most memory a process has had, of all kinds.
fn peak_kb(status: &Path) -> Option<u64> {
    let status = fs::read_to_string(status).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").parse().ok()
}
