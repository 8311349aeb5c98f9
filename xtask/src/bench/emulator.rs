//! The emulator, by its own benchmark.

use std::{path::Path, process::Stdio};

use super::figure::{Figure, Target, table};
use super::program::cargo;

pub(super) const TITLE: &str = "The emulator";

const ABOUT: &str = "\
By `cargo bench -p chat-emulator --bench service`, which measures each of these alone as well. Clients and the emulator
share the machine; 32 connections send messages at once. A bare server is one of the same framework that answers every
request with the same JSON. What one write for 32 messages allows is what is left of the speed in memory when each group
of 32 messages waits for one `fdatasync`, whose time is measured on the same disk in the same rounds.
";

const NOTE: &str = "\
A send in memory is 56,000 instructions, of which 24,000 are hyper's and tokio's; a sixth of them all is allocations,
and no function of the emulator itself has more than a fortieth.

With a data file it is the processor that is short, not the disk: a group is written to ten pages of the file, which
takes a third of a millisecond of it on two cores, most of it in the system, while clients and emulator want both. As
long as each message wrote the rows that all of a group change, the figure was 0.45 to 0.50; they are written once now.
Other ways to write were tried: a log that is only appended to, in place of the database, 0.54 to 0.61; no write at
all, so that there is only the way to the thread that writes and back, 0.71 to 0.77; a write that waits until all 32
messages are there, 0.43 to 0.51 with the database and 0.37 to 0.57 with the log. The database stays, since a log of our
own would have to be kept whole beside it, and would not reach the target either.
";

pub(super) fn measure(root: &Path) -> Result<String, String> {
    let mut command = cargo(root);
    command.args(["bench", "--package", "chat-emulator", "--bench", "service"]);
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("cargo can't be run: {error}"))?;
    let printed = String::from_utf8_lossy(&output.stdout);
    eprint!("{printed}");
    let figures = figures(&printed);
    match figures.is_empty() {
        // It fails where an aim is missed, which the table says.
        false => Ok(format!("{ABOUT}\n{}\n{NOTE}", table(&figures))),
        true => Err(format!("the benchmark has failed ({})", output.status)),
    }
}

/// Those of lines such as `what: 0.532 (at least 0.5: met)`.
fn figures(printed: &str) -> Vec<Figure> {
    printed.lines().filter_map(figure).collect()
}

fn figure(line: &str) -> Option<Figure> {
    let (rest, aim) = line.strip_suffix(')')?.rsplit_once(" (")?;
    let (what, measured) = rest.rsplit_once(": ")?;
    let (aim, _) = aim.split_once(':')?;
    let (words, limit) = aim.rsplit_once(' ')?;
    let limit = limit.parse().ok()?;
    let target = match words {
        "at least" => Target::AtLeast(limit),
        "at most" => Target::AtMost(limit),
        _ => return None,
    };
    Some(Figure::new(what, measured.parse().ok()?, target))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_read_from_what_the_benchmark_prints() {
        let printed = "  1000 messages/s\nsent, to a server: 0.532 (at least 0.5: met)\n\
                       MB: 700.123 (at most 600: MISSED)\n";
        assert_eq!(
            figures(printed),
            [
                Figure::new("sent, to a server", 0.532, Target::AtLeast(0.5)),
                Figure::new("MB", 700.123, Target::AtMost(600.0)),
            ]
        );
    }
}
