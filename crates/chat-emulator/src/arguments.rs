//! The arguments of the program.

mod event_grid;

use std::error::Error;
use std::net::{AddrParseError, IpAddr, Ipv4Addr};
use std::path::PathBuf;

use chat_emulator::{
    DEFAULT_CONTROL_PORT, DEFAULT_PORT, Emulator, EmulatorBuilder, EnforcedLimits, Seed,
};
use clap::{Parser, Subcommand, ValueEnum};
use tracing_subscriber::filter::{LevelFilter, Targets};

use event_grid::EventGridArguments;

/// The chat and identity service of Azure Communication Services on this machine.
///
/// Once it answers, the first line on stdout is the connection string that clients take. Lines that
/// follow read name=value. Log messages go to stderr. Ctrl-C and SIGTERM end it; requests under way are
/// answered first. Exit codes: 0 after a clean end, 1 when it could not start, 2 for wrong arguments.
#[derive(Parser)]
#[command(version)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    /// The port to listen on; 0 is any that is free
    #[arg(long, env = "CHAT_EMULATOR_PORT", default_value_t = DEFAULT_PORT)]
    port: u16,
    /// The address to listen on, or localhost. Without TLS any but the loopback lets others read along
    #[arg(long, env = "CHAT_EMULATOR_HOST", default_value = "127.0.0.1", value_name = "ADDRESS", value_parser = host)]
    host: IpAddr,
    /// The port of the page and the control API, on which the emulator misbehaves on command and tells what it
    /// was asked; 0 is any that is free. 10101 if left out, or none with --port 0. The line control=URL is
    /// printed
    #[arg(long, env = "CHAT_EMULATOR_CONTROL_PORT", value_name = "PORT")]
    control_port: Option<u16>,
    /// The address of the page and the control API. Whoever reaches it may command the emulator
    #[arg(long, env = "CHAT_EMULATOR_CONTROL_HOST", default_value = "127.0.0.1", value_name = "ADDRESS", value_parser = host)]
    control_host: IpAddr,
    /// A name, besides those of this machine, by which the control API may be called; repeatable
    #[arg(
        long,
        env = "CHAT_EMULATOR_CONTROL_ALLOWED_HOST",
        value_name = "NAME",
        value_delimiter = ','
    )]
    control_allowed_host: Vec<String>,
    /// Neither a page nor a control API
    #[arg(
        long,
        env = "CHAT_EMULATOR_NO_CONTROL",
        conflicts_with = "control_port"
    )]
    no_control: bool,
    /// Where clients find the emulator behind a proxy, such as https://chat.example: links begin with it
    #[arg(long, env = "CHAT_EMULATOR_PUBLIC_URL", value_name = "URL")]
    public_url: Option<String>,
    /// A proxy, besides those on this machine, whose X-Forwarded-Host and X-Forwarded-Proto are believed;
    /// repeatable
    #[arg(
        long,
        env = "CHAT_EMULATOR_TRUSTED_PROXY",
        value_name = "ADDRESS",
        value_delimiter = ','
    )]
    trusted_proxy: Vec<IpAddr>,
    /// An origin, besides those of this machine, whose web pages may use the service, such as
    /// https://app.example, or * for all; repeatable
    #[arg(
        long,
        env = "CHAT_EMULATOR_CORS_ORIGIN",
        value_name = "ORIGIN",
        value_delimiter = ','
    )]
    cors_origin: Vec<String>,
    /// HTTPS with a certificate that is made on start. The line certificate=FILE says what clients have to
    /// trust
    #[arg(long, env = "CHAT_EMULATOR_TLS", conflicts_with = "tls_cert")]
    tls: bool,
    /// HTTPS with the certificate chain of a PEM file
    #[arg(
        long,
        env = "CHAT_EMULATOR_TLS_CERT",
        value_name = "FILE",
        requires = "tls_key"
    )]
    tls_cert: Option<PathBuf>,
    /// The PEM file with the private key of the certificate
    #[arg(
        long,
        env = "CHAT_EMULATOR_TLS_KEY",
        value_name = "FILE",
        requires = "tls_cert"
    )]
    tls_key: Option<PathBuf>,
    /// The access key, in base64, that identity requests are signed with. If left out, that of the data file,
    /// or the well-known one on the loopback, or a new one
    #[arg(
        long,
        global = true,
        env = "CHAT_EMULATOR_ACCESS_KEY",
        hide_env_values = true,
        value_name = "BASE64"
    )]
    access_key: Option<String>,
    /// A JSON file with users, threads and messages to begin with. For each user, NAME in the file, the
    /// lines user.NAME=ID and token.NAME=TOKEN are printed. The README describes the file
    #[arg(long, env = "CHAT_EMULATOR_SEED", value_name = "FILE")]
    seed: Option<PathBuf>,
    /// The file in which the state survives a restart, made if it is not there. Nothing is answered before
    /// it is on the disk. Of a seed, what is not in the file yet is added
    #[arg(long, global = true, env = "CHAT_EMULATOR_DATA", value_name = "FILE")]
    data: Option<PathBuf>,
    /// A folder with an archive to begin with: users, threads and messages with their ids and times. A data
    /// file that has been begun goes on as it is
    #[arg(long, env = "CHAT_EMULATOR_IMPORT", value_name = "FOLDER")]
    import: Option<PathBuf>,
    /// Which of the service's limits are enforced
    #[arg(long, env = "CHAT_EMULATOR_LIMITS", value_enum, default_value_t = LimitsArgument::Sizes)]
    limits: LimitsArgument,
    #[command(flatten)]
    event_grid: EventGridArguments,
    /// Which messages are logged, such as warn or chat_emulator=debug; RUST_LOG if left out, or info
    #[arg(long, env = "CHAT_EMULATOR_LOG", value_name = "FILTER")]
    log: Option<Targets>,
}

