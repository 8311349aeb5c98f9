//! The program, as it is started: how soon it answers, and how much memory it takes.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use super::Result;
use super::aim::{Aim, report};
use super::client::{Client, Target};
use super::data::TemporaryFile;
use super::median::median;
use super::send::{SEED, fill, runtime, threads};

const MESSAGES: usize = 1_000_000;
/// In megabytes.
const MOST_MEMORY: f64 = 600.0;

const STARTS: usize = 41;
/// In seconds.
const MOST_TIME: f64 = 0.030;

/// The program. It is ended with this.
struct Program {
    process: Child,
    target: Target,
    _seed: TemporaryFile,
}

impl Program {
    /// Starts it with a seed, in memory, and waits until it says where it is.
    fn start() -> Result<Self> {
        let seed = TemporaryFile::new("seed.json");
        std::fs::write(seed.path(), SEED)?;
        let mut process = Command::new(env!("CARGO_BIN_EXE_chat-emulator"))
            .args(["--port", "0", "--log", "warn", "--seed"])
            .arg(seed.path())
            .stdout(Stdio::piped())
            .spawn()?;
        let output = process.stdout.take().ok_or("no output")?;
        let (mut address, mut token) = (None, None);
        for line in BufReader::new(output).lines() {
            let line = line?;
            if let Some(rest) = line.strip_prefix("endpoint=http://") {
                let end = rest.find(['/', ';']).unwrap_or(rest.len());
                address = Some(rest[..end].parse::<SocketAddr>()?);
            }
            if let Some(rest) = line.strip_prefix("token.alice=") {
                token = Some(rest.to_owned());
                break;
            }
        }
        let (address, token) = address.zip(token).ok_or("it did not say where it is")?;
        Ok(Self {
            process,
            target: Target { address, token },
            _seed: seed,
        })
    }

    /// The most memory that it ever had, in megabytes.
    fn peak_memory(&self) -> Result<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes = line.and_then(|line| line.split_whitespace().next());
        let kilobytes: f64 = kilobytes.ok_or("the system does not say")?.parse()?;
        Ok(kilobytes * 1024.0 / 1e6)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Until the first request is answered, of the time that it may take.
pub(crate) fn measure_start() -> Result<bool> {
    let runtime = runtime()?;
    let mut times = Vec::new();
    for _ in 0..STARTS {
        let start = Instant::now();
        let program = Program::start()?;
        runtime.block_on(async {
            let mut client = Client::connect(&program.target).await?;
            client.get("/chat/threads").await
        })?;
        times.push(start.elapsed().as_secs_f64());
    }
    let time = median(times);
    println!("  {:.1} ms", time * 1e3);
    Ok(report(
        "from the start of the program to its first answer, of 30 ms",
        time / MOST_TIME,
        Aim::AtMost(1.0),
    ))
}

/// With many messages in one thread.
pub(crate) fn measure_memory() -> Result<bool> {
    let program = Program::start()?;
    let before = program.peak_memory()?;
    runtime()?.block_on(async {
        let (_, many) = threads(&program.target).await?;
        fill(&program.target, &many, MESSAGES).await
    })?;
    let memory = program.peak_memory()?;
    println!("  {before:.0} MB before");
    let what = format!("MB of the program with {MESSAGES} messages");
    Ok(report(&what, memory, Aim::AtMost(MOST_MEMORY)))
}
