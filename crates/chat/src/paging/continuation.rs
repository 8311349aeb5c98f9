//! Where a list goes on. [`link`](super::link) reads it from text, which can fail.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use url::Url;

/// Where a list goes on: the service's link to a page.
///
/// It can be stored as text ([`Display`](fmt::Display) and [`FromStr`](std::str::FromStr), or serde)
/// and handed to the same list again, also by another process: the list then starts at that page.
/// A list takes only a continuation whose link has the list's own endpoint and path, which holds
/// the id of the thread; what the link's query says is the service's own and is not looked into.
/// A continuation holds no access token.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/scene.rs"));
/// # async fn example(Scene { thread, .. }: Scene) -> Done {
/// use chat::paging::Continuation;
///
/// let mut pages = thread.list_messages().page_size(1).into_pages();
/// let newest = pages.try_next().await?.expect("a thread begins with messages of the service");
/// let stored = newest.continuation().expect("there are more").to_string();
///
/// // Later, also in another process.
/// let continuation: Continuation = stored.parse()?;
/// let older = thread.list_messages().continue_from(continuation).into_stream().collect().await?;
/// assert_ne!(older[0].id(), newest.items()[0].id());
/// # Ok(()) }
/// # fn main() -> Done { run(example) }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Continuation(Arc<Url>);

impl Continuation {
    pub(super) fn new(link: Url) -> Self {
        Self(Arc::new(link))
    }

    pub(crate) fn link(&self) -> &Url {
        &self.0
    }
}

/// `v1 LINK`.
impl fmt::Display for Continuation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "v1 {}", self.0)
    }
}

impl From<Continuation> for String {
    fn from(continuation: Continuation) -> Self {
        continuation.to_string()
    }
}
