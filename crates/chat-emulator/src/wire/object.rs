//! Objects, and nothing that merely reads like one: derived code also takes the fields of a struct from an
//! array, in the order in which they happen to be declared.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// A `T` that was written as a JSON object.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Object<T>(pub(crate) T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ObjectVisitor(PhantomData))
    }
}

struct ObjectVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectVisitor<T> {
    type Value = Object<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(Object)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    struct Two {
        a: Option<u8>,
        b: Option<u8>,
    }

    #[test]
    fn an_object_is_read_and_an_array_is_not() {
        let Object(two): Object<Two> = serde_json::from_str(r#"{"b":2}"#).unwrap();
        assert_eq!((two.a, two.b), (None, Some(2)));
        for other in ["[1,2]", "[]", "null", "1", "\"a\""] {
            let error = serde_json::from_str::<Object<Two>>(other).unwrap_err();
            assert!(error.to_string().contains("expected an object"), "{error}");
        }
    }
}
