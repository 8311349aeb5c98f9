//! Reading the fields of a payload. Whatever is missing, null or of another type than it should be
//! is left out: the payloads are known from those who read them, and from no document.

use std::collections::BTreeMap;

use chat_rest::DateTime;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};
use time::OffsetDateTime;

use crate::models::CommunicationIdentifier;

/// The fields of a JSON object.
#[derive(Clone, Copy)]
pub(super) struct Fields<'a>(pub(super) &'a Map<String, Value>);

impl Fields<'_> {
    /// A text, or a number as text. An empty one counts as missing.
    pub(super) fn text(self, name: &str) -> Option<String> {
        match self.0.get(name)? {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
        .filter(|text| !text.is_empty())
    }

    /// A text that may be empty.
    pub(super) fn content(self, name: &str) -> Option<String> {
        self.0.get(name)?.as_str().map(str::to_owned)
    }

    /// A number, or a text that holds one.
    pub(super) fn number(self, name: &str) -> Option<u64> {
        match self.0.get(name)? {
            Value::Number(number) => number.as_u64(),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        }
    }

    /// A time: a text as in RFC 3339, or milliseconds since 1970.
    pub(super) fn time(self, name: &str) -> Option<OffsetDateTime> {
        let text = self.0.get(name)?.as_str();
        match text.and_then(|text| text.parse::<DateTime>().ok()) {
            Some(time) => Some(time.into()),
            None => milliseconds(self.number(name)?),
        }
    }

    /// Who it is, of a raw id.
    pub(super) fn identifier(self, name: &str) -> Option<CommunicationIdentifier> {
        self.text(name).map(CommunicationIdentifier::from_raw_id)
    }

    /// JSON within a text, or as it is. Percent-encoding is undone where it does not parse without.
    pub(super) fn json(self, name: &str) -> Option<Value> {
        let value = self.0.get(name)?;
        let Some(text) = value.as_str() else {
            return Some(value.clone());
        };
        serde_json::from_str(text).ok().or_else(|| {
            let decoded = percent_decode_str(text).decode_utf8().ok()?;
            serde_json::from_str(&decoded).ok()
        })
    }

    /// An object of texts within a text; empty for whatever else there is.
    pub(super) fn metadata(self, name: &str) -> BTreeMap<String, String> {
        let Some(Value::Object(entries)) = self.json(name) else {
            return BTreeMap::new();
        };
        let fields = Fields(&entries);
        let texts = entries
            .keys()
            .filter_map(|key| Some((key.clone(), fields.text_or_empty(key)?)));
        texts.collect()
    }

    fn text_or_empty(self, name: &str) -> Option<String> {
        self.text(name).or_else(|| self.content(name))
    }
}

/// A time of so many milliseconds since 1970, if there is one.
pub(super) fn milliseconds(milliseconds: u64) -> Option<OffsetDateTime> {
    let nanoseconds = i128::from(milliseconds) * 1_000_000;
    OffsetDateTime::from_unix_timestamp_nanos(nanoseconds).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use time::macros::datetime;

    use super::*;

    fn with<T>(fields: Value, read: impl Fn(Fields<'_>) -> T) -> T {
        read(Fields(fields.as_object().unwrap()))
    }

    #[test]
    fn numbers_and_texts_stand_for_each_other() {
        let fields = json!({"a": "12", "b": 12, "c": "", "d": null, "e": [], "f": "x"});
        with(fields, |fields| {
            assert_eq!(
                (fields.number("a"), fields.number("b")),
                (Some(12), Some(12))
            );
            assert_eq!(fields.text("b").as_deref(), Some("12"));
            for missing in ["c", "d", "e", "none"] {
                assert_eq!(fields.text(missing), None, "{missing}");
                assert_eq!(fields.number(missing), None, "{missing}");
            }
            assert_eq!(fields.number("f"), None);
        });
    }

    #[test]
    fn times_are_texts_of_any_precision_or_milliseconds() {
        let fields = json!({
            "a": "2024-11-24T11:16:40.123Z", "b": "2021-08-26T20:35:17.9882388Z",
            "c": 1_732_447_000_123_u64, "d": "1732447000123", "e": "soon", "f": u64::MAX,
        });
        with(fields, |fields| {
            let same = datetime!(2024-11-24 11:16:40.123 UTC);
            for name in ["a", "c", "d"] {
                assert_eq!(fields.time(name), Some(same), "{name}");
            }
            let precise = datetime!(2021-08-26 20:35:17.988_238_8 UTC);
            assert_eq!(fields.time("b"), Some(precise));
            assert_eq!((fields.time("e"), fields.time("f")), (None, None));
        });
    }

    #[test]
    fn json_comes_in_texts_and_percent_signs_stay_where_they_are_no_encoding() {
        let fields = json!({
            "a": "{\"topic\":\"50%25\"}", "b": "%7B%22topic%22%3A%2250%25%22%7D", "c": {"topic": "x"},
            "d": "null", "e": "{",
        });
        with(fields, |fields| {
            assert_eq!(fields.json("a"), Some(json!({"topic": "50%25"})));
            assert_eq!(fields.json("b"), Some(json!({"topic": "50%"})));
            assert_eq!(fields.json("c"), Some(json!({"topic": "x"})));
            assert_eq!(fields.json("d"), Some(Value::Null));
            assert_eq!(fields.json("e"), None);
        });
    }

    #[test]
    fn metadata_is_empty_for_whatever_is_none() {
        let fields = json!({"a": "null", "b": "{}", "c": "", "d": "{\"k\":\"\",\"n\":1,\"x\":[]}"});
        with(fields, |fields| {
            for name in ["a", "b", "c", "none"] {
                assert!(fields.metadata(name).is_empty(), "{name}");
            }
            let entries: Vec<_> = fields.metadata("d").into_iter().collect();
            let expected = [("k", ""), ("n", "1")].map(|(k, v)| (k.to_owned(), v.to_owned()));
            assert_eq!(entries, expected);
        });
    }
}
