//! What is measured, beside what it should be.

/// What a figure should be.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Aim {
    AtLeast(f64),
    AtMost(f64),
}

/// Says what was measured, in a line that `cargo xtask bench` reads, and gives whether the aim is met.
pub(crate) fn report(what: &str, measured: f64, aim: Aim) -> bool {
    let (is_met, words, limit) = match aim {
        Aim::AtLeast(limit) => (measured >= limit, "at least", limit),
        Aim::AtMost(limit) => (measured <= limit, "at most", limit),
    };
    let verdict = if is_met { "met" } else { "MISSED" };
    println!("{what}: {measured:.3} ({words} {limit}: {verdict})");
    is_met
}
