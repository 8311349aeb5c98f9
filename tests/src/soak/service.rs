//! The service of a soak: in this process, or in one of its own, so that the memory of the client
//! can be told from that of the service.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use chat_emulator::Emulator;

use super::{Failure, Plan, faults};

/// The service of a soak.
#[derive(Debug)]
pub struct Service {
    connection_string: String,
    control_url: String,
    host: Host,
}

#[derive(Debug)]
enum Host {
    Here {
        emulator: Box<Emulator>,
        plan: Plan,
    },
    Elsewhere {
        process: Child,
        input: ChildStdin,
        output: BufReader<ChildStdout>,
    },
}

impl Service {
    /// A service in this process.
    ///
    /// # Errors
    /// When it can't be started.
    pub async fn here(plan: &Plan) -> Result<Self, Failure> {
        let emulator = Box::new(Emulator::builder().control_port(0).start().await?);
        Ok(Self {
            connection_string: emulator.connection_string(),
            control_url: emulator.control_url().unwrap_or_default().to_owned(),
            host: Host::Here {
                emulator,
                plan: plan.clone(),
            },
        })
    }

    /// A service in a process of its own: `command` is to call [`serve`](super::serve).
    ///
    /// # Errors
    /// When it can't be started.
    pub fn elsewhere(mut command: Command) -> Result<Self, Failure> {
        let mut process = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let (Some(input), Some(output)) = (process.stdin.take(), process.stdout.take()) else {
            return Err("the process has no pipes".into());
        };
        let mut output = BufReader::new(output);
        let (mut connection_string, mut control_url) = (String::new(), String::new());
        output.read_line(&mut connection_string)?;
        output.read_line(&mut control_url)?;
        Ok(Self {
            connection_string: connection_string.trim().to_owned(),
            control_url: control_url.trim().to_owned(),
            host: Host::Elsewhere {
                process,
                input,
                output,
            },
        })
    }

    /// What the clients take.
    #[must_use]
    pub fn connection_string(&self) -> &str {
        &self.connection_string
    }

    /// Where the service tells what it knows, without faults.
    #[must_use]
    pub fn control_url(&self) -> &str {
        &self.control_url
    }

    /// Turns the faults on or off.
    pub(crate) fn misbehave(&mut self, on: bool) -> Result<(), Failure> {
        match &mut self.host {
            Host::Here { emulator, plan } if on => {
                emulator.inject(faults::mix(plan.fault_rate, plan.seed, plan.late))?;
            }
            Host::Here { emulator, .. } => emulator.clear_faults(),
            Host::Elsewhere { input, output, .. } => {
                writeln!(input, "{}", if on { "misbehave" } else { "behave" })?;
                output.read_line(&mut String::new())?;
            }
        }
        Ok(())
    }

    pub(super) fn progress(&self, plan: &Plan) -> Progress {
        let elsewhere = matches!(self.host, Host::Elsewhere { .. });
        Progress(Arc::new(Inner {
            done: AtomicUsize::new(0),
            tenth: (plan.sends / 10).max(1),
            measures: elsewhere,
            early: AtomicU64::new(0),
        }))
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        if let Host::Elsewhere { process, .. } = &mut self.host {
            // It may have ended already.
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

/// How far the work has come, and how much memory it took on the way.
#[derive(Clone, Debug)]
pub(super) struct Progress(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    done: AtomicUsize,
    tenth: usize,
    measures: bool,
    early: AtomicU64,
}

impl Progress {
    /// Another message has been sent.
    pub(super) fn advance(&self) {
        let done = self.0.done.fetch_add(1, Ordering::Relaxed) + 1;
        if done == self.0.tenth && self.0.measures {
            let now = resident_kib().unwrap_or_default();
            self.0.early.store(now, Ordering::Relaxed);
        }
    }

    /// Resident memory after a tenth of the work, and now.
    pub(super) fn memory(&self) -> Option<(u64, u64)> {
        let early = self.0.early.load(Ordering::Relaxed);
        (early > 0).then(|| Some((early, resident_kib()?)))?
    }
}

/// What Linux tells of this process; nothing elsewhere.
fn resident_kib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.split_whitespace().next()?.parse().ok()
}
