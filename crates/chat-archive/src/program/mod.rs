//! The program, for those who make it part of another: what `chat-archive` does with its arguments.

mod arguments;
mod bars;
mod commands;
mod page;
mod words;

use std::ffi::OsString;
use std::io::IsTerminal;
use std::process::ExitCode;

use clap::Parser;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, filter::LevelFilter, filter::Targets};

use arguments::Arguments;

/// All was done.
const DONE: u8 = 0;
/// It could not be done.
const FAILED: u8 = 1;
/// It was done, and something is missing or wrong.
const INCOMPLETE: u8 = 3;
/// It was interrupted, as shells say it.
const INTERRUPTED: u8 = 130;

/// Does what the arguments say, the first of which is the name of the program. Gives the code with which to end.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            // That it cannot be printed is nothing that could be printed.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(FAILED));
        }
    };
    log();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build();
    let result = match runtime {
        Ok(runtime) => {
            let result = runtime.block_on(commands::carry_out(arguments));
            // What waits for the disk is not waited for after an interruption.
            runtime.shutdown_background();
            result
        }
        Err(error) => Err(error.into()),
    };
    match result {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            let mut text = error.to_string();
            let mut source = error.source();
            while let Some(cause) = source {
                text = format!("{text}: {cause}");
                source = cause.source();
            }
            eprintln!("error: {text}");
            ExitCode::from(FAILED)
        }
    }
}

/// Messages of the libraries go to stderr, if `RUST_LOG` asks for them: they would stand among the bars.
fn log() {
    let filter = std::env::var("RUST_LOG").ok();
    let filter = filter.and_then(|filter| filter.parse::<Targets>().ok());
    let filter = filter.unwrap_or_else(|| Targets::new().with_default(LevelFilter::OFF));
    let layer = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    // A program that has a log already keeps it.
    let _ = tracing_subscriber::registry()
        .with(layer.with_filter(filter))
        .try_init();
}
