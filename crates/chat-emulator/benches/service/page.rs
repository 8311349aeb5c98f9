//! What a page that is looked at costs those who send messages meanwhile.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use chat_emulator::{Emulator, Seed};
use serde_json::{Value, json};

use super::Result;
use super::aim::{Aim, report};
use super::client::{Client, Target};
use super::median::median;

const THREADS: usize = 200;
const PEOPLE: usize = 200;
const ROUNDS: usize = 7;
const ROUND: Duration = Duration::from_secs(2);
/// The slowest send while the page loads takes at most so many times the slowest one without.
const MOST: f64 = 2.0;

/// Whether sends are hardly slower while the page loads again and again.
pub(crate) fn measure() -> Result<bool> {
    let emulator = Emulator::builder()
        .seed(Seed::from_json(&seed().to_string())?)
        .control_port(0)
        .start_blocking()?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let target = Target::new(&emulator);
        let url = emulator.control_url().ok_or("no control port")?;
        let control = Target {
            address: url
                .trim_start_matches("http://")
                .trim_end_matches('/')
                .parse()?,
            token: String::new(),
        };
        let (mut with, mut without) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            without.push(slowest_send(&target).await?);
            let done = Arc::new(AtomicBool::new(false));
            let page = tokio::spawn(load(control.clone(), Arc::clone(&done)));
            with.push(slowest_send(&target).await?);
            done.store(true, Ordering::Relaxed);
            page.await??;
        }
        let (with, without) = (median(with), median(without));
        println!(
            "  slowest send {:.1} ms, {:.1} ms while the page loads",
            without * 1e3,
            with * 1e3
        );
        let ratio = with / without;
        Ok(report(
            "slowest send while the page of the emulator loads, to the slowest without",
            ratio,
            Aim::AtMost(MOST),
        ))
    })
}

fn seed() -> Value {
    let name = |number: usize| format!("user{number}");
    let users: Vec<_> = (0..PEOPLE)
        .map(|number| json!({"name": name(number)}))
        .collect();
    let others: Vec<_> = (1..PEOPLE)
        .map(|number| json!({"user": name(number)}))
        .collect();
    let thread = |number| json!({"topic": format!("{number}"), "createdBy": name(0), "participants": others});
    let threads: Vec<_> = (0..THREADS).map(thread).collect();
    json!({"users": users, "threads": threads})
}

/// In seconds.
async fn slowest_send(target: &Target) -> Result<f64> {
    let mut client = Client::connect(target).await?;
    let listed: Value = serde_json::from_slice(&client.get("/chat/threads").await?)?;
    let id = listed["value"][0]["id"].as_str().ok_or("no thread")?;
    let path = format!("/chat/threads/{id}/messages");
    let end = Instant::now() + ROUND;
    let mut slowest = Duration::ZERO;
    while Instant::now() < end {
        let start = Instant::now();
        client.send_message(&path).await?;
        slowest = slowest.max(start.elapsed());
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    Ok(slowest.as_secs_f64())
}

/// Asks for what the page asks for, as often as it does when something changes all the time.
async fn load(control: Target, done: Arc<AtomicBool>) -> Result<()> {
    let mut client = Client::connect(&control).await?;
    while !done.load(Ordering::Relaxed) {
        let threads: Value = serde_json::from_slice(&client.get("/threads").await?)?;
        let id = threads["threads"][0]["id"].as_str().ok_or("no thread")?;
        client.get(&format!("/threads/{id}")).await?;
        client.get("/users").await?;
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Ok(())
}
