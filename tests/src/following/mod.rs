//! A soak of following: many write to many threads of a service that misbehaves, one follows all of
//! them and is killed again and again, and then a count, against what the service itself says is there.

mod count;
mod disturb;
mod follower;
mod writer;

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chat::models::{ChatParticipant, TokenScope};
use chat::{ChatClient, CommunicationIdentityClient, CommunicationTokenCredential, RetryOptions};
use futures_util::future::try_join_all;

use crate::soak::{self, Failure, Service};
use follower::Database;

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
    /// How often the follower is killed.
    pub kills: usize,
    /// Which share of requests is hit by a fault, from 0 to 1.
    pub fault_rate: f64,
    /// The seed of the faults.
    pub seed: u64,
    /// For how long the service carries out late what it carries out late, and how far lists lag.
    pub late: Duration,
    /// How long the follower looks for what turns up late.
    pub lateness: Duration,
    /// Whether notifications ring the follower, whose timer is a safety net then. Their connections are
    /// cut all the time, and the service says that it has lost some.
    pub is_notified: bool,
}

/// What came of it.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// How many writes the service has taken.
    pub written: usize,
    /// How many requests were hit by a fault.
    pub faults: u64,
    /// How often the follower was killed.
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

/// Carries out the plan against the service, and counts.
///
/// # Errors
/// Those of setting up, and of reading back what is there.
pub async fn run(plan: &Plan, service: &mut Service) -> Result<Report, Failure> {
    let start = Instant::now();
    let identity =
        CommunicationIdentityClient::from_connection_string(service.connection_string())?;
    let (user, token) = identity.create_user_and_token([TokenScope::Chat]).await?;
    let follower = client(&identity, token)?;
    let setup = (0..plan.writers).map(|writer| {
        let (identity, user) = (&identity, ChatParticipant::new(&user));
        async move {
            let (_, token) = identity.create_user_and_token([TokenScope::Chat]).await?;
            let client = client(identity, token)?;
            writer::Writer::new(plan, client, user, writer).await
        }
    });
    let writers = try_join_all(setup).await?;

    service.misbehave(true)?;
    let database = Arc::new(Database::default());
    let following = tokio::spawn(follower::follow(
        plan.clone(),
        follower,
        Arc::clone(&database),
    ));
    let cutting = plan
        .is_notified
        .then(|| tokio::spawn(disturb::notifications(service.control_url().to_owned())));
    let running: Vec<_> = writers
        .into_iter()
        .map(|writer| tokio::spawn(writer.run()))
        .collect();
    let mut threads = Vec::new();
    for task in running {
        threads.extend(task.await?);
    }
    let faults = count::faults(service.control_url()).await?;
    database.finish(plan.kills).await;
    if let Some(cutting) = cutting {
        cutting.abort();
    }
    service.misbehave(false)?;
    // What is to be carried out late has been by now.
    tokio::time::sleep(2 * plan.late).await;
    let there = count::there(service.control_url(), &threads).await?;
    database
        .catch_up(&there, 6 * plan.lateness + Duration::from_secs(10))
        .await;
    following.abort();

    let mut report = database.report(&there);
    report.faults = faults;
    report.written = threads.iter().map(|thread| thread.writes).sum();
    report.elapsed = start.elapsed();
    Ok(report)
}

fn client(
    identity: &CommunicationIdentityClient,
    token: chat::AccessToken,
) -> Result<ChatClient, Failure> {
    let retry = RetryOptions::exponential()
        .max_retries(2)
        .initial_delay(Duration::from_millis(5))
        .max_delay(Duration::from_millis(50))
        .without_budget();
    let credential = CommunicationTokenCredential::new(token)?;
    let client = ChatClient::builder(identity.endpoint(), credential);
    Ok(client
        .retry(retry)
        .timeout(Duration::from_secs(10))
        .build()?)
}

/// Runs the service in this process; see [`soak::serve`].
///
/// # Errors
/// Those of starting it.
pub fn serve(plan: &Plan) -> Result<(), Failure> {
    let served = soak::serve(plan.fault_rate, plan.seed, plan.late);
    served.map_err(|error| error.to_string().into())
}
