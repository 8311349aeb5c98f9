//! What a page of many messages costs, in pages of few.

use std::time::Instant;

use serde_json::Value;

use super::Result;
use super::aim::{Aim, report};
use super::client::{Client, Target};
use super::median::median;
use super::send::{fill, runtime, seeded, threads};

const FEW_MESSAGES: usize = 1_000;
const MANY_MESSAGES: usize = 1_000_000;
const PAGE: &str = "maxPageSize=200";
const PAGES: usize = 400;
/// A page of many messages costs at most so many pages of few.
const MOST: f64 = 2.0;

/// The dearer one of the first page and one in the middle.
pub(crate) fn measure() -> Result<bool> {
    let emulator = seeded()?.start_blocking()?;
    runtime()?.block_on(async {
        let target = Target::new(&emulator);
        let (few, many) = threads(&target).await?;
        let cost = page_cost(&target, &few, &many).await?;
        let what = format!("page of 200 messages of {MANY_MESSAGES}, to one of {FEW_MESSAGES}");
        Ok(report(&what, cost, Aim::AtMost(MOST)))
    })
}

async fn page_cost(target: &Target, few: &str, many: &str) -> Result<f64> {
    fill(target, few, FEW_MESSAGES).await?;
    fill(target, many, MANY_MESSAGES).await?;
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
