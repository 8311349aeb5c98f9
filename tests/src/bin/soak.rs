//! `cargo run --release -p chat-tests --bin soak -- --help`

use std::process::{Command, ExitCode};
use std::time::Duration;

use chat_tests::soak::{Failure, Misbehaviour, Plan, Service, parse_rate, run, serve};
use clap::Parser;

/// Sends messages and creates threads through a service that misbehaves, and counts in the service's
/// own state what is there afterwards: nothing may be lost, doubled or out of order.
///
/// It fails, too, when nothing was sent or no fault struck, when the service ends, and when nothing
/// comes to an end any more.
#[derive(Clone, Debug, Parser)]
struct Arguments {
    /// How many messages are sent, each to be stored exactly once
    #[arg(long, default_value_t = 100_000)]
    sends: usize,
    /// How many threads are created, at least one by each task
    #[arg(long, default_value_t = 10_000)]
    threads: usize,
    /// How many tasks do it, each in threads of its own
    #[arg(long, default_value_t = 64)]
    tasks: usize,
    /// How many users write to each thread at the same time
    #[arg(long, default_value_t = 3)]
    writers: usize,
    /// Which share of requests is hit by a fault: more than 0, up to 1
    #[arg(long, default_value_t = 0.3, value_parser = parse_rate)]
    fault_rate: f64,
    /// The seed of the faults
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The time the client waits for a message to turn up, in milliseconds
    #[arg(long, default_value_t = 500)]
    settle_ms: u64,
    /// The time after which the service carries out late requests and up to which its lists lag, in
    /// milliseconds; beyond the settle time, doublings happen, and the client has to have said of each
    /// that it could
    #[arg(long, default_value_t = 200)]
    late_ms: u64,
    /// How long nothing may come to an end before it fails, in seconds, beside the time that a call may
    /// take
    #[arg(long, default_value_t = 60)]
    patience_s: u64,
    /// Run the misbehaving service itself
    #[arg(long, hide = true)]
    serve: bool,
}

fn main() -> Result<ExitCode, Failure> {
    let arguments = Arguments::parse();
    let faults = Misbehaviour {
        rate: arguments.fault_rate,
        seed: arguments.seed,
        late: Duration::from_millis(arguments.late_ms),
    };
    if arguments.serve {
        serve(faults).map_err(|error| error.to_string())?;
        return Ok(ExitCode::SUCCESS);
    }
    let plan = Plan {
        sends: arguments.sends,
        threads: arguments.threads,
        tasks: arguments.tasks,
        writers: arguments.writers,
        faults,
        settle: Duration::from_millis(arguments.settle_ms),
        patience: Duration::from_secs(arguments.patience_s),
    };
    println!("{plan:#?}");
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("--serve");
    command.args(["--fault-rate", &faults.rate.to_string()]);
    command.args(["--seed", &faults.seed.to_string()]);
    command.args(["--late-ms", &arguments.late_ms.to_string()]);
    let mut service = Service::elsewhere(command)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let report = match runtime.block_on(run(&plan, &mut service)) {
        Ok(report) => report,
        Err(failure) => {
            eprintln!("failed: {failure}");
            return Ok(ExitCode::FAILURE);
        }
    };
    println!("{report}");
    let failures = report.failures(&plan);
    for failure in &failures {
        eprintln!("failed: {failure}");
    }
    Ok(match failures.is_empty() {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
}
