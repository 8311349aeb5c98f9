//! The emulator as a program.

mod arguments;
mod certificate_file;

use std::io::{IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;

use chat_emulator::Emulator;
use clap::Parser;
use tracing_subscriber::Layer;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use arguments::Arguments;
use certificate_file::CertificateFile;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    print_no_panics_of_the_database();
    // A file shows the codes of colours as what they are.
    let colours = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let log = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(colours);
    tracing_subscriber::registry()
        .with(log.with_filter(arguments.filter()))
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

/// The database panics on some damaged files. The library makes errors of that, and they are printed.
fn print_no_panics_of_the_database() {
    let print = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let file = panic.location().map(|location| Path::new(location.file()));
        let crates = file.into_iter().flat_map(Path::components);
        let mut names = crates.filter_map(|component| component.as_os_str().to_str());
        if !names.any(|name| name.starts_with("redb-")) {
            print(panic);
        }
    }));
}

fn run(arguments: &Arguments) -> Result<(), Box<dyn std::error::Error>> {
    if let Some(command) = &arguments.command {
        return arguments.carry_out(command);
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        // Installed before the ready line, so that whoever has read it can end the program cleanly.
        let end = end_of_program()?;
        let emulator = arguments.builder()?.start().await?;
        let certificate = emulator
            .certificate()
            .map(CertificateFile::new)
            .transpose()?;
        print_ready(&emulator, certificate.as_ref())?;
        if let Some(url) = emulator.control_url() {
            eprintln!("The page is at {url}");
        }
        tracing::info!(endpoint = emulator.endpoint(), "ready");
        end.await;
        tracing::info!("ending");
        emulator.shutdown().await;
        Ok(())
    })
}

/// Says on stdout how the emulator is reached: the connection string, then `name=value` lines.
fn print_ready(emulator: &Emulator, certificate: Option<&CertificateFile>) -> std::io::Result<()> {
    let mut stdout = std::io::stdout().lock();
    writeln!(stdout, "{}", emulator.connection_string())?;
    if let Some(url) = emulator.control_url() {
        writeln!(stdout, "control={url}")?;
    }
    if let Some(file) = certificate {
        writeln!(stdout, "certificate={}", file.path().display())?;
    }
    for user in emulator.seeded_users() {
        writeln!(stdout, "user.{}={}", user.name, user.id)?;
        writeln!(stdout, "token.{}={}", user.name, user.token)?;
    }
    stdout.flush()
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
