//! Pages of lists, also those with items that can't be read.

use std::fmt;

use chat_rest::{Error, ResponseValue};
use serde::de::{DeserializeOwned, Deserializer, SeqAccess, Visitor};
use serde::{Deserialize, de};
use serde_json::value::RawValue;
use serde_path_to_error::Segment;

use crate::paging::{RawPage, UnreadableItem};

/// The service gives 200 items a page at most. More of them are not read one by one.
const MAX_ITEMS: usize = 1000;

/// A page from what the generated client reads. If that fails, each item is read by itself, so that
/// one unreadable item does not take the others with it.
///
/// It takes the answer and not what waits for it, since a future has room twice for one that it is given.
#[expect(
    clippy::result_large_err,
    reason = "the error is the generated client's"
)]
pub(crate) fn page<W, T>(
    answer: Result<ResponseValue<W>, Error>,
) -> Result<ResponseValue<RawPage<T>>, Error>
where
    W: DeserializeOwned + Into<RawPage<T>>,
    T: fmt::Debug,
{
    match answer {
        Ok(answer) => answer.map(Into::into),
        Err(Error::InvalidResponsePayload(body, error)) => match by_item::<W, T>(&body) {
            Some(page) => Ok(ResponseValue::new(
                page,
                http::StatusCode::OK,
                http::HeaderMap::new(),
            )),
            None => Err(Error::InvalidResponsePayload(body, error)),
        },
        Err(error) => Err(error),
    }
}

/// A page whose items are not read yet.
#[derive(Deserialize)]
struct RawItems<'a> {
    #[serde(borrow, deserialize_with = "raw_items")]
    value: Vec<&'a RawValue>,
    #[serde(rename = "nextLink")]
    next_link: Option<String>,
}

fn raw_items<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<&'de RawValue>, D::Error> {
    struct Items;

    impl<'de> Visitor<'de> for Items {
        type Value = Vec<&'de RawValue>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "up to {MAX_ITEMS} items")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
            let mut items = Vec::new();
            while let Some(item) = seq.next_element()? {
                if items.len() == MAX_ITEMS {
                    return Err(de::Error::invalid_length(MAX_ITEMS + 1, &self));
                }
                items.push(item);
            }
            Ok(items)
        }
    }

    deserializer.deserialize_seq(Items)
}

/// Nothing if it is not even a list of items.
fn by_item<W, T>(body: &[u8]) -> Option<RawPage<T>>
where
    W: DeserializeOwned + Into<RawPage<T>>,
{
    let raw: RawItems<'_> = serde_json::from_slice(body).ok()?;
    let mut page = RawPage {
        items: Vec::new(),
        unreadable: Vec::new(),
        next_link: raw.next_link,
    };
    for (position, item) in raw.value.into_iter().enumerate() {
        // A page of one item, so that it is read and converted as on every other page.
        let alone = format!(r#"{{"value":[{item}]}}"#);
        let mut json = serde_json::Deserializer::from_str(&alone);
        match serde_path_to_error::deserialize::<_, W>(&mut json) {
            Ok(read) => page.items.extend(read.into().items),
            Err(error) => page.unreadable.push(UnreadableItem {
                position,
                field: field(&error),
            }),
        }
    }
    Some(page)
}

/// The item's field that an error is about. What lies deeper may be named by users.
fn field(error: &serde_path_to_error::Error<serde_json::Error>) -> Option<String> {
    if let Some(Segment::Map { key }) = error.path().iter().nth(2) {
        return Some(key.clone());
    }
    let text = error.inner().to_string();
    let field = text.strip_prefix("missing field `")?.split('`').next()?;
    Some(field.to_owned())
}

#[cfg(test)]
mod tests;
