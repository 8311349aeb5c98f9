//! Pages: how many items, and the link to the next ones.

pub(crate) mod continuation;

use percent_encoding::percent_encode;

use crate::store::timestamp::Timestamp;
use crate::wire::RESERVED;
use crate::wire::error::ApiError;
use crate::wire::query::Query;

pub(crate) use continuation::{MessagesState, ThreadsState};

/// How many items a page has when the caller does not say.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DefaultSize {
    pub(crate) size: usize,
    /// Whether the link then says the size all the same.
    pub(crate) in_link: bool,
}

/// The size of a page, and how it is written into the link to the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PageSize {
    pub(crate) size: usize,
    in_link: bool,
}

impl PageSize {
    /// Reads `maxPageSize`: at least 1, and taken for `limit` above it, as it is only a maximum.
    pub(crate) fn read(
        query: &Query,
        default: DefaultSize,
        limit: usize,
    ) -> Result<Self, ApiError> {
        let Some(text) = query.get("maxPageSize") else {
            return Ok(Self {
                size: default.size,
                in_link: default.in_link,
            });
        };
        match text.parse::<u64>() {
            Ok(size) if size > 0 => {
                let size = usize::try_from(size).unwrap_or(usize::MAX).min(limit);
                Ok(Self {
                    size,
                    in_link: true,
                })
            }
            _ => Err(ApiError::bad_request(format!(
                "Value for maxPageSize ({text}) is not valid."
            ))),
        }
    }
}

/// Reads `skip`.
pub(crate) fn skip(query: &Query) -> Result<usize, ApiError> {
    match query.get("skip") {
        None => Ok(0),
        Some(text) => text
            .parse()
            .map_err(|_| ApiError::bad_request(format!("Value for skip ({text}) is not valid."))),
    }
}

/// Reads `startTime`, as callers write it and as the links do.
pub(crate) fn start_time(query: &Query) -> Result<Option<Timestamp>, ApiError> {
    let Some(text) = query.get("startTime") else {
        return Ok(None);
    };
    match Timestamp::parse(text).or_else(|| Timestamp::parse_link(text)) {
        Some(at) => Ok(Some(at)),
        None => Err(ApiError::bad_request(format!(
            "Value for startTime ({text}) is not valid."
        ))),
    }
}

/// A link to the next page: absolute, with everything that is needed, in the recorded order.
#[derive(Debug)]
pub(crate) struct NextLink {
    text: String,
    separator: char,
}

impl NextLink {
    /// A link to `path` at the host that the caller has used.
    pub(crate) fn new(origin: &str, path: &str) -> Self {
        Self {
            text: format!("{origin}{path}"),
            separator: '?',
        }
    }

    pub(crate) fn parameter(mut self, name: &str, value: &str) -> Self {
        self.text.push(self.separator);
        self.separator = '&';
        self.text.push_str(name);
        self.text.push('=');
        self.text.extend(percent_encode(value.as_bytes(), RESERVED));
        self
    }

    pub(crate) fn page_size(self, size: PageSize) -> Self {
        if size.in_link {
            self.parameter("maxPageSize", &size.size.to_string())
        } else {
            self
        }
    }

    /// Ends the link.
    pub(crate) fn api_version(self, version: &str) -> String {
        self.parameter("api-version", version).text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MESSAGES: DefaultSize = DefaultSize {
        size: 10,
        in_link: true,
    };
    const THREADS: DefaultSize = DefaultSize {
        size: 100,
        in_link: false,
    };

    fn link(query: &str, default: DefaultSize) -> String {
        let size = PageSize::read(&Query::parse(query).unwrap(), default, 200).unwrap();
        NextLink::new("http://127.0.0.1:1", "/x")
            .page_size(size)
            .api_version("2021-09-07")
    }

    #[test]
    fn a_page_size_is_repeated_in_the_link_and_a_default_one_as_recorded() {
        assert_eq!(
            link("maxPageSize=3", THREADS),
            "http://127.0.0.1:1/x?maxPageSize=3&api-version=2021-09-07"
        );
        assert_eq!(
            link("", THREADS),
            "http://127.0.0.1:1/x?api-version=2021-09-07"
        );
        assert_eq!(
            link("", MESSAGES),
            "http://127.0.0.1:1/x?maxPageSize=10&api-version=2021-09-07"
        );
        assert_eq!(
            link("maxPageSize=999", MESSAGES),
            "http://127.0.0.1:1/x?maxPageSize=200&api-version=2021-09-07"
        );
    }

    #[test]
    fn page_sizes_that_are_none_are_refused() {
        for text in ["0", "-1", "1.5", "many", ""] {
            let query = Query::parse(&format!("maxPageSize={text}")).unwrap();
            let error = PageSize::read(&query, MESSAGES, 200).unwrap_err();
            assert!(error.message.unwrap().contains("maxPageSize"), "{text}");
        }
    }

    #[test]
    fn a_link_writes_the_start_time_as_recorded() {
        let link = NextLink::new("https://h", "/chat/threads/19:a@thread.v2/messages")
            .parameter("syncState", "3e")
            .parameter("startTime", &Timestamp::EPOCH.in_link())
            .api_version("2021-09-07");
        assert_eq!(
            link,
            "https://h/chat/threads/19:a@thread.v2/messages?syncState=3e&startTime=\
             1%2F1%2F1970%2012%3A00%3A00%20AM%20%2B00%3A00&api-version=2021-09-07"
        );
    }

    #[test]
    fn padding_is_percent_encoded_in_a_link() {
        let link = NextLink::new("", "/x")
            .parameter("syncState", "YQ==")
            .api_version("v");
        assert_eq!(link, "/x?syncState=YQ%3D%3D&api-version=v");
    }
}
