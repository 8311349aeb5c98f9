//! How fast the emulator is, compared with what it cannot be faster than.
//!
//! `cargo bench -p chat-emulator` measures both ratios that the README names and ends with an error if one
//! of them is missed. Clients and servers share the machine. With an argument it measures something else:
//! `restore` how long a restore and a reset take with a data file, `page` what a page that is looked at costs.
//!
//! ```sh
//! cargo bench -p chat-emulator --bench service -- restore
//! ```

mod bare;
mod client;
mod data;
mod median;
mod page;
mod restore;

use std::error::Error;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use chat_emulator::{Emulator, Seed};
use serde_json::Value;

use bare::BareServer;
use client::{Client, Target};
use data::TemporaryFile;
use median::median;

/// Connections that send messages at once.
const CONNECTIONS: usize = 32;
const ROUNDS: usize = 7;
const ROUND: Duration = Duration::from_secs(2);
/// The emulator sends at least so many messages for each answer of a bare server.
const LEAST_THROUGHPUT: f64 = 0.5;

const FEW_MESSAGES: usize = 1_000;
const MANY_MESSAGES: usize = 1_000_000;
const PAGE: &str = "maxPageSize=200";
const PAGES: usize = 400;
/// A page of many messages costs at most so many pages of few.
const MOST_PAGE_COST: f64 = 2.0;

const SEED: &str = r#"{
    "users": [{"name": "alice"}],
    "threads": [
        {"topic": "few", "createdBy": "alice"},
        {"topic": "many", "createdBy": "alice"}
    ]
}"#;

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<bool> {
    for argument in std::env::args() {
        match argument.as_str() {
            "page" => return page::measure(),
            "restore" => return restore::measure(),
            _ => {}
        }
    }
    let emulator = Emulator::builder()
        .seed(Seed::from_json(SEED)?)
        .start_blocking()?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let target = Target::new(&emulator);
        let (few, many) = threads(&target).await?;
        let (throughput, sent) = throughput(&target, &many).await?;
        with_data_file().await?;
        let page_cost = page_cost(&target, (&few, &many), sent).await?;
        Ok(report(
            "send message, of a bare server",
            throughput,
            throughput >= LEAST_THROUGHPUT,
        ) & report(
            "page of 200, many to few",
            page_cost,
            page_cost <= MOST_PAGE_COST,
        ))
    })
}

fn report(what: &str, ratio: f64, good: bool) -> bool {
    println!(
        "{what}: {ratio:.2} {}",
        if good { "(good)" } else { "(MISSED)" }
    );
    good
}

/// The paths of the two threads of the seed.
async fn threads(target: &Target) -> Result<(String, String)> {
    let mut client = Client::connect(target).await?;
    let listed: Value = serde_json::from_slice(&client.get("/chat/threads").await?)?;
    let path = |topic| {
        let threads = listed["value"].as_array()?;
        let thread = threads.iter().find(|thread| thread["topic"] == topic)?;
        Some(format!("/chat/threads/{}/messages", thread["id"].as_str()?))
    };
    path("few").zip(path("many")).ok_or("no threads".into())
}

/// The emulator's messages for each answer of a bare server, and how many messages that made.
async fn throughput(target: &Target, path: &str) -> Result<(f64, usize)> {
    let bare = BareServer::start()?;
    let bare = Target {
        address: bare.address,
        token: target.token.clone(),
    };
    let (mut ratios, mut sent) = (Vec::new(), 0);
    // In turns, so that what else the machine does befalls both.
    for _ in 0..ROUNDS {
        let emulator = send_for(target, path, ROUND).await?;
        let bare = send_for(&bare, path, ROUND).await?;
        sent += emulator;
        let seconds = ROUND.as_secs_f64();
        println!(
            "  {:>7.0} messages/s, a bare server {:>7.0} answers/s",
            emulator as f64 / seconds,
            bare as f64 / seconds,
        );
        ratios.push(emulator as f64 / bare as f64);
    }
    Ok((median(ratios), sent))
}

