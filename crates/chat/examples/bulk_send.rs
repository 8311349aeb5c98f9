//! Sends many messages as fast as a rate limit allows, without ever being refused.
//!
//! `cargo run --example bulk_send` runs against the service on this machine (the emulator). There is
//! no rate limit there unless one is asked for, so this one is made small enough to be seen. Against
//! the real service, `RateLimits::documented()` has the limits that its documentation names.

mod service;

use std::error::Error;
use std::time::{Duration, Instant};

use chat::governor::{RateGroup, RateLimits, RateScope};
use chat::{RateGovernor, Transport};

const MESSAGES: usize = 60;
const ALLOWED: u32 = 20;
const WINDOW: Duration = Duration::from_secs(1);

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let limits =
        RateLimits::none().limit(RateGroup::WriteMessages, RateScope::Thread, ALLOWED, WINDOW);
    let transport = Transport::builder().rate_governor(RateGovernor::new(limits));
    let service = service::Service::find(transport).await?;
    let (_, alice) = service.person().await?;
    let created = alice.create_chat_thread("Announcements").await?;
    let thread = alice.chat_thread_client(created.chat_thread().id());

    let begun = Instant::now();
    let texts = (1..=MESSAGES).map(|number| format!("Announcement {number}"));
    let mut outcomes = thread
        .send_messages_iter(texts)
        .concurrency(8)
        .into_stream();
    let (mut sent, mut failed) = (0, 0);
    while let Some(outcome) = outcomes.next().await {
        match outcome {
            Ok(_) => sent += 1,
            Err(error) => {
                failed += 1;
                println!("One was not sent: {error}");
            }
        }
    }
    println!(
        "{sent} messages sent and {failed} not, in {:.1} seconds: {ALLOWED} in any {} s are allowed.",
        begun.elapsed().as_secs_f64(),
        WINDOW.as_secs(),
    );
    Ok(())
}
