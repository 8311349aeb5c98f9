//! Many users in one process.

use std::path::Path;

use super::figure::{Figure, Target, table};
use super::over_tls::{Http, OverTls};
use super::rounds::{in_turns, median, ratio};

pub(super) const TITLE: &str = "Many users";

const ABOUT: &str = "\
One process acts for many users, whose clients share one transport, over TLS, against a server that does nothing. The
memory is all that the process has ever had, with its code, its connections, and TLS: 10,000 clients with a token each,
and as many watches, each of a thread of its own, which all have read their thread and then follow it for 20 seconds.
Before them one request has finished, so that a connection of HTTP/2 knows how many it may have at once.
Where all begin at once it is the median of three runs.
The cost of a send is the CPU time of the process, on as many threads as there are cores; medians of five rounds.
";

const NOTE: &str = "\
Watches that begin all at once have all of their requests in flight at the same time, and most of the memory is that of
reqwest, hyper and h2 for them, as the row by hand shows: 190 to 209 MB were measured on one day, by hand 127 to 163. At
rest a watch takes two kilobytes. Over HTTP/1.1 each request in flight has a connection with its own TLS: two cores do
not answer 10,000 watches as fast as they ask, so that nearly all of them come to have one, by hand as in the library.

Of 1,000 tasks over HTTP/1.1 each has a connection of its own, with its own reads, writes and TLS, by hand as in the
library; over HTTP/2 they share one.
";

const ROUNDS: usize = 5;

/// How often the memory of watches that begin all at once is measured.
const PEAKS: usize = 3;

/// How many watches begin at once, where not all do, over HTTP/2 and where each request takes a connection.
const AT_ONCE: [&str; 2] = ["500", "100"];

pub(super) fn measure(root: &Path) -> Result<String, String> {
    let over_tls = OverTls::new(root, &["many"])?;
    let mut figures = clients(&over_tls)?;
    figures.extend(requests(&over_tls)?);
    Ok(format!("{ABOUT}\n{}\n{NOTE}", table(&figures)))
}

fn clients(over_tls: &OverTls) -> Result<Vec<Figure>, String> {
    let follow = |http, at_once| {
        let arguments = ["--threads", "many", "users", "--at-once", at_once];
        over_tls.run(http, &arguments)
    };
    let two = follow(Http::Two, AT_ONCE[0])?;
    let one = follow(Http::One, AT_ONCE[1])?;
    // How many requests are in flight at the same time differs from run to run.
    let peaks = (0..PEAKS).map(|_| follow(Http::Two, "10000")?.get("peak"));
    let all_at_once = median(peaks.collect::<Result<Vec<_>, _>>()?);
    let in_flight = |http| {
        let arguments = [
            "--threads",
            "many",
            "load",
            "by-hand",
            "send",
            "20000",
            "--tasks",
            "10000",
        ];
        over_tls.run(http, &arguments)?.get("peak")
    };
    // Its time is short, and what is beside it on the machine shows.
    let times = (0..ROUNDS).map(|_| {
        let arguments = [
            "users",
            "--users",
            "10000",
            "--seconds",
            "0",
            "--no-watches",
        ];
        over_tls.run(Http::One, &arguments)?.get("client cpu")
    });
    let time = median(times.collect::<Result<Vec<_>, _>>()?);
    let megabytes = |kilobytes: f64| kilobytes * 1024.0 / 1e6;
    Ok(vec![
        Figure::new(
            "bytes of a client for another user",
            two.get("client bytes")?,
            Target::AtMost(1024.0),
        ),
        Figure::new("making it, of 5 µs", time / 5000.0, Target::AtMost(1.0)),
        Figure::new(
            format!(
                "MB of 10,000 users with a watch each, HTTP/2, begun {} at a time",
                AT_ONCE[0]
            ),
            megabytes(two.get("peak")?),
            Target::AtMost(200.0),
        ),
        Figure::new(
            format!("MB of the same, HTTP/1.1, begun {} at a time", AT_ONCE[1]),
            megabytes(one.get("peak")?),
            Target::AtMost(200.0),
        ),
        Figure::new(
            "MB of the same, HTTP/2, begun all at once",
            megabytes(all_at_once),
            Target::AtMost(200.0),
        ),
        Figure::new(
            "MB of 10,000 sends in flight by hand, HTTP/2",
            megabytes(in_flight(Http::Two)?),
            Target::Any,
        ),
        Figure::new(
            "MB of the same, HTTP/1.1",
            megabytes(in_flight(Http::One)?),
            Target::Any,
        ),
    ])
}

/// What a send costs when there are many at once, against one at a time.
fn requests(over_tls: &OverTls) -> Result<Vec<Figure>, String> {
    let cases = [
        ("chat", Http::One, "1", "10000"),
        ("chat", Http::One, "1000", "20000"),
        ("chat", Http::Two, "1", "10000"),
        ("chat", Http::Two, "1000", "20000"),
        ("chat", Http::Two, "10000", "50000"),
        ("by-hand", Http::One, "1", "10000"),
        ("by-hand", Http::One, "1000", "20000"),
    ];
    let measured = in_turns(ROUNDS, cases.len(), |index| {
        let (client, http, tasks, count) = cases[index];
        let arguments = [
            "--threads",
            "many",
            "load",
            client,
            "send",
            count,
            "--tasks",
            tasks,
        ];
        over_tls.run(http, &arguments)?.get("cpu")
    })?;
    let figure = |what: &str, these: usize, to: usize, target| {
        let what = format!("CPU of a send, {what}");
        Figure::new(what, ratio(&measured[these], &measured[to]), target)
    };
    let flat = Target::AtMost(1.2);
    Ok(vec![
        figure("1,000 tasks to 1, HTTP/1.1", 1, 0, flat),
        figure("the same by hand", 6, 5, Target::Any),
        figure("1,000 tasks to 1, HTTP/2", 3, 2, flat),
        figure("10,000 tasks to 1, HTTP/2", 4, 2, flat),
    ])
}
