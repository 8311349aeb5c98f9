//! The arguments of the program.

use std::error::Error;
use std::net::IpAddr;
use std::path::PathBuf;

use chat_emulator::{DEFAULT_PORT, Emulator, EmulatorBuilder, EnforcedLimits, Seed};
use clap::{Parser, ValueEnum};
use tracing_subscriber::filter::{LevelFilter, Targets};

/// The chat and identity service of Azure Communication Services on this machine.
///
/// Once it answers, the first line on stdout is the connection string that clients take. Lines that
/// follow read name=value. Log messages go to stderr. Ctrl-C and SIGTERM end it; requests under way are
/// answered first. Exit codes: 0 after a clean end, 1 when it could not start, 2 for wrong arguments.
#[derive(Parser)]
#[command(version)]
pub(crate) struct Arguments {
    /// The port to listen on; 0 is any that is free
    #[arg(long, default_value_t = DEFAULT_PORT)]
    port: u16,
    /// The port of the control API, on which the emulator misbehaves on command and tells what it was
    /// asked; 0 is any that is free. None if left out. The line control=URL is printed
    #[arg(long, value_name = "PORT")]
    control_port: Option<u16>,
    /// The address to listen on. It speaks plain HTTP: any but the loopback lets others read along
    #[arg(long, default_value = "127.0.0.1", value_name = "ADDRESS")]
    host: IpAddr,
    /// The access key, in base64, that identity requests are signed with; a new one if left out
    #[arg(long, value_name = "BASE64")]
    access_key: Option<String>,
    /// A JSON file with users, threads and messages to begin with. For each user, NAME in the file, the
    /// lines user.NAME=ID and token.NAME=TOKEN are printed. The README describes the file
    #[arg(long, value_name = "FILE")]
    seed: Option<PathBuf>,
    /// The file in which the state survives a restart, made if it is not there. Nothing is answered before
    /// it is on the disk. A seed is only planted into a new file
    #[arg(long, value_name = "FILE")]
    data: Option<PathBuf>,
    /// Which of the service's limits are enforced
    #[arg(long, value_enum, default_value_t = LimitsArgument::Sizes)]
    limits: LimitsArgument,
    /// Which messages are logged, such as warn or chat_emulator=debug; RUST_LOG if left out, or info
    #[arg(long, value_name = "FILTER")]
    log: Option<Targets>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum LimitsArgument {
    /// None at all
    None,
    /// Sizes, batches and durations
    Sizes,
    /// Those and the rate limits: what comes too often is answered 429 with retry-after
    Service,
}

impl Arguments {
    /// What is logged.
    pub(crate) fn filter(&self) -> Targets {
        let from_environment = || std::env::var("RUST_LOG").ok()?.parse().ok();
        self.log
            .clone()
            .or_else(from_environment)
            .unwrap_or_else(|| Targets::new().with_default(LevelFilter::INFO))
    }

    /// The emulator that was asked for.
    pub(crate) fn builder(&self) -> Result<EmulatorBuilder, Box<dyn Error>> {
        let limits = match self.limits {
            LimitsArgument::None => EnforcedLimits::None,
            LimitsArgument::Sizes => EnforcedLimits::Sizes,
            LimitsArgument::Service => EnforcedLimits::Service,
        };
        let mut builder = Emulator::builder()
            .host(self.host)
            .port(self.port)
            .limits(limits);
        if let Some(port) = self.control_port {
            builder = builder.control_port(port);
        }
        if let Some(key) = &self.access_key {
            builder = builder.access_key(key);
        }
        if let Some(path) = &self.data {
            builder = builder.data(path);
        }
        if let Some(path) = &self.seed {
            let json = std::fs::read_to_string(path)
                .map_err(|error| format!("cannot read the seed {}: {error}", path.display()))?;
            builder = builder.seed(Seed::from_json(&json)?);
        }
        Ok(builder)
    }
}
