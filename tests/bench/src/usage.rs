//! What the system says that this process has taken.

use std::time::Duration;

use crate::operation::Outcome;

/// The time of all cores, in the program and in the system.
#[cfg(unix)]
pub(crate) fn cpu() -> Outcome<Duration> {
    use rustix::time::{ClockId, clock_gettime};
    Ok(clock_gettime(ClockId::ProcessCPUTime).try_into()?)
}

#[cfg(not(unix))]
pub(crate) fn cpu() -> Outcome<Duration> {
    Err("the CPU time is known on Unix only".into())
}

/// Memory of all kinds, in kilobytes: `VmHWM` for the most that it ever was, `VmRSS` for what it is.
pub(crate) fn memory(line: &str) -> Outcome<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let mut lines = status.lines().filter_map(|known| known.strip_prefix(line));
    let kilobytes = lines.find_map(|rest| rest.trim_start_matches(':').split_whitespace().next());
    Ok(kilobytes.ok_or("the system does not say")?.parse()?)
}
