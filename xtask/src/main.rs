//! The project's own tasks, run as `cargo xtask <task>`.

mod bench;
mod ci;
mod document;
mod generate;
mod lower;
mod pointer;
mod refusal;
mod render;
mod spec;
mod table;
mod walk;

use std::{path::Path, process::ExitCode};

use clap::{Parser, Subcommand};

#[derive(Debug, Parser)]
#[command(bin_name = "cargo xtask", about = "The tasks of this project")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Count what requests cost, and write docs/performance.md
    Bench(bench::Arguments),
    /// Write the generated files of crates/chat-rest from the documents of spec/
    Generate(generate::Arguments),
    /// Check what must hold before a change lands
    Ci(ci::Arguments),
    /// Check, compare and import documents of the service
    #[command(subcommand)]
    Spec(spec::Arguments),
}

fn main() -> ExitCode {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    match Arguments::parse().task {
        Task::Bench(arguments) => bench::main(&root, &arguments),
        Task::Generate(arguments) => generate::main(&root, &arguments),
        Task::Ci(arguments) => ci::main(&root, &arguments),
        Task::Spec(arguments) => spec::main(&root, &arguments),
    }
}
