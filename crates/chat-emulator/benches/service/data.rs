//! What a data file costs, against what the disk allows.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

use super::Result;
use super::aim::{Aim, report};
use super::client::Target;
use super::median::median;
use super::send::{CONNECTIONS, ROUNDS, runtime, seeded, send_for_a_round, threads};

/// How often the disk is asked to write in a round.
const SYNCS: usize = 200;
/// About what the messages of a group take in the file.
const GROUP: usize = 16 * 1024;
/// It sends at least so many messages for each that one write for a group would allow.
const LEAST: f64 = 0.8;

/// A file that is removed when it is dropped.
#[derive(Debug)]
pub(crate) struct TemporaryFile(PathBuf);

impl TemporaryFile {
    pub(crate) fn new(name: &str) -> Self {
        let name = format!("chat-emulator-bench-{}-{name}", std::process::id());
        Self(std::env::temp_dir().join(name))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for TemporaryFile {
    fn drop(&mut self) {
        // It may never have been made.
        let _ = std::fs::remove_file(&self.0);
    }
}

/// In turns: in memory, with a data file, and the disk alone.
///
/// If all connections wait for the same write, a group of messages takes what it takes in memory, and one
/// write: that many messages a second the disk allows.
pub(crate) fn measure() -> Result<bool> {
    let file = TemporaryFile::new("data.redb");
    let in_memory = seeded()?.start_blocking()?;
    let with_file = seeded()?.data(file.path()).start_blocking()?;
    runtime()?.block_on(async {
        let (in_memory, with_file) = (Target::new(&in_memory), Target::new(&with_file));
        let (_, path) = threads(&in_memory).await?;
        let (_, path_with_file) = threads(&with_file).await?;
        let mut ratios = Vec::new();
        for _ in 0..ROUNDS {
            let sent = send_for_a_round(&in_memory, &path).await?;
            let written = send_for_a_round(&with_file, &path_with_file).await?;
            let sync = sync()?;
            let group = CONNECTIONS as f64;
            let allowed = group / (group / sent + sync);
            println!(
                "  {sent:>7.0} messages/s, {written:>7.0} with a data file, a write takes {:.0} µs and \
                 allows {allowed:>7.0}",
                sync * 1e6,
            );
            ratios.push(written / allowed);
        }
        Ok(report(
            "messages sent with a data file, to what one write for 32 of them allows",
            median(ratios),
            Aim::AtLeast(LEAST),
        ))
    })
}

/// The seconds that it takes to have the messages of a group on the disk.
fn sync() -> Result<f64> {
    let temporary = TemporaryFile::new("sync");
    let mut file = File::create(temporary.path())?;
    let mut times = Vec::new();
    for _ in 0..SYNCS {
        file.write_all(&[7; GROUP])?;
        let start = Instant::now();
        file.sync_data()?;
        times.push(start.elapsed().as_secs_f64());
    }
    Ok(median(times))
}
