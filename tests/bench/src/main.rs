//! Makes requests by the library or by hand, as many as it is told to. `cargo xtask bench` runs it
//! and counts what the requests cost.

mod bodies;
mod by_hand;
mod client;
mod library;
mod load;
mod operation;
mod stub;
mod usage;
mod users;

use std::alloc::System;

use clap::{Parser, ValueEnum};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use tokio::runtime::{Builder, Runtime};

use client::{Client, Kind};
use load::Load;
use operation::{Operation, Outcome, Target};
use users::Users;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

#[derive(Debug, Parser)]
struct Arguments {
    /// What the requests are made on.
    #[arg(long, global = true, value_enum, default_value_t = Threads::One)]
    threads: Threads,
    #[command(subcommand)]
    task: Task,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Threads {
    One,
    /// As many as the machine has cores.
    #[cfg(feature = "many")]
    Many,
}

#[derive(Debug, Parser)]
enum Task {
    /// Serve canned responses, and print the address.
    Stub,
    /// Make requests one after the other, and print how many allocations each took.
    Run {
        /// What makes them.
        client: Kind,
        operation: Operation,
        /// How many are counted; before them come as many again in a tenth.
        count: u32,
        #[command(flatten)]
        target: Target,
    },
    /// Make requests at once, and print their CPU time and the memory they took.
    Load(Load),
    /// Send one message, and print the CPU time since the process was started.
    First {
        client: Kind,
        #[command(flatten)]
        target: Target,
    },
    /// Act for many users, and print what that takes.
    Users(Users),
    /// Print the sizes of types and futures, in bytes.
    Sizes,
}

fn main() -> Outcome {
    let Arguments { threads, task } = Arguments::parse();
    match task {
        Task::Stub => stub::serve(),
        Task::Sizes => library::print_sizes(),
        Task::Run {
            client,
            operation,
            count,
            target,
        } => {
            let run = run(client, operation, count, &target);
            println!("{}", runtime(threads)?.block_on(run)?);
            Ok(())
        }
        Task::Load(load) => runtime(threads)?.block_on(load.run()),
        Task::First { client, target } => runtime(threads)?.block_on(load::first(client, &target)),
        Task::Users(users) => runtime(threads)?.block_on(users.run(ALLOCATOR)),
    }
}

fn runtime(threads: Threads) -> std::io::Result<Runtime> {
    let mut builder = match threads {
        Threads::One => Builder::new_current_thread(),
        #[cfg(feature = "many")]
        Threads::Many => Builder::new_multi_thread(),
    };
    builder.enable_all().build()
}

/// Makes the requests, and gives how many allocations each took.
async fn run(client: Kind, operation: Operation, count: u32, target: &Target) -> Outcome<usize> {
    let client = Client::new(client, target)?;
    // The first requests make the connection and fill what is filled once.
    client.repeat(operation, count.div_ceil(10)).await?;
    let region = Region::new(ALLOCATOR);
    client.repeat(operation, count).await?;
    Ok(region.change().allocations / usize::try_from(count.max(1))?)
}
