//! The bounds of an answer: of its bytes, and of the values in it, since `{},` is three bytes to
//! write and hundreds to hold.

use std::error::Error as StdError;
use std::fmt;

use bytes::Bytes;
use futures_util::StreamExt;
use http_body_util::{BodyStream, LengthLimitError, Limited, StreamBody};
use reqwest::Body;

/// More than a page holds of 200 messages that each tell of 200 participants.
const MAX_VALUES: usize = 500_000;

/// An answer that is read no further than its bounds.
pub(super) fn bounded(answer: Body, max_bytes: usize) -> Body {
    let mut values = Values::default();
    let frames = BodyStream::new(Limited::new(answer, max_bytes)).map(move |frame| {
        let frame = frame?;
        if let Some(data) = frame.data_ref() {
            values.take(data)?;
        }
        Ok::<_, Box<dyn StdError + Send + Sync>>(frame)
    });
    Body::wrap(StreamBody::new(frames))
}

/// Whether it is the bounds that an answer was not read for.
pub(super) fn is_bound(error: &(dyn StdError + 'static)) -> bool {
    error.is::<LengthLimitError>() || error.is::<TooManyValues>()
}

#[derive(Debug)]
struct TooManyValues;

impl fmt::Display for TooManyValues {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "more than {MAX_VALUES} values")
    }
}

impl StdError for TooManyValues {}

/// Counts the values of a JSON text that comes in pieces, by what stands before each.
#[derive(Debug, Default)]
struct Values {
    count: usize,
    place: Place,
    bytes: usize,
    uncounted: Vec<Bytes>,
}

/// Where in the text counting has come to.
#[derive(Debug, Default)]
enum Place {
    #[default]
    Between,
    InString,
    BehindBackslash,
}

impl Values {
    fn take(&mut self, data: &Bytes) -> Result<(), TooManyValues> {
        self.bytes = self.bytes.saturating_add(data.len());
        self.uncounted.push(data.clone());
        // Usual answers are too short to be worth counting: a value takes a byte at least.
        if self.bytes > MAX_VALUES {
            for data in std::mem::take(&mut self.uncounted) {
                self.count(&data);
            }
        }
        if self.count > MAX_VALUES {
            return Err(TooManyValues);
        }
        Ok(())
    }

    fn count(&mut self, mut data: &[u8]) {
        while !data.is_empty() {
            let is_end = |byte: &u8| match self.place {
                Place::Between => *byte == b'"',
                Place::InString => matches!(byte, b'"' | b'\\'),
                Place::BehindBackslash => true,
            };
            let end = data.iter().position(is_end);
            let (piece, rest) = data.split_at(end.unwrap_or(data.len()));
            if matches!(self.place, Place::Between) {
                let values = piece
                    .iter()
                    .filter(|byte| matches!(byte, b',' | b'[' | b'{'));
                self.count += values.count();
            }
            let Some((end, rest)) = rest.split_first() else {
                return;
            };
            self.place = match (&self.place, end) {
                (Place::InString, b'"') => Place::Between,
                (Place::InString, _) => Place::BehindBackslash,
                _ => Place::InString,
            };
            data = rest;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn count(pieces: &[&[u8]]) -> usize {
        let mut values = Values::default();
        pieces.iter().for_each(|piece| values.count(piece));
        values.count
    }

    fn take(text: &str) -> Result<(), TooManyValues> {
        Values::default().take(&Bytes::copy_from_slice(text.as_bytes()))
    }

    #[test]
    fn values_are_counted_and_what_stands_in_strings_is_not() {
        for (text, values) in [
            ("", 0),
            ("7", 0),
            ("[1,2,3]", 3),
            (r#"{"a":{},"b":[[]]}"#, 5),
            (r#"{",[{":",[{","\"[":"\\]"}"#, 2),
        ] {
            assert_eq!(count(&[text.as_bytes()]), values, "{text}");
        }
    }

    #[test]
    fn an_answer_of_too_many_values_is_refused_however_it_is_written() {
        for value in ["0,", "{},", "[[],", " \"\" ,"] {
            assert!(take(&value.repeat(MAX_VALUES + 1)).is_err(), "{value}");
        }
        let text = format!("[\"{}\"]", ",".repeat(4 * MAX_VALUES));
        assert!(take(&text).is_ok());
    }

    #[test]
    fn a_large_page_of_the_service_is_read() {
        let user =
            "8:acs:00000000-0000-0000-0000-000000000000_00000000-0000-0000-0000-000000000000";
        let participant = format!(
            r#"{{"communicationIdentifier":{{"rawId":"{user}","kind":"communicationUser","communicationUser":{{"id":"{user}"}}}},"displayName":"A","shareHistoryTime":"1970-01-01T00:00:00Z"}},"#
        );
        let page = participant.repeat(200 * 200);
        assert!(page.len() < 16 * 1024 * 1024);
        assert!(take(&page).is_ok());
    }

    proptest! {
        #[test]
        fn it_makes_no_difference_in_which_pieces_a_text_comes(
            pieces in prop::collection::vec("[\\[\\]{},\"\\\\a]{0,9}", 0..9)
        ) {
            let apart: Vec<_> = pieces.iter().map(String::as_bytes).collect();
            prop_assert_eq!(count(&apart), count(&[pieces.concat().as_bytes()]));
        }
    }
}
