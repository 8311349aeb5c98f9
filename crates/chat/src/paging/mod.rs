//! Lists that come in pages. Knows nothing of chat: what a page holds and how it is fetched is
//! given to it.

mod continuation;
mod link;
mod stream;

pub use continuation::Continuation;
pub(crate) use continuation::Scope;
pub(crate) use link::Link;
pub(crate) use stream::{Fetch, RawPage};
pub use stream::{ItemStream, Page, PageStream};

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
