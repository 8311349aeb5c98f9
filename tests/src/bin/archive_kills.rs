//! `cargo run --release -p chat-tests --bin archive_kills -- --help`

use std::process::{Command, ExitCode};

use chat_tests::archive::{Plan, Size, run};
use clap::Parser;

/// The first argument with which this program is `chat-archive`.
const PROGRAM: &str = "chat-archive";

/// Exports conversations while requests fail and the program is killed again and again, and compares the archive
/// with the emulator's own state, byte by byte.
#[derive(Debug, Parser)]
struct Arguments {
    /// How many users there are
    #[arg(long, default_value_t = 100)]
    users: usize,
    /// How many threads there are
    #[arg(long, default_value_t = 300)]
    threads: usize,
    /// About how many messages there are
    #[arg(long, default_value_t = 100_000)]
    messages: usize,
    /// Which share of requests is hit by a fault, from 0 to 1
    #[arg(long, default_value_t = 0.3)]
    fault_rate: f64,
    /// How often the program is killed
    #[arg(long, default_value_t = 50)]
    kills: usize,
    /// How many requests it makes at the most before it is killed
    #[arg(long, default_value_t = 150)]
    requests: usize,
    /// The seed of faults and times
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

fn main() -> Result<ExitCode, Box<dyn std::error::Error>> {
    let mut arguments = std::env::args_os().skip(1).peekable();
    if arguments.peek().is_some_and(|first| first == PROGRAM) {
        return Ok(chat_archive::program::run(arguments));
    }
    let arguments = Arguments::parse();
    let plan = Plan {
        size: Size {
            users: arguments.users,
            threads: arguments.threads,
            messages: arguments.messages,
        },
        fault_rate: arguments.fault_rate,
        kills: arguments.kills,
        requests: arguments.requests,
        seed: arguments.seed,
    };
    println!("{plan:#?}");
    let program = std::env::current_exe()?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let report = runtime.block_on(run(plan, || {
        let mut command = Command::new(&program);
        command.arg(PROGRAM);
        command
    }));
    println!("{report}");
    Ok(match report.is_clean() {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
}
