//! The rate governor against a service that enforces the documented limits: bulk work without a
//! single refusal. It takes the ten seconds of the service's shortest window.

use std::time::Instant;

use chat::governor::RateLimits;
use chat::models::TokenScope;
use chat::{
    ChatClient, CommunicationIdentityClient, CommunicationTokenCredential, RateGovernor,
    RetryOptions,
};
use chat_emulator::{Emulator, EnforcedLimits};
use futures_util::future::try_join_all;
use futures_util::{TryStreamExt, stream};

#[tokio::test]
async fn bulk_work_runs_as_fast_as_it_may_without_a_single_429() {
    let builder = Emulator::builder().limits(EnforcedLimits::Service);
    let emulator = builder.start().await.unwrap();
    let connection_string = emulator.connection_string();
    let identity = CommunicationIdentityClient::from_connection_string(&connection_string).unwrap();
    let (_, token) = identity
        .create_user_and_token([TokenScope::Chat])
        .await
        .unwrap();
    let governor = RateGovernor::new(RateLimits::documented());
    let credential = CommunicationTokenCredential::new(token).unwrap();
    let client = ChatClient::builder(identity.endpoint(), credential)
        .rate_governor(&governor)
        // A refusal would be an error.
        .retry(RetryOptions::none())
        .build()
        .unwrap();

    let start = Instant::now();
    let threads = try_join_all((0..5).map(|n| client.create_chat_thread(n.to_string()).send()));
    let threads = threads.await.unwrap();
    let sends = threads.iter().map(|created| {
        let thread = client.chat_thread_client(created.chat_thread().id());
        let numbers = stream::iter((0..12).map(|n| n.to_string()));
        let sent = thread.send_messages(numbers).concurrency(4).into_stream();
        sent.try_collect::<Vec<_>>()
    });
    let sent = try_join_all(sends).await.unwrap();

    // Ten at once in each thread, and the others when the first ten are ten seconds old.
    assert_eq!(sent.iter().map(Vec::len).sum::<usize>(), 60);
    assert!(
        (9..20).contains(&start.elapsed().as_secs()),
        "{:?}",
        start.elapsed()
    );
    assert!(
        emulator
            .journal()
            .iter()
            .all(|entry| entry.service_status() != Some(429))
    );
}
