//! Brings what a document refers to in other files into it.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use serde_json::Value;

use crate::{
    pointer::Pointer,
    refusal::Refusal,
    spec::file::{self, Error},
};

/// Examples are files of their own, and are nothing that a document is made of.
const EXAMPLES: &str = "x-ms-examples";

/// What is at some place of some file.
type Target = (PathBuf, Pointer);

/// The document at `path`, and all it refers to.
pub(crate) fn bundle(path: &Path, document: Value) -> Result<Value, Error> {
    let mut files = BTreeMap::from([(path.to_owned(), document.clone())]);
    let mut bundled = document;
    let mut wanted = Vec::new();
    rewrite(path, path, &mut bundled, &mut wanted);
    let mut known = BTreeSet::new();
    while let Some((file, pointer)) = wanted.pop() {
        if !known.insert((file.clone(), pointer.clone())) {
            continue;
        }
        if !files.contains_key(&file) {
            files.insert(file.clone(), file::json(&file)?);
        }
        let refuse = |reason: &str| Error::Refused {
            path: file.clone(),
            refusal: Refusal::new(&pointer, reason),
        };
        let found = files.get(&file).and_then(|text| pointer.find(text));
        let mut found = found.cloned().ok_or_else(|| refuse("there is nothing"))?;
        let [kind, name] = pointer.segments()[..] else {
            return Err(refuse("no definition, parameter or response"));
        };
        // A definition of the document may say no more than that it is this one.
        let own = &bundled[kind][name];
        let says_the_same = own.is_null() || own["$ref"] == pointer.to_string();
        rewrite(path, &file, &mut found, &mut wanted);
        if !says_the_same && *own != found {
            return Err(refuse("the document has another one of that name"));
        }
        bundled[kind][name] = found;
    }
    follow_aliases(&mut bundled);
    Ok(bundled)
}

/// Makes every reference one within the document `root`, and adds what it leads to in other files.
fn rewrite(root: &Path, file: &Path, node: &mut Value, wanted: &mut Vec<Target>) {
    match node {
        Value::Array(items) => {
            items
                .iter_mut()
                .for_each(|item| rewrite(root, file, item, wanted));
        }
        Value::Object(entries) => {
            entries.remove(EXAMPLES);
            for (key, value) in entries {
                let Some(text) = value.as_str().filter(|_| key == "$ref") else {
                    rewrite(root, file, value, wanted);
                    continue;
                };
                let Some((other, place)) = text.split_once('#') else {
                    continue;
                };
                let target = match other {
                    "" => file.to_owned(),
                    other => beside(file, other),
                };
                let place = format!("#{place}");
                if target != root
                    && let Some(pointer) = Pointer::of_reference(&place)
                {
                    wanted.push((target, pointer));
                }
                *value = Value::String(place);
            }
        }
        _ => {}
    }
}

/// The file that a reference of another one names.
fn beside(file: &Path, other: &str) -> PathBuf {
    let mut path = file.parent().map(Path::to_owned).unwrap_or_default();
    for segment in other.split('/') {
        match segment {
            "." | "" => {}
            // `..` of `..` is one further up.
            ".." if path.file_name().is_some() => {
                path.pop();
            }
            segment => path.push(segment),
        }
    }
    path
}

/// Takes definitions away that are but another name of one, and lets references lead to that.
fn follow_aliases(document: &mut Value) {
    let mut aliases = BTreeMap::new();
    for (name, schema) in document["definitions"].as_object().into_iter().flatten() {
        if let (Some(target), 1) = (
            schema["$ref"].as_str(),
            schema.as_object().map_or(0, |s| s.len()),
        ) {
            aliases.insert(format!("#/definitions/{name}"), target.to_owned());
        }
    }
    if let Some(definitions) = document
        .get_mut("definitions")
        .and_then(Value::as_object_mut)
    {
        definitions.retain(|name, _| !aliases.contains_key(&format!("#/definitions/{name}")));
    }
    replace(document, &aliases);
}

fn replace(node: &mut Value, aliases: &BTreeMap<String, String>) {
    match node {
        Value::Array(items) => items.iter_mut().for_each(|item| replace(item, aliases)),
        Value::Object(entries) => {
            for (key, value) in entries {
                match value
                    .as_str()
                    .filter(|_| key == "$ref")
                    .and_then(|from| aliases.get(from))
                {
                    Some(to) => *value = Value::String(to.clone()),
                    None => replace(value, aliases),
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use serde_json::json;

    use super::*;

    /// A folder with these files, of which the first is bundled.
    fn bundled(files: &[(&str, Value)]) -> Result<Value, Error> {
        let root = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = root.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text.to_string()).unwrap();
        }
        let (name, document) = &files[0];
        bundle(&root.path().join(name), document.clone())
    }

    #[test]
    fn definitions_of_other_files_come_into_the_document_with_all_they_refer_to() {
        let document = json!({"definitions": {
            "Thing": {"properties": {"part": {"$ref": "../common/v1/common.json#/definitions/Part"}}},
        }});
        let common = json!({"definitions": {
            "Part": {"properties": {"next": {"$ref": "#/definitions/Next"}}},
            "Next": {"properties": {"part": {"$ref": "#/definitions/Part"}}},
            "Other": {},
        }});

        let bundled =
            bundled(&[("api/a.json", document), ("common/v1/common.json", common)]).unwrap();

        assert_eq!(
            bundled["definitions"],
            json!({
                "Thing": {"properties": {"part": {"$ref": "#/definitions/Part"}}},
                "Part": {"properties": {"next": {"$ref": "#/definitions/Next"}}},
                "Next": {"properties": {"part": {"$ref": "#/definitions/Part"}}},
            })
        );
    }

    #[test]
    fn a_definition_that_is_but_another_name_gives_way() {
        let document = json!({
            "definitions": {
                "Same": {"$ref": "common.json#/definitions/Same"},
                "Cloud": {"$ref": "common.json#/definitions/CloudModel"},
                "Thing": {"properties": {"cloud": {"$ref": "#/definitions/Cloud"}}},
            },
        });
        let common =
            json!({"definitions": {"Same": {"type": "object"}, "CloudModel": {"type": "string"}}});

        let bundled = bundled(&[("a.json", document), ("common.json", common)]).unwrap();

        assert_eq!(
            bundled["definitions"],
            json!({
                "Same": {"type": "object"},
                "CloudModel": {"type": "string"},
                "Thing": {"properties": {"cloud": {"$ref": "#/definitions/CloudModel"}}},
            })
        );
    }

    #[test]
    fn two_definitions_of_one_name_are_refused() {
        let document = json!({
            "definitions": {"Part": {"type": "string"}},
            "x": {"$ref": "common.json#/definitions/Part"},
        });
        let common = json!({"definitions": {"Part": {"type": "object"}}});

        let error = bundled(&[("a.json", document), ("common.json", common)]).unwrap_err();

        let text = error.to_string();
        assert!(
            text.ends_with("#/definitions/Part: the document has another one of that name"),
            "{text}"
        );
    }

    #[test]
    fn what_is_not_there_is_named() {
        let document = json!({"x": {"$ref": "common.json#/definitions/Part"}});

        let missing = bundled(&[("a.json", document.clone())])
            .unwrap_err()
            .to_string();
        let empty = bundled(&[("a.json", document), ("common.json", json!({}))]).unwrap_err();

        assert!(missing.contains("common.json: "), "{missing}");
        assert!(
            empty
                .to_string()
                .ends_with("#/definitions/Part: there is nothing"),
            "{empty}"
        );
    }
}
