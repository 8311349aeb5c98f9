//! From the start of a process to its first message.

use std::{path::Path, time::Instant};

use super::figure::{Figure, Target, table};
use super::over_tls::{Http, OverTls};
use super::program::{Figures, run};
use super::rounds::{in_turns, ratio};

pub(super) const TITLE: &str = "From a cold start";

const ABOUT: &str = "\
A process starts, makes a client, sends one message over TLS to a server on the same machine, and ends. Measured are
the time until it has ended and its CPU time, in the program and in the system; medians of 41 rounds.
";

const ROUNDS: usize = 41;

const CLIENTS: [&str; 3] = ["chat", "by-hand", "by-hand-complete"];

pub(super) fn measure(root: &Path) -> Result<String, String> {
    let over_tls = OverTls::new(root, &[])?;
    let measured = in_turns(ROUNDS, CLIENTS.len(), |index| {
        let mut command = over_tls.command(Http::One, &["first", CLIENTS[index]]);
        let start = Instant::now();
        let (printed, _) = run(&mut command)?;
        let elapsed = start.elapsed().as_secs_f64();
        Ok((elapsed, Figures::read(&printed).get("cpu")?))
    })?;
    let (times, cpu): (Vec<Vec<_>>, Vec<Vec<_>>) = measured
        .into_iter()
        .map(|of_one| of_one.into_iter().unzip())
        .unzip();
    let mut figures = Vec::new();
    for (other, name) in [(1, "by hand"), (2, "by hand, complete")] {
        for (what, of) in [("time", &times), ("CPU", &cpu)] {
            let what = format!("{what} to the first message, chat to {name}");
            figures.push(Figure::new(what, ratio(&of[0], &of[other]), Target::Any));
        }
    }
    Ok(format!("{ABOUT}\n{}", table(&figures)))
}
