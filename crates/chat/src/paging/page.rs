//! Pages of a list.

use std::fmt;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::continuation::Continuation;
use crate::response::ResponseInfo;

/// A page as it was fetched: its items, and the service's link to the next page.
#[derive(Debug)]
pub(crate) struct RawPage<T> {
    pub(crate) items: Vec<T>,
    pub(crate) unreadable: Vec<UnreadableItem>,
    pub(crate) next_link: Option<String>,
}

/// An item of a page that can't be read: it lacks a field, or has one of another form.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let server = httpmock::MockServer::start_async().await;
/// # server.mock_async(|when, then| {
/// #     when.path("/chat/threads");
/// #     then.status(200).json_body(serde_json::json!({"value": [{"id": "19:a@thread.v2", "topic": "Lunch"}, {"id": 1}]}));
/// # }).await;
/// # let jwt = "eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjE5OTk5OTk5OTl9.c2ln";
/// # let client = chat::ChatClient::new(server.base_url(), chat::CommunicationTokenCredential::new(jwt)?)?;
/// let mut pages = client.list_chat_threads().into_pages();
/// let page = pages.try_next().await?.expect("there is a page");
/// assert_eq!(page.items().len(), 1);
/// let unreadable = &page.unreadable()[0];
/// assert_eq!(unreadable.position(), 1);
/// assert_eq!(unreadable.to_string(), "item 2 of the page: its field `id`");
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnreadableItem {
    pub(crate) position: usize,
    pub(crate) field: Option<String>,
}

impl UnreadableItem {
    /// Its place among all items of the page, from 0.
    #[must_use]
    pub fn position(&self) -> usize {
        self.position
    }

    /// The field that is missing or of another form; nothing if the item is no JSON object.
    #[must_use]
    pub fn field(&self) -> Option<&str> {
        self.field.as_deref()
    }
}

/// Says which item it is, counted from 1, and which field; never what the field holds.
impl fmt::Display for UnreadableItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "item {} of the page", self.position + 1)?;
        match &self.field {
            Some(field) => write!(f, ": its field `{field}`"),
            None => Ok(()),
        }
    }
}

/// Part of a list.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/scene.rs"));
/// # async fn example(Scene { thread, .. }: Scene) -> Done {
/// let mut pages = thread.list_messages().page_size(1).into_pages();
/// while let Some(page) = pages.try_next().await? {
///     for message in &page {
///         println!("{}", message.id());
///     }
///     assert_eq!(page.items().len(), 1);
///     assert!(page.unreadable().is_empty());
/// }
/// # Ok(()) }
/// # fn main() -> Done { run(example) }
/// ```
#[derive(Clone, Debug)]
pub struct Page<T> {
    pub(super) items: Vec<T>,
    pub(super) unreadable: Vec<UnreadableItem>,
    /// How many of the items come before each of those that can't be read.
    pub(super) items_before: Vec<usize>,
    /// Where this page came from.
    pub(super) start: Option<Continuation>,
    pub(super) continuation: Option<Continuation>,
    pub(super) info: ResponseInfo,
}

impl<T> Page<T> {
    /// The items, in the service's order. Those that can't be read are left out; see
    /// [`unreadable`](Self::unreadable).
    #[must_use]
    pub fn items(&self) -> &[T] {
        &self.items
    }

    /// The items, in the service's order. Those that can't be read are left out.
    #[must_use]
    pub fn into_items(self) -> Vec<T> {
        self.items
    }

    /// The items that can't be read, in the service's order. A page with such items is not an
    /// error, so that one of them does not hide all others.
    #[must_use]
    pub fn unreadable(&self) -> &[UnreadableItem] {
        &self.unreadable
    }

    /// Where the list goes on; nothing on the last page, and on a page whose link can't be
    /// followed (the stream's next poll gives the error).
    #[must_use]
    pub fn continuation(&self) -> Option<&Continuation> {
        self.continuation.as_ref()
    }

    /// What came with the page: status, request ids, retries.
    #[must_use]
    pub fn info(&self) -> &ResponseInfo {
        &self.info
    }

    /// The JSON of each item as it was received, with fields that this version does not know too:
    /// of all items of the page, also of those that can't be read or were left out. Empty unless the list was asked
    /// to [`keep_raw`](crate::operations::ListMessages::keep_raw).
    #[must_use]
    pub fn raw_items(&self) -> Vec<&str> {
        #[derive(Deserialize)]
        struct Raw<'a> {
            #[serde(borrow)]
            value: Vec<&'a RawValue>,
        }

        let raw = self.info.raw_json().map(serde_json::from_str::<Raw<'_>>);
        let items = raw.and_then(Result::ok).map(|raw| raw.value);
        items.into_iter().flatten().map(RawValue::get).collect()
    }
}

#[cfg(test)]
impl<T> Page<T> {
    /// A page that was not fetched.
    pub(crate) fn of(items: Vec<T>, continuation: Option<Continuation>) -> Self {
        Self {
            items,
            unreadable: Vec::new(),
            items_before: Vec::new(),
            start: None,
            continuation,
            info: ResponseInfo::default(),
        }
    }
}

/// The same as [`Page::into_items`].
impl<T> IntoIterator for Page<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.into_iter()
    }
}

/// The same as [`Page::items`].
impl<'a, T> IntoIterator for &'a Page<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.iter()
    }
}
