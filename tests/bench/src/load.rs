//! Many requests from many tasks, and what they cost: CPU time and memory.

use std::sync::Arc;

use clap::Args;
use tokio::task::JoinSet;

use crate::client::{Client, Kind};
use crate::operation::{Operation, Outcome, Target};
use crate::usage;

#[derive(Args, Debug)]
pub(crate) struct Load {
    client: Kind,
    operation: Operation,
    /// How many requests are counted.
    count: u32,
    #[command(flatten)]
    target: Target,
    /// How many requests there are at once.
    #[arg(long, default_value_t = 1)]
    tasks: u32,
}

impl Load {
    /// Prints the CPU nanoseconds of a request, and the most memory there was in kilobytes.
    pub(crate) async fn run(&self) -> Outcome {
        let client = Arc::new(Client::new(self.client, &self.target)?);
        // The first connection learns how many requests it may have at once.
        client.repeat(self.operation, 1).await?;
        // Half as many again before: each task is measured with a connection that is there.
        let each = self.count.div_ceil(self.tasks);
        self.all(&client, each.div_ceil(2)).await?;
        let before = usage::cpu()?;
        self.all(&client, each).await?;
        let taken = usage::cpu()?.saturating_sub(before);
        let requests = u128::from(each) * u128::from(self.tasks);
        println!("cpu {}", taken.as_nanos() / requests);
        println!("peak {}", usage::memory("VmHWM")?);
        Ok(())
    }

    /// Makes so many requests in each task.
    async fn all(&self, client: &Arc<Client>, each: u32) -> Outcome {
        let mut tasks = JoinSet::new();
        for _ in 0..self.tasks {
            let (client, operation) = (Arc::clone(client), self.operation);
            tasks.spawn(async move { client.repeat(operation, each).await });
        }
        while let Some(finished) = tasks.join_next().await {
            finished??;
        }
        Ok(())
    }
}

/// Sends one message, and prints the CPU nanoseconds since the process was started.
pub(crate) async fn first(kind: Kind, target: &Target) -> Outcome {
    Client::new(kind, target)?
        .repeat(Operation::Send, 1)
        .await?;
    println!("cpu {}", usage::cpu()?.as_nanos());
    Ok(())
}
