//! Streams a long history and says how much memory that took at most (Linux only):
//!
//! `cargo run --release -p chat-tests --bin history_memory -- [MESSAGES]`, 1,000,000 unless it is
//! said otherwise. Fails at 50 MB. A second process of the same program serves the history.

use std::error::Error;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::time::Instant;
use std::{env, fs, thread};

use chat::{ChatClient, CommunicationTokenCredential};
use chat_tests::mock::{MESSAGES_PATH, THREAD, TOKEN, message};

const PAGE: u64 = 200;

const LIMIT_KB: u64 = 50_000;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    match arguments.next().as_deref() {
        Some("serve") => serve(arguments.next().ok_or("how many?")?.parse()?),
        count => read(count.map_or(Ok(1_000_000), str::parse)?),
    }
}

fn read(count: u64) -> Result<(), Box<dyn Error>> {
    let mut server = Command::new(env::current_exe()?)
        .args(["serve", &count.to_string()])
        .stdout(Stdio::piped())
        .spawn()?;
    let mut endpoint = String::new();
    if let Some(output) = server.stdout.take() {
        BufReader::new(output).read_line(&mut endpoint)?;
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let started = Instant::now();
    let outcome = runtime.block_on(stream(endpoint.trim(), count));
    server.kill()?;
    server.wait()?;
    outcome?;
    let peak = peak_kb()?;
    println!(
        "{count} messages in {:?}, {peak} kB at most",
        started.elapsed()
    );
    match peak < LIMIT_KB {
        true => Ok(()),
        false => Err(format!("more than {LIMIT_KB} kB").into()),
    }
}

async fn stream(endpoint: &str, count: u64) -> Result<(), Box<dyn Error>> {
    let client = ChatClient::new(endpoint, CommunicationTokenCredential::new(TOKEN)?)?;
    let list = client.chat_thread_client(THREAD).list_messages();
    let mut messages = list.prefetch().into_stream();
    let mut expected = count;
    while let Some(message) = messages.try_next().await? {
        if message.sequence_id().as_u64() != Some(expected) {
            return Err(format!("{} is not {expected}", message.sequence_id()).into());
        }
        expected -= 1;
    }
    match expected {
        0 => Ok(()),
        missing => Err(format!("{missing} are missing").into()),
    }
}

/// The most memory this process has had, of all kinds.
fn peak_kb() -> Result<u64, Box<dyn Error>> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next());
    Ok(kilobytes.ok_or("the system does not say")?.parse()?)
}

fn serve(count: u64) -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let endpoint = format!("http://{}", listener.local_addr()?);
    println!("{endpoint}");
    for connection in listener.incoming() {
        let (connection, endpoint) = (connection?, endpoint.clone());
        // A connection that breaks is the other side's to notice.
        thread::spawn(move || answer(&connection, &endpoint, count));
    }
    Ok(())
}

fn answer(mut connection: &TcpStream, endpoint: &str, count: u64) -> std::io::Result<()> {
    let mut lines = BufReader::new(connection).lines();
    loop {
        let Some(request) = lines.next().transpose()? else {
            return Ok(());
        };
        while lines
            .next()
            .transpose()?
            .is_some_and(|line| !line.is_empty())
        {}
        let state = request.split_once("syncState=").map(|(_, state)| state);
        let newest = state.and_then(|state| state.split([' ', '&']).next()?.parse().ok());
        let body = page(endpoint, newest.unwrap_or(count));
        let length = body.len();
        // In one piece: the system holds back a small one that follows another.
        let response = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
        );
        connection.write_all(response.as_bytes())?;
    }
}

fn page(endpoint: &str, newest: u64) -> String {
    let next = newest.saturating_sub(PAGE);
    let messages: Vec<_> = (next + 1..=newest)
        .rev()
        .map(|place| {
            let mut message = message(&(1_600_000_000_000 + place).to_string());
            message["sequenceId"] = place.to_string().into();
            message
        })
        .collect();
    let mut page = serde_json::json!({ "value": messages });
    if next > 0 {
        page["nextLink"] = format!("{endpoint}{MESSAGES_PATH}?syncState={next}").into();
    }
    page.to_string()
}
