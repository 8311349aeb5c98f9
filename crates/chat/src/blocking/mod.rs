//! Use without async: what the builders' `send_blocking` and the lists' iterators run on.
//!
//! It is the same code: each request is carried out by a small runtime of the library's own, while
//! the calling thread waits. One runtime is shared by all clients of a program; it is started with
//! the first blocking call and ends with the last client that made one.

mod iter;
mod runtime;

pub use iter::BlockingIter;
pub(crate) use runtime::{Runtime, block_on};
