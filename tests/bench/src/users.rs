//! Many users in one process: what a client of another user costs, and what a watch of each does.

use std::alloc::System;
use std::time::Duration;

use chat::watch::WatchState;
use chat::{ChatClient, CommunicationTokenCredential};
use clap::Args;
use stats_alloc::{Region, StatsAlloc};
use tokio::task::JoinSet;

use crate::operation::{Outcome, Target};
use crate::usage;

#[derive(Args, Debug)]
pub(crate) struct Users {
    #[command(flatten)]
    target: Target,
    #[arg(long, default_value_t = 10_000)]
    users: usize,
    /// How many watches begin at once.
    #[arg(long, default_value_t = 10_000)]
    at_once: usize,
    /// Make the clients, and no watches.
    #[arg(long)]
    no_watches: bool,
    /// How long they follow.
    #[arg(long, default_value_t = 20)]
    seconds: u64,
}

impl Users {
    /// Prints bytes and CPU nanoseconds of a client, and the kilobytes of all with their watches.
    pub(crate) async fn run(&self, allocator: &StatsAlloc<System>) -> Outcome {
        let credential = || CommunicationTokenCredential::new(self.target.token.clone());
        let first = ChatClient::new(&self.target.endpoint, credential()?)?;
        // The connection is there, and knows how many requests it may have at once.
        let thread = first.chat_thread_client(&self.target.thread);
        thread.send_message("first").send().await?;
        let credentials: Vec<_> = (0..self.users).map(|_| credential()).collect();
        let credentials: Vec<_> = credentials.into_iter().collect::<Result<_, _>>()?;
        let mut clients = Vec::with_capacity(self.users);

        let (region, before) = (Region::new(allocator), usage::cpu()?);
        clients.extend(
            credentials
                .into_iter()
                .map(|credential| first.with_credential(credential)),
        );
        let taken = usage::cpu()?.saturating_sub(before);
        let change = region.change();
        let allocated = change
            .bytes_allocated
            .saturating_sub(change.bytes_deallocated);
        let bytes = size_of::<ChatClient>() + allocated / self.users;
        println!("client bytes {bytes}");
        println!("client cpu {}", taken.as_nanos() / self.users as u128);

        if self.no_watches {
            return Ok(());
        }
        let watches = self.watch(&clients).await?;
        tokio::time::sleep(Duration::from_secs(self.seconds)).await;
        println!("watches {}", watches.len());
        println!("peak {}", usage::memory("VmHWM")?);
        Ok(())
    }

    /// Begins a watch of each client, of a thread of its own, and waits until all follow.
    async fn watch(&self, clients: &[ChatClient]) -> Outcome<JoinSet<Outcome>> {
        let mut watches = JoinSet::new();
        for clients in clients.chunks(self.at_once) {
            let mut handles = Vec::with_capacity(clients.len());
            for client in clients {
                let thread = format!("19:{:048}@thread.v2", watches.len() + handles.len());
                let mut watch = client.chat_thread_client(thread).watch().into_stream();
                handles.push(watch.handle());
                watches.spawn(async move {
                    while watch.try_next().await?.is_some() {}
                    Ok(())
                });
            }
            for handle in handles {
                let is_settled = |state| state != WatchState::Starting;
                match handle.wait_for(is_settled).await {
                    WatchState::Following => {}
                    state => return Err(format!("a watch does not follow: {state:?}").into()),
                }
            }
        }
        Ok(watches)
    }
}
