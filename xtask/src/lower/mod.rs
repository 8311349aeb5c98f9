//! From a document that tells the truth to one that the generator understands.
//!
//! First the checks refuse what would be lowered wrongly or would generate the wrong code; then
//! each pass takes away one thing that the generator has no words for. The document on disk is
//! never changed, and what the passes drop still counts: the table of operations is made from the
//! document as it stands, and its fingerprint is part of the generated file.

mod api_version;
mod binary;
mod check_facts;
mod check_marks;
mod check_operations;
mod check_references;
mod check_schemas;
mod error_answers;
mod limits;
pub(crate) mod media_types;
mod merge_patch;
mod null_lists;

use openapiv3::OpenAPI;
use serde_json::Value;

use crate::{pointer::Pointer, refusal::Refusal};

pub(crate) use api_version::is_api_version;
pub(crate) use check_facts::{NO_WAIT, RATE_GROUP, REPEAT};
pub(crate) use check_marks::TO_BE_WRITTEN;
pub(crate) use error_answers::is_success;

/// A check of the document as it stands.
type Check = fn(&Value) -> Result<(), Refusal>;

/// A pass over the document in memory.
type Pass = fn(&mut Value);

const CHECKS: &[Check] = &[
    // What is to be written would be missed by the others, one thing at a time.
    check_marks::check,
    // Before those that look references up.
    check_references::check,
    check_operations::check,
    check_facts::check,
    check_schemas::check,
];

const PASSES: &[Pass] = &[
    api_version::drop_parameter,
    error_answers::drop_all,
    media_types::choose_one,
    merge_patch::to_json,
    binary::to_octet_stream,
    limits::drop_all,
    null_lists::allow,
];

/// The parameter which says, on each request, which version of the interface it is written for.
const API_VERSION: &str = "api-version";

/// Media type of the bodies of PATCH requests.
const MERGE_PATCH: &str = "application/merge-patch+json";

/// Media type of every other body.
pub(crate) const JSON: &str = "application/json";

/// Checks and lowers a document.
pub(crate) fn lower(document: &Value) -> Result<OpenAPI, Refusal> {
    for check in CHECKS {
        check(document)?;
    }
    let mut lowered = document.clone();
    for pass in PASSES {
        pass(&mut lowered);
    }
    serde_json::from_value(lowered)
        .map_err(|error| Refusal::new(&Pointer::root(), format!("not OpenAPI 3.0: {error}")))
}

#[cfg(test)]
pub(crate) mod testing;

#[cfg(test)]
mod tests {
    use super::{testing::document, *};

    #[test]
    fn a_lowered_document_has_only_what_the_generator_understands() {
        let lowered = serde_json::to_value(lower(&document()).unwrap()).unwrap();

        let text = lowered["paths"].to_string();
        assert!(!text.contains(MERGE_PATCH), "{text}");
        assert!(!text.contains(API_VERSION), "{text}");
        assert!(!text.contains("\"404\""), "{text}");
        assert!(!text.contains("maximum"), "{text}");
    }

    #[test]
    fn what_is_json_but_not_openapi_is_refused() {
        let mut broken = document();
        broken["info"]["title"] = serde_json::json!(7);

        let refusal = lower(&broken).unwrap_err().to_string();

        assert!(refusal.starts_with("#: not OpenAPI 3.0"), "{refusal}");
    }
}
