//! What the tests of this package share.

pub mod archive;
pub mod documents;
pub mod following;
pub mod mock;
pub mod recordings;
pub mod scene;
pub mod signature;
pub mod soak;
