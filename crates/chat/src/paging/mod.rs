//! Lists: streams of items and of pages, and where to go on.

// Knows nothing of chat: what a page holds and how it is fetched is given to it.

// Errors hold a continuation; named by its own path, so that no two files import each other.
pub(crate) mod continuation;
mod items;
mod link;
mod page;
mod sieve;
mod stream;

pub use continuation::Continuation;
pub use items::ItemStream;
pub(crate) use link::Target;
pub(crate) use page::RawPage;
pub use page::{Page, UnreadableItem};
pub(crate) use sieve::{Sieve, Verdict};
pub(crate) use stream::Fetch;
pub use stream::PageStream;

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
