//! Archives of the emulator's conversations, held against the emulator's own state.

mod compare;
mod conversations;
mod kills;

pub use compare::differences;
pub use conversations::{Conversations, Size};
pub use kills::{Plan, Report, run};
