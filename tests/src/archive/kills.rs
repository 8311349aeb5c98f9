//! Exports that are killed while the service misbehaves.

use std::fmt;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use chat_emulator::{ChatOperation, Emulator, ErrorBody, Fault, FaultMix, Operation};

use super::{Conversations, Size, differences};

/// What is done to exports.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// How much there is to be exported.
    pub size: Size,
    /// Which share of requests is hit by a fault, from 0 to 1.
    pub fault_rate: f64,
    /// How often the program is killed.
    pub kills: usize,
    /// How many requests it makes at the most before it is killed.
    pub requests: usize,
    /// The seed of faults and times.
    pub seed: u64,
}

/// What came of it.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// How often the program was killed.
    pub kills: usize,
    /// How often it came to its end before it could be.
    pub ends: usize,
    /// How many requests of the killed exports met a fault, and how many there were.
    pub hit: (usize, usize),
    /// In what the archive differs from the emulator's own state, after the kills and after more has happened.
    pub differences: Vec<String>,
    /// How many messages were in answers to an export after which nothing had changed, and how many threads
    /// there are: the newest message of each tells that.
    pub read_again: (usize, usize),
    /// How long all took.
    pub elapsed: Duration,
}

impl Report {
    /// Whether nothing was lost, doubled or read again.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.differences.is_empty() && self.read_again.0 <= self.read_again.1
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} kills, {} ends, {:.1} s",
            self.kills,
            self.ends,
            self.elapsed.as_secs_f64()
        )?;
        writeln!(f, "{} of {} requests were hit", self.hit.0, self.hit.1)?;
        writeln!(
            f,
            "{} messages of {} threads were in answers when nothing had changed",
            self.read_again.0, self.read_again.1
        )?;
        write!(f, "{} differences", self.differences.len())?;
        self.differences
            .iter()
            .take(20)
            .try_for_each(|text| write!(f, "\n  {text}"))
    }
}

/// Faults that a reader has to live with.
fn mix(probability: f64, seed: u64) -> FaultMix {
    FaultMix::new(probability, seed)
        .add(
            4,
            Fault::status(429).retry_after_ms(Duration::from_millis(5)),
        )
        .add(1, Fault::status(429))
        .add(2, Fault::status(500))
        .add(2, Fault::status(502).body(ErrorBody::Html))
        .add(2, Fault::status(503).body(ErrorBody::Empty))
        .add(3, Fault::delay(Duration::from_millis(20)))
        .add(3, Fault::reset_before_execution())
        .add(3, Fault::reset_after_execution())
        .add(2, Fault::reset_mid_body())
        .add(2, Fault::truncated_json())
}

/// Exports what an emulator has by a program that takes the arguments of `chat-archive`, again and again, and
/// kills it at random times; then lets it end, and compares.
///
/// # Panics
/// When the emulator or the program does not start, or an export that is left alone does not end well.
pub async fn run(plan: Plan, program: impl Fn() -> Command) -> Report {
    let start = Instant::now();
    let mut report = Report::default();
    let scratch = tempfile::tempdir().unwrap();
    let conversations = Conversations::start(plan.size).await;
    conversations.live(plan.size, 3, true).await;
    let emulator = &conversations.emulator;
    let (users, archive) = (scratch.path().join("users"), scratch.path().join("archive"));
    // The others are discovered.
    fs::write(
        &users,
        conversations.users[..plan.size.users.div_ceil(4)].join("\n"),
    )
    .unwrap();
    let export = || {
        let mut command = program();
        command
            .args(["export", "--no-limits", "--users"])
            .arg(&users)
            .arg("--to")
            .arg(&archive)
            .env(
                "COMMUNICATION_SERVICES_CONNECTION_STRING",
                emulator.connection_string(),
            )
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    };

    emulator.inject(mix(plan.fault_rate, plan.seed)).unwrap();
    let mut random = plan.seed.wrapping_mul(2).wrapping_add(1);
    while report.kills < plan.kills {
        // Knuth's generator: all it has to give is numbers that differ.
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let requests = (random >> 33) as usize % plan.requests;
        emulator.clear_journal();
        let mut child = export().spawn().unwrap();
        let mut ended = None;
        while ended.is_none() && emulator.journal().len() < requests {
            tokio::time::sleep(Duration::from_millis(3)).await;
            ended = child.try_wait().unwrap();
        }
        let journal = emulator.journal();
        let hit = journal
            .iter()
            .filter(|entry| entry.faults().next().is_some());
        report.hit = (report.hit.0 + hit.count(), report.hit.1 + journal.len());
        match ended {
            Some(status) => {
                assert_eq!(status.code(), Some(0), "an export has ended badly");
                report.ends += 1;
            }
            None => {
                child.kill().unwrap();
                child.wait().unwrap();
                report.kills += 1;
            }
        }
    }
    complete(export()).await;
    emulator.clear_faults();
    compare(emulator, &archive, scratch.path(), &mut report);

    // Nothing has changed.
    emulator.clear_journal();
    complete(export()).await;
    report.read_again = (read_again(emulator), plan.size.threads);
    compare(emulator, &archive, scratch.path(), &mut report);
    // More has.
    conversations.live(plan.size, 5, false).await;
    complete(export()).await;
    compare(emulator, &archive, scratch.path(), &mut report);
    report.elapsed = start.elapsed();
    report
}

/// Lets the program end.
async fn complete(mut command: Command) {
    let ended = tokio::task::spawn_blocking(move || command.status().unwrap());
    assert_eq!(
        ended.await.unwrap().code(),
        Some(0),
        "an export has ended badly"
    );
}

fn compare(emulator: &Emulator, archive: &Path, scratch: &Path, report: &mut Report) {
    let theirs = scratch.join("theirs");
    emulator.export(&theirs).unwrap();
    report
        .differences
        .extend(differences(archive, &theirs, emulator.endpoint()));
    fs::remove_dir_all(theirs).unwrap();
}

/// How many messages were in the answers that the journal has.
fn read_again(emulator: &Emulator) -> usize {
    let list = Some(Operation::Chat(ChatOperation::ListChatMessages));
    let journal = emulator.journal();
    let lists = journal.iter().filter(|entry| entry.operation() == list);
    let messages = lists.map(|entry| {
        // The journal keeps no answers that are larger than this; such a one has many messages.
        let body = entry.answer_body().unwrap_or(r#"{"value":[]}"#);
        let page: serde_json::Value = serde_json::from_str(body).unwrap();
        let asked = entry.query().unwrap_or_default();
        assert!(
            asked.split('&').any(|pair| pair == "maxPageSize=1"),
            "a whole page was read again: {asked}"
        );
        page["value"].as_array().unwrap().len()
    });
    messages.sum()
}
