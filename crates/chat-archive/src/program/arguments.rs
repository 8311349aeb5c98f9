//! The arguments of the program.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Parser, Subcommand};

/// Where the connection string is, which no argument has: those are seen by everybody on the machine.
pub(super) const CONNECTION_STRING: &str = "COMMUNICATION_SERVICES_CONNECTION_STRING";

/// Takes every conversation of an Azure Communication Services resource along.
///
/// The connection string is taken from the environment: COMMUNICATION_SERVICES_CONNECTION_STRING. Exit codes: 0
/// when all was done, 1 when it could not be done, 2 for wrong arguments, 3 when something could not be read, is
/// missing or damaged, 130 when it was interrupted.
#[derive(Debug, Parser)]
#[command(name = "chat-archive", version)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Writes all that users can read into a folder: threads, participants, messages, receipts, pictures.
    ///
    /// Begun again, it reads only what has changed, and goes on where it was interrupted or killed. What could not
    /// be read is named in the manifest.
    Export(ExportArguments),
    /// Looks whether an archive is as it was written, and whether something is missing in it.
    Verify {
        /// The folder
        archive: PathBuf,
        /// List everything again, and compare
        #[arg(long)]
        online: bool,
    },
    /// Prints a conversation.
    Show {
        /// The folder
        archive: PathBuf,
        /// The id of the thread, or a part of it that no other id has
        thread: String,
    },
    /// Writes a page for each thread, to be read in a browser and to be printed.
    Pages {
        /// The folder
        archive: PathBuf,
        /// The folder for the pages, which is made
        #[arg(long, value_name = "FOLDER")]
        to: PathBuf,
    },
}

#[derive(Debug, clap::Args)]
pub(super) struct ExportArguments {
    /// A file with the raw id of a user (8:acs:…) in each line, and what people call the user after a space; -
    /// is stdin
    #[arg(long, value_name = "FILE")]
    pub(super) users: PathBuf,
    /// The folder for the archive, which is made or brought up to date
    #[arg(long, value_name = "FOLDER", required_unless_present = "dry_run")]
    pub(super) to: Option<PathBuf>,
    /// Leave out users of the resource who are named in threads and not in the file
    #[arg(long, overrides_with = "discover")]
    no_discover: bool,
    /// Export users of the resource, too, who are named in threads; this is so if nothing is said
    #[arg(long)]
    discover: bool,
    /// Only say how much there is and how long it would take
    #[arg(long)]
    pub(super) dry_run: bool,
    /// How many users and threads are read at a time
    #[arg(long, default_value_t = 16, value_name = "COUNT")]
    pub(super) concurrency: usize,
    /// For how many seconds a request is tried: until its turn under the limits comes, and an outage ends
    #[arg(long, default_value = "900", value_name = "SECONDS", value_parser = seconds)]
    pub(super) patience: Duration,
    /// Keep to no rate limits, for services that have none
    #[arg(long)]
    pub(super) no_limits: bool,
}

impl ExportArguments {
    pub(super) fn discovers(&self) -> bool {
        !self.no_discover
    }
}

fn seconds(text: &str) -> Result<Duration, std::num::ParseIntError> {
    text.parse().map(Duration::from_secs)
}
