//! HTTP/2 against HTTP/1.1 with a pool.

use std::path::Path;

use super::figure::{Figure, Target, table};
use super::over_tls::{Http, OverTls};
use super::rounds::{in_turns, ratio};

pub(super) const TITLE: &str = "HTTP/2";

const ABOUT: &str = "\
1,000 tasks send messages at once, over TLS, to a server that allows 10,000 streams on a connection: with the feature
`http2` over one connection, and, where the server speaks HTTP/1.1 alone, over a pool of 1,000. It is the same program
both times. What is counted is the CPU time of the client, after the connections have been made; medians of five
rounds.
";

const ROUNDS: usize = 5;

const TASKS: &str = "1000";

pub(super) fn measure(root: &Path) -> Result<String, String> {
    let over_tls = OverTls::new(root, &["many"])?;
    let cases = [
        (Http::One, "chat"),
        (Http::Two, "chat"),
        (Http::One, "by-hand"),
        (Http::Two, "by-hand"),
    ];
    let measured = in_turns(ROUNDS, cases.len(), |index| {
        let (http, client) = cases[index];
        let arguments = ["load", client, "send", "20000", "--tasks", TASKS];
        over_tls.run(http, &arguments)?.get("cpu")
    })?;
    let [one, two, by_hand_one, by_hand_two] = &measured[..] else {
        return Err("not all was measured".to_owned());
    };
    let figures = [
        Figure::new(
            "CPU of a send, HTTP/2 to HTTP/1.1",
            ratio(two, one),
            Target::AtMost(1.0),
        ),
        Figure::new(
            "the same by hand",
            ratio(by_hand_two, by_hand_one),
            Target::Any,
        ),
        Figure::new(
            "CPU of a send over HTTP/2, chat to by hand",
            ratio(two, by_hand_two),
            Target::Any,
        ),
    ];
    Ok(format!("{ABOUT}\n{}", table(&figures)))
}
