//! The JSON bodies. These types are the emulator's own: types shared with a client would hide a mistake
//! that both make.

pub(crate) mod attachment;
pub(crate) mod error;
pub(crate) mod identifier;
pub(crate) mod identity;
pub(crate) mod message;
mod object;
pub(crate) mod participant;
pub(crate) mod query;
pub(crate) mod receipt;
pub(crate) mod thread;
pub(crate) mod version;

use std::collections::BTreeMap;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};

use crate::store::MetadataPatch;
use crate::wire::error::ApiError;

use object::Object;

/// What links encode: all but the unreserved characters, as .NET's `Uri.EscapeDataString` does.
pub(crate) const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A page of a list. The last one has no `nextLink`, which is never null.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Collection<T> {
    pub(crate) value: Vec<T>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next_link: Option<String>,
}

/// Metadata in a merge patch: null removes a name, or all of it.
type MetadataRequest = Option<BTreeMap<String, Option<String>>>;

fn metadata_patch(request: MetadataRequest) -> MetadataPatch {
    request.map_or(MetadataPatch::Clear, MetadataPatch::Merge)
}

/// Reads a JSON body, which is always an object.
pub(crate) fn decode<T: DeserializeOwned>(body: &[u8]) -> Result<T, ApiError> {
    let mut json = serde_json::Deserializer::from_slice(body);
    let invalid = |field: &str, error: &serde_json::Error| {
        // What is no JSON, or no object, is wrong as a whole.
        let field = if error.is_data() && field != "." {
            field
        } else {
            "$"
        };
        ApiError::invalid(field, format!("The request body is not valid: {error}."))
    };
    let Object(value) = serde_path_to_error::deserialize(&mut json)
        .map_err(|error| invalid(&error.path().to_string(), error.inner()))?;
    json.end().map_err(|error| invalid(".", &error))?;
    Ok(value)
}

/// Reads a field of a merge patch, where null is not the same as absent.
fn nullable<'de, T, D>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    Option::deserialize(deserializer).map(Some)
}

/// Gives a required field.
fn required<T>(name: &str, field: Option<T>) -> Result<T, ApiError> {
    field.ok_or_else(|| ApiError::invalid(name, format!("The request body lacks {name}.")))
}
