//! The documents of the service, as the tests need them.

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use serde_json::Value;

/// The documents, by the names of their files.
pub const DOCUMENTS: [&str; 2] = ["chat", "identity"];

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// An operation, as its document describes it.
#[derive(Clone, Debug)]
pub struct Operation {
    /// Its id.
    pub id: String,
    /// Its HTTP method, in upper case.
    pub method: String,
    /// The template of its path.
    pub path: String,
    /// The name of the operations that are counted together for the rate limits.
    pub rate_group: String,
    /// Its parameters, but for the version.
    pub parameters: Vec<Parameter>,
    /// The example of its request's body; a text stands for one that is no JSON.
    pub request: Option<Value>,
    /// The media type of that body; empty where there is none.
    pub media_type: String,
    /// The first status of success.
    pub status: u16,
    /// The example of the body that comes with it.
    pub answer: Option<Value>,
}

/// A parameter of an operation.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// `path`, `query` or `header`.
    pub place: String,
    /// Its example, as it stands in a request.
    pub example: String,
    /// Whether no request may leave it out.
    pub required: bool,
}

/// A document as JSON.
///
/// # Panics
/// When it is not where it should be.
pub fn document(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"));
    let path = path.join(format!("../spec/{name}.json"));
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path:?}: {error}"));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path:?}: {error}"))
}

/// The version of the interface that a document describes.
///
/// # Panics
/// When it does not say.
pub fn version(name: &str) -> &'static str {
    static VERSIONS: LazyLock<[String; 2]> = LazyLock::new(|| {
        DOCUMENTS.map(|name| {
            document(name)["info"]["version"]
                .as_str()
                .unwrap()
                .to_owned()
        })
    });
    let index = DOCUMENTS.iter().position(|known| *known == name);
    &VERSIONS[index.unwrap_or_else(|| panic!("no document {name}"))]
}

/// The operations of all documents.
pub fn operations() -> Vec<Operation> {
    DOCUMENTS
        .iter()
        .flat_map(|name| operations_of(&document(name)))
        .collect()
}

/// The operations of a document.
pub fn operations_of(document: &Value) -> Vec<Operation> {
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        for method in METHODS {
            if let Some(node) = item.get(method) {
                operations.push(operation(document, path, method, node));
            }
        }
    }
    operations
}

fn operation(document: &Value, path: &str, method: &str, node: &Value) -> Operation {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let given = node["parameters"].as_array().into_iter().flatten();
    let parameters = given
        .map(|parameter| resolved(document, parameter))
        .filter(|parameter| parameter["name"] != "api-version")
        .map(|parameter| Parameter {
            name: text(&parameter["name"]),
            place: text(&parameter["in"]),
            required: parameter["required"] == true,
            example: match &parameter["example"] {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            },
        })
        .collect();
    let mut answers = node["responses"].as_object().into_iter().flatten();
    let success = answers.find(|(status, _)| status.starts_with('2'));
    let (status, answer) = success.unwrap_or_else(|| panic!("{method} {path} never succeeds"));
    Operation {
        id: text(&node["operationId"]),
        method: method.to_uppercase(),
        path: path.to_owned(),
        rate_group: text(&node["x-rate-group"]),
        parameters,
        request: example(&node["requestBody"]),
        media_type: media_type(&node["requestBody"]).unwrap_or_default(),
        status: status.parse().unwrap_or_default(),
        answer: example(resolved(document, answer)),
    }
}

fn example(body: &Value) -> Option<Value> {
    let content = body["content"].as_object()?;
    content.values().next()?.get("example").cloned()
}

fn media_type(body: &Value) -> Option<String> {
    body["content"].as_object()?.keys().next().cloned()
}

/// What a reference leads to.
pub fn resolved<'a>(document: &'a Value, node: &'a Value) -> &'a Value {
    let target = node["$ref"]
        .as_str()
        .and_then(|target| target.strip_prefix('#'));
    target
        .and_then(|target| document.pointer(target))
        .unwrap_or(node)
}
