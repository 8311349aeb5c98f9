//! Makes requests by the library or by hand, as many as it is told to, to a server that does
//! nothing. `cargo xtask bench` runs it and counts what the requests cost.

mod bodies;
mod by_hand;
mod library;
mod operation;
mod stub;

use std::alloc::System;
use std::error::Error;

use clap::{Parser, ValueEnum};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

use operation::Operation;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

#[derive(Debug, Parser)]
enum Arguments {
    /// Serve canned responses, and print the address.
    Stub,
    /// Make requests one after the other, and print how many allocations each took.
    Run {
        /// What makes them.
        client: Client,
        operation: Operation,
        /// How many are counted; before them come as many again in a tenth.
        count: u32,
        /// Where the stub listens.
        endpoint: String,
    },
    /// Print the sizes of types and futures, in bytes.
    Sizes,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Client {
    /// reqwest and serde, no more than it takes.
    ByHand,
    /// As by hand, with a timeout, a request id, encoded ids, and the head of the response kept.
    ByHandComplete,
    /// The library as it comes.
    Chat,
}

fn main() -> Result<(), Box<dyn Error>> {
    match Arguments::parse() {
        Arguments::Stub => stub::serve(),
        Arguments::Sizes => library::print_sizes(),
        Arguments::Run {
            client,
            operation,
            count,
            endpoint,
        } => {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()?;
            let allocations = runtime.block_on(run(client, operation, count, &endpoint))?;
            println!("{allocations}");
            Ok(())
        }
    }
}

/// Makes the requests, and gives how many allocations each took.
async fn run(
    client: Client,
    operation: Operation,
    count: u32,
    endpoint: &str,
) -> Result<usize, Box<dyn Error>> {
    // The first requests make the connection and fill what is filled once.
    let warm_up = count.div_ceil(10);
    let region;
    match client {
        Client::Chat => {
            let client = library::Client::new(endpoint)?;
            client.repeat(operation, warm_up).await?;
            region = Region::new(ALLOCATOR);
            client.repeat(operation, count).await?;
        }
        Client::ByHand | Client::ByHandComplete => {
            let is_complete = client == Client::ByHandComplete;
            let client = by_hand::Client::new(endpoint, is_complete);
            client.repeat(operation, warm_up).await?;
            region = Region::new(ALLOCATOR);
            client.repeat(operation, count).await?;
        }
    }
    Ok(region.change().allocations / usize::try_from(count.max(1))?)
}
