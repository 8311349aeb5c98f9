//! Pages: how many items, where to go on, and the link that says so.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};
use serde::{Deserialize, Serialize};

use crate::error::ApiError;
use crate::query::Query;
use crate::store::{Activity, ThreadId};
use crate::timestamp::Timestamp;

/// What the links leave as it is: the unreserved characters, as .NET's `Uri.EscapeDataString` does.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

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

/// Where a list of messages goes on, in the shape of the service's own: hex of a mark, the thread id
/// with its length, a 1, and two numbers of eight bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct MessagesState {
    /// Only sequence ids below this one are left.
    pub(crate) before: u64,
    /// The exact start time, of which the link shows whole seconds only.
    pub(crate) start: Timestamp,
}

const MARK: u8 = 0x3e;

impl MessagesState {
    pub(crate) fn encode(self, thread: &ThreadId) -> String {
        let id = thread.as_str().as_bytes();
        let length = u32::try_from(id.len()).unwrap_or(u32::MAX);
        let mut bytes = vec![MARK];
        bytes.extend(length.to_le_bytes());
        bytes.extend(id);
        bytes.push(1);
        bytes.extend(self.before.to_le_bytes());
        bytes.extend(self.start.millis().to_le_bytes());
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Reads what [`Self::encode`] has made for the same thread.
    pub(crate) fn decode(text: &str, thread: &ThreadId) -> Result<Self, ApiError> {
        let decoded = (|| {
            let bytes = unhex(text)?;
            let (numbers_at, id) = (bytes.len().checked_sub(16)?, thread.as_str().as_bytes());
            let (head, numbers) = bytes.split_at(numbers_at);
            let length = u32::try_from(id.len()).ok()?.to_le_bytes();
            if head != [&[MARK], length.as_slice(), id, &[1]].concat() {
                return None;
            }
            let (before, start) = numbers.split_at(8);
            Some(Self {
                before: u64::from_le_bytes(before.try_into().ok()?),
                start: Timestamp::from_millis(i64::from_le_bytes(start.try_into().ok()?)),
            })
        })();
        decoded.ok_or_else(invalid_state)
    }
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.is_ascii() {
        return None;
    }
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok())
        .collect()
}

/// Where a list of threads goes on, in the shape of the service's own: base64 of two spans of time. The
/// first begins where the page ended; the second tells threads apart in which something happened at the
/// same time.
#[derive(Debug, Serialize, Deserialize)]
struct Span {
    start: String,
    end: String,
}

/// Writes the state of a list of threads after the page that ended at `last`.
pub(crate) fn encode_threads_state(last: Activity, now: Timestamp) -> String {
    let spans = [
        Span {
            start: last.at.with_millis(),
            end: now.with_millis(),
        },
        Span {
            start: Timestamp::from_millis(i64::try_from(last.ordinal).unwrap_or(i64::MAX))
                .with_millis(),
            end: Timestamp::EPOCH.with_millis(),
        },
    ];
    STANDARD.encode(serde_json::to_vec(&spans).unwrap_or_default())
}

/// Reads what [`encode_threads_state`] has made.
pub(crate) fn decode_threads_state(text: &str) -> Result<Activity, ApiError> {
    let decoded = (|| {
        let spans: [Span; 2] = serde_json::from_slice(&STANDARD.decode(text).ok()?).ok()?;
        let at = Timestamp::parse(&spans[0].start)?;
        let ordinal = u64::try_from(Timestamp::parse(&spans[1].start)?.millis()).ok()?;
        Some(Activity { at, ordinal })
    })();
    decoded.ok_or_else(invalid_state)
}

fn invalid_state() -> ApiError {
    ApiError::bad_request("Value for syncState is not valid.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn thread() -> ThreadId {
        ThreadId::parse("19:95YXvojnpLCedk1MudaahmvaUaBg_a6ZzChkbQ5WCPc1@thread.v2").unwrap()
    }

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
    fn the_state_of_messages_has_the_recorded_shape_and_is_read_back() {
        let state = MessagesState {
            before: 7,
            start: Timestamp::from_millis(1_234_567),
        };
        let text = state.encode(&thread());
        let recorded = "3e3900000031393a39355958766f6a6e704c4365646b314d75646161686d7661556142675f61\
                        365a7a43686b6251355743506331407468726561642e763201a0f5f1927d010000970df2927d010000";
        assert_eq!(text.len(), recorded.len());
        assert_eq!(text[..126], recorded[..126]);
        assert_eq!(MessagesState::decode(&text, &thread()), Ok(state));
        assert!(MessagesState::decode(recorded, &thread()).is_ok());
    }

    #[test]
    fn a_state_of_another_thread_or_a_garbled_one_is_refused() {
        let other = ThreadId::parse("19:00000000000000000000000000000000@thread.v2").unwrap();
        let state = MessagesState {
            before: 7,
            start: Timestamp::EPOCH,
        };
        let text = state.encode(&thread());
        assert!(MessagesState::decode(&text, &other).is_err());
        for garbled in ["", "3e", "zz", "é", &text[2..], &text[..text.len() - 1]] {
            assert!(
                MessagesState::decode(garbled, &thread()).is_err(),
                "{garbled}"
            );
        }
    }

    #[test]
    fn the_state_of_threads_is_base64_json_and_is_read_back() {
        let last = Activity {
            at: Timestamp::from_millis(1_631_044_623_778),
            ordinal: 42,
        };
        let text = encode_threads_state(last, Timestamp::from_millis(1_631_044_624_489));
        let json = String::from_utf8(STANDARD.decode(&text).unwrap()).unwrap();
        assert!(json.starts_with(
            r#"[{"start":"2021-09-07T19:57:03.778+00:00","end":"2021-09-07T19:57:04.489+00:00"}"#
        ));
        assert_eq!(decode_threads_state(&text), Ok(last));
        for garbled in ["", "e30=", "W10=", "?"] {
            assert!(decode_threads_state(garbled).is_err(), "{garbled}");
        }
    }

    #[test]
    fn padding_is_percent_encoded_in_a_link() {
        let link = NextLink::new("", "/x")
            .parameter("syncState", "YQ==")
            .api_version("v");
        assert_eq!(link, "/x?syncState=YQ%3D%3D&api-version=v");
    }
}
