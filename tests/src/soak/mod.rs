//! A soak: many messages and threads through a service that misbehaves, and then a count of what
//! is there.

mod faults;
mod service;
mod verify;
mod worker;

use std::error::Error;
use std::fmt;
use std::time::{Duration, Instant};

use chat::CommunicationIdentityClient;
use futures_util::future::try_join_all;

pub use faults::serve;
pub use service::Service;

/// What may go wrong on the way.
pub type Failure = Box<dyn Error + Send + Sync>;

/// What is done, and what is done to it.
#[derive(Clone, Debug)]
pub struct Plan {
    /// How many messages are sent in all.
    pub sends: usize,
    /// How many threads are created in all.
    pub threads: usize,
    /// How many tasks do it, each as a user of its own.
    pub tasks: usize,
    /// Which share of requests is hit by a fault, from 0 to 1.
    pub fault_rate: f64,
    /// The seed of the faults.
    pub seed: u64,
    /// How long after contact was lost the client reckons with late execution.
    pub settle: Duration,
    /// How long after contact was lost the service carries out what it carries out late, and how
    /// far its lists lag.
    pub late: Duration,
}

impl Plan {
    /// Whether the service keeps within what the client reckons with.
    #[must_use]
    pub fn is_within_bounds(&self) -> bool {
        self.late < self.settle
    }
}

/// What came of it.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Messages that should be there and are not.
    pub lost: usize,
    /// Copies of messages beyond the first.
    pub doubled: usize,
    /// Copies that the client has not reported.
    pub unreported: usize,
    /// Messages that lie before one that was sent earlier by the same task to the same thread.
    pub out_of_order: usize,
    /// Threads that should be there and are not.
    pub lost_threads: usize,
    /// Threads that are there more than once.
    pub doubled_threads: usize,
    /// How often a message was sent again because it had not turned up.
    pub resends: u64,
    /// How many attempts all calls took, with the searches for messages.
    pub attempts: u64,
    /// How often the caller had to begin again with the same key or token.
    pub begun_again: u64,
    /// How long it took.
    pub elapsed: Duration,
    /// Resident memory of the client's process after a tenth of the work and at its end, in KiB;
    /// nothing where it can't be told, or the service is in the same process.
    pub memory: Option<(u64, u64)>,
}

impl Report {
    /// Whether nothing is lost, doubled or out of order.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        [
            self.lost,
            self.doubled,
            self.out_of_order,
            self.lost_threads,
            self.doubled_threads,
        ]
        .iter()
        .all(|count| *count == 0)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "messages: {} lost, {} doubled ({} unreported), {} out of order",
            self.lost, self.doubled, self.unreported, self.out_of_order
        )?;
        writeln!(
            f,
            "threads: {} lost, {} doubled",
            self.lost_threads, self.doubled_threads
        )?;
        writeln!(
            f,
            "{} attempts, {} resends, {} begun again, {:.1} s",
            self.attempts,
            self.resends,
            self.begun_again,
            self.elapsed.as_secs_f64()
        )?;
        match self.memory {
            Some((early, late)) => write!(
                f,
                "memory: {early} KiB after a tenth, {late} KiB at the end"
            ),
            None => write!(f, "memory: not measured"),
        }
    }
}

/// Carries out the plan against the service, and counts.
///
/// # Errors
/// Those of setting up, and of reading back what is there.
pub async fn run(plan: &Plan, service: &mut Service) -> Result<Report, Failure> {
    let identity =
        CommunicationIdentityClient::from_connection_string(service.connection_string())?;
    let setup = (0..plan.tasks).map(|task| worker::Worker::new(plan, &identity, task));
    let workers = try_join_all(setup).await?;
    let progress = service.progress(plan);

    service.misbehave(true)?;
    let start = Instant::now();
    // All begin before any is waited for.
    let running: Vec<_> = workers
        .into_iter()
        .map(|worker| tokio::spawn(worker.run(progress.clone())))
        .collect();
    let mut finished = Vec::new();
    for task in running {
        finished.push(task.await?);
    }
    let mut report = Report {
        elapsed: start.elapsed(),
        memory: progress.memory(),
        ..Report::default()
    };
    service.misbehave(false)?;
    // What is to be carried out late has been by now.
    tokio::time::sleep(2 * plan.late).await;
    for work in finished {
        verify::verify(work, &mut report).await?;
    }
    Ok(report)
}
