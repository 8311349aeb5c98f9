//! A document from wherever it is: OpenAPI 3.0, or Swagger 2.0 as the service publishes it.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use serde_json::Value;

use super::swagger;
use crate::refusal::Refusal;

#[derive(Debug, thiserror::Error)]
pub(super) enum Error {
    #[error("{path}: {error}", path = path.display())]
    Io { path: PathBuf, error: io::Error },
    #[error("{path}: {error}", path = path.display())]
    Json {
        path: PathBuf,
        error: serde_json::Error,
    },
    #[error("{path}: neither Swagger 2.0 nor OpenAPI 3.0", path = .0.display())]
    Unknown(PathBuf),
    #[error("{path}: {refusal}", path = path.display())]
    Refused { path: PathBuf, refusal: Refusal },
}

/// Reads a document as OpenAPI 3.0, with everything that it refers to in it.
pub(super) fn open_api(path: &Path) -> Result<Value, Error> {
    let document = json(path)?;
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

/// Reads JSON.
pub(super) fn json(path: &Path) -> Result<Value, Error> {
    let text = fs::read_to_string(path).map_err(|error| Error::Io {
        path: path.to_owned(),
        error,
    })?;
    serde_json::from_str(&text).map_err(|error| Error::Json {
        path: path.to_owned(),
        error,
    })
}
