//! The emulator as a program.

use std::io::Write;
use std::net::IpAddr;
use std::process::ExitCode;

use chat_emulator::{DEFAULT_PORT, Emulator};
use clap::Parser;

/// The chat and identity service of Azure Communication Services on this machine.
///
/// Once it answers, the first line on stdout is the connection string that clients take; log messages go
/// to stderr (RUST_LOG chooses which). Ctrl-C and SIGTERM end it. Nothing is kept after that.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// The port to listen on; 0 is any that is free
    #[arg(long, default_value_t = DEFAULT_PORT)]
    port: u16,
    /// The address to listen on
    #[arg(long, default_value = "127.0.0.1", value_name = "ADDRESS")]
    host: IpAddr,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let mut text = error.to_string();
            let mut source = error.source();
            while let Some(cause) = source {
                text = format!("{text}: {cause}");
                source = cause.source();
            }
            // Also when the log is turned off, an error is worth a line.
            eprintln!("error: {text}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), Box<dyn std::error::Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        // Installed before the ready line, so that whoever has read it can end the program cleanly.
        let end = end_of_program()?;
        let builder = Emulator::builder()
            .host(arguments.host)
            .port(arguments.port);
        let emulator = builder.start().await?;
        let mut stdout = std::io::stdout();
        writeln!(stdout, "{}", emulator.connection_string())?;
        stdout.flush()?;
        tracing::info!(endpoint = emulator.endpoint(), "ready");
        end.await;
        tracing::info!("ending");
        emulator.shutdown().await;
        Ok(())
    })
}

/// Waits for Ctrl-C or SIGTERM.
#[cfg(unix)]
fn end_of_program() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Waits for Ctrl-C.
#[cfg(not(unix))]
fn end_of_program() -> std::io::Result<impl Future<Output = ()>> {
    Ok(async {
        if let Err(error) = tokio::signal::ctrl_c().await {
            tracing::error!(%error, "Ctrl-C cannot be waited for");
            std::future::pending::<()>().await;
        }
    })
}
