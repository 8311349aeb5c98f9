//! Following all threads of a user.

mod builder;
mod follower;
mod outcome;
mod roster;
mod schedule;
mod slots;
mod strangers;
#[cfg(test)]
mod tests;
mod waiting;

pub use builder::{UserWatch, WatchUser};
