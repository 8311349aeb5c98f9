//! `cargo run --release -p chat-tests --bin follow_soak -- --help`

use std::path::PathBuf;
use std::process::{Command, ExitCode};
use std::time::Duration;

use chat_tests::following::{How, Plan, follow, run};
use chat_tests::soak::{Failure, Misbehaviour, Service, parse_rate, serve};
use clap::Parser;

/// Follows all threads of a user while others write, through a service that misbehaves, in a process that is
/// killed again and again. Counts against the service's own state: nothing may be missed or doubled.
#[derive(Clone, Debug, Parser)]
struct Arguments {
    /// How many threads are followed
    #[arg(long, default_value_t = 200)]
    threads: usize,
    /// How many users write
    #[arg(long, default_value_t = 20)]
    writers: usize,
    /// How often they write in all
    #[arg(long, default_value_t = 10_000)]
    writes: usize,
    /// How often the process that follows is killed
    #[arg(long, default_value_t = 20)]
    kills: usize,
    /// Which share of requests, and of notifications, is hit by a fault: more than 0, up to 1
    #[arg(long, default_value_t = 0.33, value_parser = parse_rate)]
    fault_rate: f64,
    /// The seed of the faults
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How late the service carries out what it carries out late, and how far its lists lag, in
    /// milliseconds
    #[arg(long, default_value_t = 200)]
    late_ms: u64,
    /// How long the follower looks for what turns up late, in milliseconds
    #[arg(long, default_value_t = 5_000)]
    lateness_ms: u64,
    /// Whether notifications ring the follower, over connections that are cut all the time
    #[arg(long)]
    notified: bool,
    /// Run the misbehaving service itself
    #[arg(long, hide = true)]
    serve: bool,
    /// Follow, and commit to this file
    #[arg(long, hide = true)]
    follow: Option<PathBuf>,
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
        threads: arguments.threads,
        writers: arguments.writers,
        writes: arguments.writes,
        kills: arguments.kills,
        faults,
        how: How {
            lateness: Duration::from_millis(arguments.lateness_ms),
            is_notified: arguments.notified,
        },
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    if let Some(file) = arguments.follow {
        runtime.block_on(follow(plan.how, &file))?;
        return Ok(ExitCode::SUCCESS);
    }
    println!("{plan:#?}");
    let program = std::env::current_exe()?;
    let mut command = Command::new(&program);
    command.arg("--serve");
    command.args(["--fault-rate", &faults.rate.to_string()]);
    command.args(["--seed", &faults.seed.to_string()]);
    command.args(["--late-ms", &arguments.late_ms.to_string()]);
    let mut service = Service::elsewhere(command)?;
    let report = runtime.block_on(run(&plan, &mut service, || Command::new(&program)))?;
    println!("{report}");
    Ok(match report.is_clean() {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
}
