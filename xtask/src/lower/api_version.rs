//! Drops the `api-version` query parameter.
//!
//! It would become an argument of every function, with one value that is ever right. The hooks of
//! `chat-rest` append it to each request.

use serde_json::Value;

use super::API_VERSION;
use crate::{pointer, walk};

/// Drops the parameter from every operation.
pub(super) fn drop_parameter(document: &mut Value) {
    let original = document.clone();
    walk::operations_mut(document, |operation| {
        if let Some(parameters) = operation
            .get_mut("parameters")
            .and_then(Value::as_array_mut)
        {
            parameters.retain(|parameter| !is_api_version(&original, parameter));
        }
    });
}

/// Whether a parameter, given in place or by reference, is the `api-version` of the query.
pub(crate) fn is_api_version(document: &Value, parameter: &Value) -> bool {
    let parameter = pointer::resolved(document, parameter);
    parameter["name"] == API_VERSION && parameter["in"] == "query"
}

#[cfg(test)]
mod tests {
    use super::{super::testing::document, *};

    #[test]
    fn the_parameter_goes_and_the_others_stay() {
        let mut lowered = document();

        drop_parameter(&mut lowered);

        let item = &lowered["paths"]["/things/{id}"];
        assert_eq!(item["get"]["parameters"], serde_json::json!([]));
        assert_eq!(item["patch"]["parameters"].as_array().unwrap().len(), 1);
        assert_eq!(item["patch"]["parameters"][0]["name"], "page");
        assert_eq!(item["parameters"][0]["name"], "id");
    }
}
