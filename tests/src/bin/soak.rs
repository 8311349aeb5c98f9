//! `cargo run --release -p chat-tests --bin soak -- --help`

use std::process::{Command, ExitCode};
use std::time::Duration;

use chat_tests::soak::{Failure, Plan, Service, run, serve};
use clap::Parser;

/// Sends messages and creates threads through a service that misbehaves, and counts what is there
/// afterwards: nothing may be lost, doubled or out of order.
#[derive(Clone, Debug, Parser)]
struct Arguments {
    /// How many messages are sent, each to be stored exactly once
    #[arg(long, default_value_t = 100_000)]
    sends: usize,
    /// How many threads are created
    #[arg(long, default_value_t = 10_000)]
    threads: usize,
    /// How many tasks do it, each as a user of its own
    #[arg(long, default_value_t = 64)]
    tasks: usize,
    /// Which share of requests is hit by a fault, from 0 to 1
    #[arg(long, default_value_t = 0.3)]
    fault_rate: f64,
    /// The seed of the faults
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The time the client waits for a message to turn up, in milliseconds
    #[arg(long, default_value_t = 500)]
    settle_ms: u64,
    /// The time after which the service carries out late requests and up to which its lists lag, in
    /// milliseconds; beyond the settle time, doublings happen, and every one has to be reported
    #[arg(long, default_value_t = 200)]
    late_ms: u64,
    /// Run the misbehaving service itself
    #[arg(long, hide = true)]
    serve: bool,
}

fn main() -> Result<ExitCode, Failure> {
    let arguments = Arguments::parse();
    let late = Duration::from_millis(arguments.late_ms);
    if arguments.serve {
        serve(arguments.fault_rate, arguments.seed, late).map_err(|error| error.to_string())?;
        return Ok(ExitCode::SUCCESS);
    }
    let plan = Plan {
        sends: arguments.sends,
        threads: arguments.threads,
        tasks: arguments.tasks,
        fault_rate: arguments.fault_rate,
        seed: arguments.seed,
        settle: Duration::from_millis(arguments.settle_ms),
        late,
    };
    println!("{plan:#?}");
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("--serve");
    command.args(["--fault-rate", &plan.fault_rate.to_string()]);
    command.args(["--seed", &plan.seed.to_string()]);
    command.args(["--late-ms", &arguments.late_ms.to_string()]);
    let mut service = Service::elsewhere(command)?;
    let report = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?
        .block_on(run(&plan, &mut service))?;
    println!("{report}");
    let is_well = match plan.is_within_bounds() {
        true => report.is_clean(),
        false => report.unreported == 0 && report.lost == 0,
    };
    Ok(if is_well {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