/// Says how many messages a second are answered when each has to be on the disk before.
async fn with_data_file() -> Result<()> {
    let file = TemporaryFile::new();
    let emulator = Emulator::builder()
        .seed(Seed::from_json(SEED)?)
        .data(file.path())
        .start()
        .await?;
    let target = Target::new(&emulator);
    let (_, path) = threads(&target).await?;
    let sent = send_for(&target, &path, ROUND).await?;
    let seconds = ROUND.as_secs_f64();
    println!(
        "  {:>7.0} messages/s with a data file",
        sent as f64 / seconds
    );
    emulator.shutdown().await;
    Ok(())
}

/// How many messages are answered in a time, over all connections.
async fn send_for(target: &Target, path: &str, time: Duration) -> Result<usize> {
    let end = Instant::now() + time;
    send_while(target, path, move |_| Instant::now() < end).await
}

/// Sends over all connections as long as `more` says so of the number each has sent.
async fn send_while(
    target: &Target,
    path: &str,
    more: impl Fn(usize) -> bool + Clone + Send + 'static,
) -> Result<usize> {
    let mut workers = Vec::new();
    for _ in 0..CONNECTIONS {
        let mut client = Client::connect(target).await?;
        let (path, more) = (path.to_owned(), more.clone());
        workers.push(tokio::spawn(async move {
            let mut sent = 0;
            while more(sent) {
                client.send_message(&path).await?;
                sent += 1;
            }
            Ok::<_, Box<dyn Error + Send + Sync>>(sent)
        }));
    }
    let mut sent = 0;
    for worker in workers {
        sent += worker.await??;
    }
    Ok(sent)
}

/// What a page of many messages costs, in pages of few: the dearer one of the first page and one in the
/// middle.
async fn page_cost(target: &Target, (few, many): (&str, &str), sent: usize) -> Result<f64> {
    fill(target, few, FEW_MESSAGES).await?;
    fill(target, many, MANY_MESSAGES.saturating_sub(sent)).await?;
    let mut client = Client::connect(target).await?;
    let first = |path: &str| format!("{path}?{PAGE}");
    let middle_of_few = page_after(&mut client, first(few), FEW_MESSAGES / 2).await?;
    let middle_of_many = page_after(&mut client, first(many), MANY_MESSAGES / 2).await?;
    let mut dearest = 0.0_f64;
    for (name, few, many) in [
        ("first", first(few), first(many)),
        ("middle", middle_of_few, middle_of_many),
    ] {
        let (mut of_few, mut of_many) = (Vec::new(), Vec::new());
        for _ in 0..PAGES {
            of_few.push(cost(&mut client, &few).await?);
            of_many.push(cost(&mut client, &many).await?);
        }
        let (of_few, of_many) = (median(of_few), median(of_many));
        println!(
            "  {name} page of {MANY_MESSAGES}: {:.0} µs, of {FEW_MESSAGES}: {:.0} µs",
            of_many * 1e6,
            of_few * 1e6,
        );
        dearest = dearest.max(of_many / of_few);
    }
    Ok(dearest)
}

/// Sends so many messages.
async fn fill(target: &Target, path: &str, messages: usize) -> Result<()> {
    let each = messages.div_ceil(CONNECTIONS);
    send_while(target, path, move |sent| sent < each).await?;
    Ok(())
}

/// The link to the page after so many messages.
async fn page_after(client: &mut Client, mut target: String, messages: usize) -> Result<String> {
    for _ in 0..messages / 200 {
        let page: Value = serde_json::from_slice(&client.get(&target).await?)?;
        let link: http::Uri = page["nextLink"].as_str().ok_or("no more pages")?.parse()?;
        target = link.path_and_query().ok_or("no link")?.to_string();
    }
    Ok(target)
}

/// The seconds that a page takes.
async fn cost(client: &mut Client, target: &str) -> Result<f64> {
    let start = Instant::now();
    let page = client.get(target).await?;
    let seconds = start.elapsed().as_secs_f64();
    let messages = page
        .windows(14)
        .filter(|part| part == b"\"sequenceId\":\"")
        .count();
    if messages == 200 {
        Ok(seconds)
    } else {
        Err(format!("a page of {messages} messages").into())
    }
}
