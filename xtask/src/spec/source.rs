//! A document from wherever it is: OpenAPI 3.0, or Swagger 2.0 as the service publishes it.

use std::path::Path;

use serde_json::Value;

use super::{
    file::{self, Error},
    swagger,
};

/// Reads a document as OpenAPI 3.0, with everything that it refers to in it.
pub(super) fn open_api(path: &Path) -> Result<Value, Error> {
    let document = file::json(path)?;
    let says = |key: &str| document[key].as_str().unwrap_or_default();
    if says("openapi").starts_with("3.0") {
        return Ok(document);
    }
    if says("swagger") != "2.0" {
        return Err(Error::Unknown(path.to_owned()));
    }
    let bundled = swagger::bundle::bundle(path, document)?;
    swagger::to_open_api(&bundled).map_err(|refusal| Error::Refused {
        path: path.to_owned(),
        refusal,
    })
}
