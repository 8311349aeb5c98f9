//! How fast the emulator is, compared with what it cannot be faster than.
//!
//! `cargo bench -p chat-emulator --bench service` measures what the README names, and ends with an error if an aim
//! is missed; with names, only these: `send` and `page-of-many` over connections to one in memory, `data` with a data
//! file, `memory` what many messages take, `start` how long the program takes to answer, `restore` how long a restore
//! and a reset take with a data file, `page` what a page that is looked at costs. Clients and servers share the
//! machine.
//!
//! ```sh
//! cargo bench -p chat-emulator --bench service -- send data
//! ```

mod aim;
mod bare;
mod client;
mod data;
mod many;
mod median;
mod page;
mod program;
mod restore;
mod send;

use std::error::Error;
use std::process::ExitCode;

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// Gives whether the aims are met.
type Measure = fn() -> Result<bool>;

const ALL: [(&str, Measure); 7] = [
    ("send", send::measure),
    ("data", data::measure),
    ("page-of-many", many::measure),
    ("memory", program::measure_memory),
    ("start", program::measure_start),
    ("restore", restore::measure),
    ("page", page::measure),
];

fn main() -> ExitCode {
    let wanted: Vec<_> = std::env::args().skip(1).collect();
    // Cargo adds arguments of its own.
    let is_named = ALL
        .iter()
        .any(|(name, _)| wanted.iter().any(|word| word == name));
    let mut is_good = true;
    for (name, measure) in ALL {
        if is_named && !wanted.iter().any(|word| word == name) {
            continue;
        }
        match measure() {
            Ok(are_met) => is_good &= are_met,
            Err(error) => {
                eprintln!("{name}: {error}");
                is_good = false;
            }
        }
    }
    match is_good {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}
