//! A soak of following: many write to many threads of a service that misbehaves, one follows all of
//! them and is killed again and again, and then a count, against what the service itself says is there.

mod count;
mod disturb;
mod follower;
mod journal;
mod supervisor;
mod writer;

use std::fmt;
use std::process::Command;
use std::time::{Duration, Instant};

use chat::builders::ChatClientBuilder;
use chat::models::{ChatParticipant, TokenScope};
use chat::{ChatClient, CommunicationIdentityClient, CommunicationTokenCredential, RetryOptions};
use futures_util::future::{try_join, try_join_all};

use crate::soak::{self, Failure, Misbehaviour, Service};
pub use follower::follow;
use supervisor::Supervisor;

/// What is done, and what is done to it.
#[derive(Clone, Debug)]
pub struct Plan {
    /// How many threads are followed, of which a few are created while that happens.
    pub threads: usize,
    /// How many users write, each to threads of its own.
    pub writers: usize,
    /// How often they write in all: messages, edits, deletions and topics. No more than 150 times the
    /// number of threads, as the service tells of the newest 200 messages of a thread.
    pub writes: usize,
    /// How often the process that follows is killed.
    pub kills: usize,
    /// How the service misbehaves meanwhile.
    pub faults: Misbehaviour,
    /// How it is followed.
    pub how: How,
}

/// How threads are followed.
#[derive(Clone, Copy, Debug)]
pub struct How {
    /// How long is looked for what turns up late.
    pub lateness: Duration,
    /// Whether notifications ring, and the timer is a safety net. Their connections are cut all the time,
    /// and the service says that it has lost some.
    pub is_notified: bool,
}

/// What came of it.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// How many writes the service has taken.
    pub written: usize,
    /// How many requests were hit by a fault.
    pub faults: u64,
    /// How often the process that follows was killed.
    pub kills: usize,
    /// How many events took effect.
    pub effects: usize,
    /// States of messages that are there and took no effect.
    pub missed: usize,
    /// Effects of an event that had taken effect before.
    pub doubled: usize,
    /// Effects that are before one with a lower sequence id of the same thread.
    pub out_of_order: usize,
    /// How many bytes the last cursor had.
    pub cursor_bytes: usize,
    /// How long it took.
    pub elapsed: Duration,
}

impl Report {
    /// Whether nothing was missed or doubled, and something was written, hit by faults and killed.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.missed + self.doubled == 0 && self.written > 0 && self.faults > 0 && self.kills > 0
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            written,
            faults,
            kills,
            effects,
            missed,
            doubled,
            out_of_order,
            cursor_bytes,
            elapsed,
        } = self;
        writeln!(
            f,
            "{written} writes, {faults} faults, {kills} kills, {effects} effects"
        )?;
        writeln!(
            f,
            "{missed} missed, {doubled} doubled, {out_of_order} out of order"
        )?;
        let seconds = elapsed.as_secs_f64();
        write!(f, "a cursor of {cursor_bytes} bytes, {seconds:.1} s")
    }
}

/// Carries out the plan against the service, and counts. `program` is to call [`follow`], with the arguments
/// that are added to it.
///
/// # Errors
/// Those of setting up, of the process that follows, and of reading back what is there.
pub async fn run(
    plan: &Plan,
    service: &mut Service,
    program: impl Fn() -> Command + Sync,
) -> Result<Report, Failure> {
    let start = Instant::now();
    let identity =
        CommunicationIdentityClient::from_connection_string(service.connection_string())?;
    let (user, token) = identity.create_user_and_token([TokenScope::Chat]).await?;
    let setup = (0..plan.writers).map(|writer| {
        let (identity, user) = (&identity, ChatParticipant::new(&user));
        async move {
            let (_, token) = identity.create_user_and_token([TokenScope::Chat]).await?;
            let credential = CommunicationTokenCredential::new(token)?;
            let client = ChatClient::builder(identity.endpoint(), credential);
            writer::Writer::new(plan, patient(client).build()?, user, writer).await
        }
    });
    let writers = try_join_all(setup).await?;

    service.misbehave(true)?;
    let mut supervisor = Supervisor::new(&program, plan.how, &identity, &token)?;
    let control_url = service.control_url().to_owned();
    let cutting = async {
        match plan.how.is_notified {
            true => disturb::notifications(&control_url).await,
            false => std::future::pending().await,
        }
    };
    let writing = async {
        let running: Vec<_> = writers
            .into_iter()
            .map(|writer| tokio::spawn(writer.run()))
            .collect();
        let mut threads = Vec::new();
        for task in running {
            threads.extend(task.await?);
        }
        Ok::<_, Failure>(threads)
    };
    let (threads, ()) = tokio::select! {
        done = try_join(writing, supervisor.kill(plan.kills)) => done?,
        () = cutting => return Err("nothing cuts connections any more".into()),
    };
    let faults = soak::faults_that_struck(service.control_url()).await?;
    service.misbehave(false)?;
    // What is to be carried out late has been by now.
    tokio::time::sleep(2 * plan.faults.late).await;
    let there = count::there(service.control_url(), &threads).await?;
    let patience = 6 * plan.how.lateness + Duration::from_secs(10);
    supervisor.catch_up(&there, patience).await?;

    let mut report = supervisor.report(&there);
    report.faults = faults;
    report.written = threads.iter().map(|thread| thread.writes).sum();
    report.elapsed = start.elapsed();
    Ok(report)
}

/// With retries that come soon.
fn patient(client: ChatClientBuilder) -> ChatClientBuilder {
    let retry = RetryOptions::exponential()
        .max_retries(2)
        .initial_delay(Duration::from_millis(5))
        .max_delay(Duration::from_millis(50))
        .without_budget();
    client.retry(retry).timeout(Duration::from_secs(10))
}
