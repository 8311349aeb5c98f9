//! Where a list goes on: the `syncState` of its links.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use crate::store::timestamp::Timestamp;
use crate::store::{Activity, ListedThreads, ThreadId};
use crate::wire::error::ApiError;

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

/// Where a list of threads goes on, in the shape of the service's own: base64 of two spans of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ThreadsState {
    /// What has been shown up to here.
    pub(crate) listed: ListedThreads,
    /// The exact start time if there is one; the link shows whole seconds of it only.
    pub(crate) start: Option<Timestamp>,
}

#[derive(Serialize, Deserialize)]
struct Span {
    start: String,
    end: String,
}

impl ThreadsState {
    /// The first span is what has been shown. The second tells apart what happened at the same time. A
    /// third, of which no recording tells, is there when a start was asked for, and begins with it.
    pub(crate) fn encode(self) -> String {
        let ListedThreads { oldest, newest } = self.listed;
        let ordinal = |activity: Activity| {
            Timestamp::from_millis(i64::try_from(activity.ordinal).unwrap_or(i64::MAX))
        };
        let shown = [(oldest.at, newest.at), (ordinal(oldest), ordinal(newest))];
        let asked = self.start.map(|start| (start, newest.at));
        let spans = shown.into_iter().chain(asked).map(|(start, end)| Span {
            start: start.with_millis(),
            end: end.with_millis(),
        });
        let spans: Vec<_> = spans.collect();
        STANDARD.encode(serde_json::to_vec(&spans).unwrap_or_default())
    }

    /// Reads what [`Self::encode`] has made.
    pub(crate) fn decode(text: &str) -> Result<Self, ApiError> {
        let decoded = (|| {
            let spans: Vec<Span> = serde_json::from_slice(&STANDARD.decode(text).ok()?).ok()?;
            let activity = |at: &str, ordinal: &str| {
                let ordinal = u64::try_from(Timestamp::parse(ordinal)?.millis()).ok()?;
                let at = Timestamp::parse(at)?;
                Some(Activity { at, ordinal })
            };
            let (times, ordinals, start) = match spans.as_slice() {
                [times, ordinals] => (times, ordinals, None),
                [times, ordinals, asked] => {
                    (times, ordinals, Some(Timestamp::parse(&asked.start)?))
                }
                _ => return None,
            };
            Some(Self {
                start,
                listed: ListedThreads {
                    oldest: activity(&times.start, &ordinals.start)?,
                    newest: activity(&times.end, &ordinals.end)?,
                },
            })
        })();
        decoded.ok_or_else(invalid_state)
    }
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
        let listed = ListedThreads {
            oldest: Activity {
                at: Timestamp::from_millis(1_631_044_623_778),
                ordinal: 42,
            },
            newest: Activity {
                at: Timestamp::from_millis(1_631_044_624_489),
                ordinal: 43,
            },
        };
        let begin =
            r#"[{"start":"2021-09-07T19:57:03.778+00:00","end":"2021-09-07T19:57:04.489+00:00"}"#;
        let asked = Timestamp::from_millis(1_631_044_623_777);
        for (start, spans) in [(None, 2), (Some(asked), 3)] {
            let state = ThreadsState { listed, start };
            let text = state.encode();
            let json = String::from_utf8(STANDARD.decode(&text).unwrap()).unwrap();
            assert!(json.starts_with(begin), "{json}");
            assert_eq!(json.matches("start").count(), spans, "{json}");
            assert_eq!(ThreadsState::decode(&text), Ok(state));
        }
        for garbled in ["", "e30=", "W10=", "?"] {
            assert!(ThreadsState::decode(garbled).is_err(), "{garbled}");
        }
    }
}
