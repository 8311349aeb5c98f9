//! What it costs to build a program with the library.

mod empty;
mod reasons;

use std::{collections::BTreeSet, fmt::Write, path::Path};

use super::figure::{Figure, Target, short, table};
use super::rounds::{in_turns, median, ratio};
use empty::{Built, Empty};

pub(super) const TITLE: &str = "Build";

const ABOUT: &str = "\
A program that does nothing is built from nothing, for debugging, with one of these dependencies: reqwest alone, with
the TLS that the library has by default; what a program needs that makes its requests by hand (reqwest with JSON, serde
with its macros, and a runtime); and this library. Measured is the CPU time of everything that cargo runs, once each.
The crates are counted without the program itself.
";

const NOTE: &str = "\
A program that makes its requests by hand needs most of what the library needs: serde with its macros, JSON, a runtime.
Of what lies between reqwest alone and the library, more than half is the library itself with its generated layer, a
fifth is serde, a seventh the signatures of `identity`, a tenth times (by `cargo build --timings --jobs 1`, by which the
ratio of CPU is 1.4: what is compiled at the same time on one core costs more).
The library is 18,000 functions for the compiler, of which a sixth is the way of a request, once for each of 23
operations, and another sixth the reading and writing of JSON. To come near to reqwest alone, a request would have to
go its way without knowing what it is of, the types of the bodies would have to be written without macros, and the
signatures be made by a smaller library than the one that wipes its keys; `identity` can be left out.
";

/// Ten builds take ten minutes. On a machine that does nothing else, the CPU time of one differs by a tenth from run to
/// run; on one that does, no number of rounds helps.
const ROUNDS: usize = 1;

/// What of Cargo.toml is built. The first is what the others are compared with.
const PROGRAMS: [(&str, &str); 3] = [
    (
        "reqwest alone",
        r#"reqwest = { REQWEST, default-features = false, features = ["rustls"] }"#,
    ),
    (
        "by hand",
        r#"reqwest = { REQWEST, default-features = false, features = ["json", "rustls"] }
serde = { SERDE, features = ["derive"] }
tokio = { TOKIO, default-features = false, features = ["macros", "rt"] }"#,
    ),
    ("chat", "chat = { CHAT }"),
];

/// What each costs is the difference to the library with what it has by default.
const FEATURES: [(&str, &str); 7] = [
    (
        "without `identity`",
        r#"chat = { CHAT, default-features = false, features = ["rustls"] }"#,
    ),
    ("`blocking`", r#"chat = { CHAT, features = ["blocking"] }"#),
    (
        "`event-grid`",
        r#"chat = { CHAT, features = ["event-grid"] }"#,
    ),
    ("`http2`", r#"chat = { CHAT, features = ["http2"] }"#),
    ("`realtime`", r#"chat = { CHAT, features = ["realtime"] }"#),
    (
        "`test-util`",
        r#"chat = { CHAT, features = ["test-util"] }"#,
    ),
    (
        "`native-tls` in place of `rustls`",
        r#"chat = { CHAT, default-features = false, features = ["identity", "native-tls"] }"#,
    ),
];

pub(super) fn measure(root: &Path) -> Result<String, String> {
    let program = |(_, dependencies): &(&str, &str)| Empty::new(root, dependencies);
    let programs: Vec<_> = PROGRAMS.iter().map(program).collect::<Result<_, _>>()?;
    let with_features: Vec<_> = FEATURES.iter().map(program).collect::<Result<_, _>>()?;
    let built = in_turns(ROUNDS, programs.len(), |index| programs[index].build())?;
    let [bare, by_hand, chat] = built.as_slice() else {
        return Err("there are other programs than those that are compared".to_owned());
    };
    let figures = [
        Figure::new(
            "CPU of the build, chat to reqwest alone",
            cpu_ratio(chat, bare),
            Target::AtMost(1.15),
        ),
        Figure::new(
            "crates, chat to reqwest alone",
            chat[0].crates.len() as f64 / bare[0].crates.len() as f64,
            Target::AtMost(1.15),
        ),
        Figure::new(
            "CPU of the build, by hand to reqwest alone",
            cpu_ratio(by_hand, bare),
            Target::Any,
        ),
        Figure::new(
            "CPU of the build, chat to by hand",
            cpu_ratio(chat, by_hand),
            Target::Any,
        ),
    ];
    let mut text = format!("{ABOUT}\n{}\n{NOTE}", table(&figures));
    let _ = writeln!(
        text,
        "\nThere are {} crates with reqwest alone, {} by hand, {} with chat.\n\n### Features\n\n\
         Against the library with what it has by default, `identity` and `rustls`:\n\n\
         | feature | CPU | crates |\n|---|---|---|",
        bare[0].crates.len(),
        by_hand[0].crates.len(),
        chat[0].crates.len(),
    );
    let usual = median(chat.iter().map(|built| built.cpu));
    for ((feature, _), program) in FEATURES.iter().zip(&with_features) {
        // It is no failure, as the system may have no library for its TLS.
        let _ = match program.build() {
            Ok(built) => {
                let crates = built.crates.len() as i64 - chat[0].crates.len() as i64;
                let cpu = short(built.cpu / usual);
                writeln!(text, "| {feature} | {cpu} | {crates:+} |")
            }
            Err(_) => writeln!(text, "| {feature} | can't be built on this machine | |"),
        };
    }
    text.push_str(&added(&bare[0], &chat[0], &by_hand[0]));
    Ok(text)
}

fn cpu_ratio(these: &[Built], to: &[Built]) -> f64 {
    let seconds = |built: &[Built]| -> Vec<f64> { built.iter().map(|built| built.cpu).collect() };
    ratio(&seconds(these), &seconds(to))
}

/// The crates that come with the library, and why.
fn added(bare: &Built, chat: &Built, by_hand: &Built) -> String {
    let mut text = "\n### The crates that come with chat\n\n\
                    Those that reqwest alone does not have:\n\n\
                    | crate | what for | by hand too |\n|---|---|---|\n"
        .to_owned();
    let added: BTreeSet<_> = chat.crates.difference(&bare.crates).collect();
    for name in added {
        let is_by_hand = by_hand.crates.contains(name);
        let _ = writeln!(
            text,
            "| {name} | {} | {} |",
            reasons::reason(name).unwrap_or("no reason is written down"),
            if is_by_hand { "yes" } else { "" }
        );
    }
    text
}
