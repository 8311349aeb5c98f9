//! The service of a soak: in this process, or in one of its own, so that the memory of the client
//! can be told from that of the service.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use chat_emulator::Emulator;

use super::{Failure, Misbehaviour, faults};

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
        faults: Misbehaviour,
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
    pub async fn here(faults: Misbehaviour) -> Result<Self, Failure> {
        let emulator = Box::new(Emulator::builder().control_port(0).start().await?);
        Ok(Self {
            connection_string: emulator.connection_string(),
            control_url: emulator.control_url().unwrap_or_default().to_owned(),
            host: Host::Here { emulator, faults },
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
        let connection_string = line(&mut output)?;
        let control_url = line(&mut output)?;
        Ok(Self {
            connection_string,
            control_url,
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

    /// The process of the service, if it has one of its own.
    #[must_use]
    pub fn process_id(&self) -> Option<u32> {
        match &self.host {
            Host::Here { .. } => None,
            Host::Elsewhere { process, .. } => Some(process.id()),
        }
    }

    /// Turns the faults on or off.
    pub(crate) fn misbehave(&mut self, on: bool) -> Result<(), Failure> {
        match &mut self.host {
            Host::Here { emulator, faults } if on => {
                emulator.inject(faults::mix(*faults))?;
            }
            Host::Here { emulator, .. } => emulator.clear_faults(),
            Host::Elsewhere { input, output, .. } => {
                writeln!(input, "{}", if on { "misbehave" } else { "behave" })?;
                line(output)?;
            }
        }
        Ok(())
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

/// What the service says next.
fn line(output: &mut BufReader<ChildStdout>) -> Result<String, Failure> {
    let mut line = String::new();
    match output.read_line(&mut line)? {
        0 => Err("the process of the service has ended".into()),
        _ => Ok(line.trim().to_owned()),
    }
}
