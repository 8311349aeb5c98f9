//! A soak: many messages and threads through a service that misbehaves, and then a count of what
//! is there, by the service's own state.

mod control;
mod faults;
mod ledger;
mod plan;
mod progress;
mod report;
mod service;
mod verify;
mod worker;

use std::error::Error;
use std::time::Instant;

use chat::CommunicationIdentityClient;
use futures_util::future::try_join_all;
use tokio::task::JoinSet;

use ledger::Work;
use progress::Progress;
use worker::Worker;

pub(crate) use control::{faults as faults_that_struck, get};
pub use faults::serve;
pub use plan::{Misbehaviour, Plan, parse_rate};
pub use report::Report;
pub use service::Service;

/// What may go wrong on the way.
pub type Failure = Box<dyn Error + Send + Sync>;

/// Carries out the plan against the service, and counts.
///
/// # Errors
/// Those of setting up, and of reading back what is there; a plan by which nothing would be tried; a
/// service that ends, or refuses everything.
pub async fn run(plan: &Plan, service: &mut Service) -> Result<Report, Failure> {
    plan.check()?;
    let progress = Progress::new(plan, service.process_id().is_some());
    let identity =
        CommunicationIdentityClient::from_connection_string(service.connection_string())?;
    let setup = (0..plan.tasks).map(|task| Worker::new(plan, &identity, task, &progress));
    let workers = try_join_all(setup).await?;

    service.misbehave(true)?;
    let start = Instant::now();
    let control_url = service.control_url().to_owned();
    let is_there = || control::is_there(&control_url);
    let patience = plan.patience + plan.call_timeout();
    let works = tokio::select! {
        works = carry_out(workers) => works?,
        failure = progress.watch(is_there, patience) => return Err(failure),
    };
    let mut report = Report {
        elapsed: start.elapsed(),
        memory: progress.memory(),
        faults: control::faults(service.control_url()).await?,
        ..Report::default()
    };
    service.misbehave(false)?;
    // What is to be carried out late has been by now.
    tokio::time::sleep(2 * plan.faults.late).await;
    let stored = control::stored(service.control_url()).await?;
    verify::verify(&works, &stored, &mut report)?;
    Ok(report)
}

/// Has all work at the same time. What is not done ends when this is dropped.
async fn carry_out(workers: Vec<Worker>) -> Result<Vec<Work>, Failure> {
    let mut running = JoinSet::new();
    for worker in workers {
        running.spawn(worker.run());
    }
    let mut works = Vec::new();
    while let Some(work) = running.join_next().await {
        works.push(work?);
    }
    Ok(works)
}
