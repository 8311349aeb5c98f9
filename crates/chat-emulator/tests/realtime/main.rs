//! Real-time notifications as a client sees them that does no more than it has to: each step with good and with
//! bad answers, all ten notifications, and what goes wrong on command.

mod bodies;
mod client;
mod connection;
mod control;
mod delivery;
mod faults;
mod steps;
mod world;
