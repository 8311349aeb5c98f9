//! Reading a file, and what can be wrong with it.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use serde_json::Value;

use crate::refusal::Refusal;

#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
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

/// Reads JSON.
pub(crate) fn json(path: &Path) -> Result<Value, Error> {
    let text = fs::read_to_string(path).map_err(|error| Error::Io {
        path: path.to_owned(),
        error,
    })?;
    serde_json::from_str(&text).map_err(|error| Error::Json {
        path: path.to_owned(),
        error,
    })
}
