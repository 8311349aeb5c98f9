//! The emulator on command: every fault as a client sees it on its socket, injected from Rust and over the
//! control API; the journal, the clock, snapshots.

mod bodies;
mod chance;
mod connections;
mod control;
mod journal;
mod page;
mod pages;
mod state;
mod statuses;
mod time;
mod wire;
mod world;