/// What the program does instead of serving.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Writes an archive of all that users could read in a data file (--data) into a folder, and ends.
    ///
    /// The folder is made, or is empty. What is in there is described by docs/archive-format.md.
    Export {
        /// The folder
        folder: PathBuf,
    },
    /// Reads an archive from a folder into a new data file (--data), and ends.
    Import {
        /// The folder
        folder: PathBuf,
    },
}

/// Reads an address, or the name of the loopback address.
fn host(text: &str) -> Result<IpAddr, AddrParseError> {
    match text {
        "localhost" => Ok(IpAddr::V4(Ipv4Addr::LOCALHOST)),
        text => text.parse(),
    }
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
            .control_host(self.control_host)
            .limits(limits);
        // With any free port several programs may run at once, and only one could have a fixed port.
        let default_port = (self.port != 0).then_some(DEFAULT_CONTROL_PORT);
        let control_port = self.control_port.or(default_port);
        if let Some(port) = control_port.filter(|_| !self.no_control) {
            builder = builder.control_port(port);
        }
        for name in &self.control_allowed_host {
            builder = builder.control_allowed_host(name);
        }
        if let Some(url) = &self.public_url {
            builder = builder.public_url(url);
        }
        for proxy in &self.trusted_proxy {
            builder = builder.trusted_proxy(*proxy);
        }
        for origin in &self.cors_origin {
            builder = builder.cors_origin(origin);
        }
        if self.tls {
            builder = builder.self_signed_tls();
        }
        if let Some((certificate, key)) = self.tls_cert.as_ref().zip(self.tls_key.as_ref()) {
            builder = builder.tls(certificate, key);
        }
        builder = self.kept(builder);
        if let Some(folder) = &self.import {
            builder = builder.import(folder);
        }
        if let Some(path) = &self.seed {
            let json = std::fs::read_to_string(path)
                .map_err(|error| format!("cannot read the seed {}: {error}", path.display()))?;
            builder = builder.seed(Seed::from_json(&json)?);
        }
        if let Some(subscription) = self.event_grid.subscription() {
            builder = builder.event_grid(subscription);
        }
        Ok(builder)
    }

    /// The key and the data file, with which another emulator goes on.
    fn kept(&self, mut builder: EmulatorBuilder) -> EmulatorBuilder {
        if self.host.is_loopback() {
            builder = builder.well_known_access_key();
        }
        if let Some(key) = &self.access_key {
            builder = builder.access_key(key);
        }
        if let Some(path) = &self.data {
            builder = builder.data(path);
        }
        builder
    }

    /// Carries out a command. Where it needs an emulator, that one is on a port that nobody knows.
    pub(crate) fn carry_out(&self, command: &Command) -> Result<(), Box<dyn Error>> {
        let data = self.data.as_deref();
        let data = data.ok_or("a data file is needed: --data FILE")?;
        match command {
            Command::Export { folder } => {
                if !data.exists() {
                    return Err(format!("there is no data file {}", data.display()).into());
                }
                // The file stays as it is, whatever key is given.
                let emulator = Emulator::builder().data(data).start_blocking()?;
                emulator.export(folder)?;
            }
            Command::Import { folder } => {
                if data.exists() {
                    let data = data.display();
                    return Err(format!("{data} is there already; import into a new file").into());
                }
                let builder = self.kept(Emulator::builder()).import(folder);
                if let Err(error) = builder.start_blocking() {
                    // Nothing is in it yet.
                    let _ = std::fs::remove_file(data);
                    return Err(error.into());
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn builder(arguments: &[&str]) -> String {
        let arguments = ["chat-emulator"].iter().chain(arguments);
        format!("{:?}", Arguments::parse_from(arguments).builder().unwrap())
    }

    #[test]
    fn the_page_is_there_unless_it_could_be_in_the_way() {
        for (arguments, expected) in [
            (&[][..], "control_port: Some(10101)"),
            (&["--port", "8080"], "control_port: Some(10101)"),
            (&["--port", "0"], "control_port: None"),
            (
                &["--port", "0", "--control-port", "0"],
                "control_port: Some(0)",
            ),
            (&["--no-control"], "control_port: None"),
        ] {
            let builder = builder(arguments);
            assert!(builder.contains(expected), "{arguments:?}: {builder}");
        }
    }

    #[test]
    fn the_control_api_stays_on_this_machine_wherever_the_service_is() {
        let builder = builder(&["--host", "0.0.0.0"]);
        assert!(builder.contains("control_host: 127.0.0.1"), "{builder}");
    }
}
