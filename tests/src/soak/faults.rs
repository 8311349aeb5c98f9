//! How the service misbehaves, and the process it may run in.

use std::error::Error;
use std::io::{BufRead, Write};
use std::time::Duration;

use chat_emulator::{Emulator, ErrorBody, Fault, FaultMix};

use super::Misbehaviour;

/// The transient faults a client has to live with: refusals, failures before and after the fact,
/// connections that break, answers that break off, requests carried out after the client gave up,
/// and lists that lag. Notifications are lost or come twice, and pings are not answered.
pub(super) fn mix(Misbehaviour { rate, seed, late }: Misbehaviour) -> FaultMix {
    FaultMix::new(rate, seed)
        .add(
            4,
            Fault::status(429).retry_after_ms(Duration::from_millis(5)),
        )
        .add(1, Fault::status(429))
        .add(2, Fault::status(500))
        .add(2, Fault::status(502).body(ErrorBody::Html))
        .add(2, Fault::status(503).body(ErrorBody::Empty))
        .add(2, Fault::status(503).carried_out())
        .add(3, Fault::delay(Duration::from_millis(20)))
        .add(3, Fault::reset_before_execution())
        .add(3, Fault::reset_after_execution())
        .add(2, Fault::reset_mid_body())
        .add(2, Fault::truncated_json())
        .add(2, Fault::executed_late(late))
        .add(2, Fault::list_lag(late))
        .add(2, Fault::lost_notification())
        .add(2, Fault::duplicated_notification())
        .add(1, Fault::no_pong())
}

/// Runs the service in this process: prints its connection string and the URL of its control API, then
/// obeys lines on standard input (`misbehave` and `behave`) until it ends.
///
/// # Errors
/// Those of starting, and of reading and writing.
pub fn serve(faults: Misbehaviour) -> Result<(), Box<dyn Error>> {
    let emulator = Emulator::builder().control_port(0).start_blocking()?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", emulator.connection_string())?;
    writeln!(out, "{}", emulator.control_url().unwrap_or_default())?;
    out.flush()?;
    for line in std::io::stdin().lock().lines() {
        match line?.as_str() {
            "misbehave" => drop(emulator.inject(mix(faults))?),
            _ => emulator.clear_faults(),
        }
        // Whoever has asked waits for this.
        writeln!(out, "done")?;
        out.flush()?;
    }
    Ok(())
}
