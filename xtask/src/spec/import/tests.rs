use std::path::Path;

use super::*;
use crate::{document::Document, lower, render::render};

/// What is known of the identity interface of that version, in the form in which it is published.
fn published() -> Value {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/spec/import/testdata");
    source::open_api(&folder.join("identity-2026-09-23.json")).unwrap()
}

fn identity() -> Value {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    file::json(&root.join(document::path_of("identity"))).unwrap()
}

/// Writes whatever is marked, as a maintainer would.
fn written(node: &mut Value) {
    match node {
        Value::Array(items) => items.iter_mut().for_each(written),
        Value::Object(entries) => {
            let marks = entries.remove(TO_BE_WRITTEN);
            for key in marks
                .iter()
                .filter_map(Value::as_object)
                .flat_map(|marks| marks.keys())
            {
                let value = match key.as_str() {
                    "x-repeat" => json!({"safe": true, "because": "the end state is the same"}),
                    "x-no-wait" => json!(false),
                    "example" => continue,
                    _ => json!("Words."),
                };
                entries.insert(key.clone(), value);
            }
            entries.values_mut().for_each(written);
        }
        _ => {}
    }
}

#[test]
fn the_next_identity_version_adds_operations_of_teams_and_changes_nothing_else() {
    let old = identity();

    let merged = merge::merge(&old, &published());

    let changes: Vec<_> = compare::compare(&old, &merged.document)
        .iter()
        .map(|change| {
            change
                .to_string()
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" ")
        })
        .collect();
    let assignment = "/access/teamsExtension/tenants/{}/assignments/{}";
    assert_eq!(
        changes,
        [
            format!("compatible DELETE {assignment}: added"),
            format!("compatible GET {assignment}: added"),
            "compatible POST /access/teamsExtension/:exchangeAccessToken: added".to_owned(),
            format!("compatible PUT {assignment}: added"),
        ]
    );
    assert_eq!(
        merged.notes,
        [
            "CommunicationErrorResponse/error: may be missing, as `x-may-be-missing` says",
            "CommunicationIdentityAccessTokenResult/identity: may be missing, as `x-may-be-missing` says",
        ]
    );
}

#[test]
fn what_the_project_has_written_stays_to_the_letter() {
    let old = identity();
    let merged = merge::merge(&old, &published()).document;

    for (path, item) in old["paths"].as_object().unwrap() {
        assert_eq!(merged["paths"][path], *item, "{path}");
    }
    for (name, schema) in old["components"]["schemas"].as_object().unwrap() {
        assert_eq!(merged["components"]["schemas"][name], *schema, "{name}");
    }
    assert_eq!(merged["info"]["version"], "2026-09-23");
    let version = &merged["components"]["parameters"]["ApiVersion"]["schema"]["default"];
    assert_eq!(version, "2026-09-23");
}

#[test]
fn nothing_is_generated_before_everything_is_written() {
    let merged = merge::merge(&identity(), &published()).document;

    let refusal = lower::lower(&merged).unwrap_err().to_string();

    assert!(refusal.contains("to be written: "), "{refusal}");
    assert!(marks(&merged) > 40, "{}", marks(&merged));
}

#[test]
fn the_next_identity_version_is_generated_once_it_is_written() {
    let mut merged = merge::merge(&identity(), &published()).document;
    written(&mut merged);
    let kind = "/components/schemas/TeamsExtensionPrincipalType";
    let refusal = lower::lower(&merged).unwrap_err().to_string();
    let expected = format!(
        "#{kind}/x-extensible-enum: `x-extensible-enum` needs a named schema with a handwritten type"
    );
    assert_eq!(refusal, expected);

    // That type is for whoever offers the operations to write.
    let kind = merged.pointer_mut(kind).unwrap();
    kind.as_object_mut().unwrap().remove("x-extensible-enum");
    let file = render(&Document::parse("identity", &merged.to_string()).unwrap()).unwrap();

    assert!(file.contains("pub async fn upsert_assignment"), "{file}");
    assert!(file.contains("success: &[200, 201]"), "{file}");
    assert!(
        file.contains("pub struct TeamsExtensionExchangeTokenRequest("),
        "{file}"
    );
}

#[test]
fn what_is_no_longer_published_goes_and_what_is_new_is_marked() {
    let mut published = published();
    let schemas = &mut published["components"]["schemas"];
    let request = &mut schemas["CommunicationIdentityCreateRequest"]["properties"];
    request.as_object_mut().unwrap().remove("expiresInMinutes");
    request["externalId"] = json!({"type": "string", "description": "Theirs."});
    schemas["CommunicationIdentityTokenScope"]["x-extensible-enum"] = json!(["fly", "chat"]);
    let paths = published["paths"].as_object_mut().unwrap();
    paths.remove("/teamsUser/:exchangeAccessToken");

    let merged = merge::merge(&identity(), &published);

    let schemas = &merged.document["components"]["schemas"];
    assert_eq!(
        schemas["CommunicationIdentityCreateRequest"]["properties"]["externalId"],
        json!({"type": "string", "x-to-be-written": {"description": "Theirs."}})
    );
    let fields = &schemas["CommunicationIdentityCreateRequest"]["properties"];
    assert!(fields.get("expiresInMinutes").is_none());
    assert_eq!(
        schemas["CommunicationIdentityTokenScope"]["x-extensible-enum"],
        json!(["chat", "fly"])
    );
    assert!(schemas.get("TeamsUserExchangeTokenRequest").is_none());
    let note = "TeamsUserExchangeTokenRequest: dropped, nothing refers to it".to_owned();
    assert!(merged.notes.contains(&note), "{:?}", merged.notes);
}

#[test]
fn what_the_project_has_decided_against_stays_so() {
    let mut old = identity();
    let schema = &mut old["components"]["schemas"]["CommunicationIdentityCreateRequest"];
    schema["properties"]
        .as_object_mut()
        .unwrap()
        .remove("expiresInMinutes");
    schema["x-left-out"] = json!({"expiresInMinutes": "a reason"});

    let merged = merge::merge(&old, &published());

    let schema = &merged.document["components"]["schemas"]["CommunicationIdentityCreateRequest"];
    assert!(schema["properties"].get("expiresInMinutes").is_none());
    let note =
        "CommunicationIdentityCreateRequest/expiresInMinutes: left out, as `x-left-out` says";
    assert!(
        merged.notes.contains(&note.to_owned()),
        "{:?}",
        merged.notes
    );
}

#[test]
fn a_schema_keeps_the_name_that_it_has_here() {
    let mut published = published();
    let schemas = published["components"]["schemas"].as_object_mut().unwrap();
    let schema = schemas.remove("CommunicationIdentity").unwrap();
    schemas.insert("Identity".to_owned(), schema);
    let mut names = names::Names::new();
    names.insert("CommunicationIdentity".to_owned(), "Identity".to_owned());
    names::rename(&mut published, &names);

    let merged = merge::merge(&identity(), &published).document;

    let schemas = &merged["components"]["schemas"];
    assert!(schemas.get("Identity").is_none());
    assert_eq!(
        schemas["CommunicationIdentity"],
        identity()["components"]["schemas"]["CommunicationIdentity"]
    );
}

#[test]
fn the_file_is_rewritten_and_the_report_says_what_changed() {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir(root.path().join("spec")).unwrap();
    let path = root.path().join("spec/identity.json");
    fs::write(&path, identity().to_string()).unwrap();
    let testdata = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/spec/import/testdata");
    let arguments = Arguments {
        file: testdata.join("identity-2026-09-23.json"),
        into: "identity".to_owned(),
    };

    let report = run(root.path(), &arguments).unwrap();

    assert!(report.ends_with(" things are to be written\n"), "{report}");
    let written = file::json(&path).unwrap();
    assert_eq!(written, merge::merge(&identity(), &published()).document);
}

#[test]
fn an_answer_of_a_new_operation_has_the_headers_of_all_others() {
    let old = identity();
    let merged = merge::merge(&old, &published()).document;

    let answer = &merged["paths"]["/access/teamsExtension/:exchangeAccessToken"]["post"];
    let known = &old["paths"]["/identities"]["post"]["responses"]["201"];
    assert_eq!(answer["responses"]["200"]["headers"], known["headers"]);
}

#[test]
fn a_parameter_and_a_field_of_another_type_are_noted() {
    let mut old = identity();
    let own = &mut old["components"]["parameters"]["Id"];
    assert!(own.is_object(), "no such parameter");
    own["schema"]["minLength"] = json!(1);
    let mut published = published();
    let parameters = &mut published["paths"]["/identities/{id}"]["delete"]["parameters"];
    for parameter in parameters.as_array_mut().unwrap() {
        if parameter["in"] == "path" {
            parameter["schema"]["type"] = json!("integer");
        }
    }
    let schemas = &mut published["components"]["schemas"];
    let request = &mut schemas["CommunicationIdentityCreateRequest"]["properties"];
    request["expiresInMinutes"]["format"] = json!("int64");

    let merged = merge::merge(&old, &published);

    let delete = &merged.document["paths"]["/identities/{id}"]["delete"];
    let id = &delete["parameters"][0];
    assert_eq!(id["schema"]["type"], "integer");
    assert_eq!(id["schema"]["minLength"], 1);
    assert_eq!(
        id["description"],
        old["components"]["parameters"]["Id"]["description"]
    );
    let other = "of another type now: its description and its examples are as they were";
    for note in [
        "DELETE /identities/{} id: no longer as in other operations".to_owned(),
        format!("DELETE /identities/{{}} id: {other}"),
        format!("CommunicationIdentityCreateRequest/expiresInMinutes: {other}"),
    ] {
        assert!(merged.notes.contains(&note), "{note}: {:#?}", merged.notes);
    }
}

#[test]
fn what_a_published_file_refers_to_is_read_from_the_file_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let testdata = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/spec/import/testdata");
    let published = file::json(&testdata.join("identity-2026-09-23.json")).unwrap();
    let mut apart = published.clone();
    let error = apart["definitions"]["CommunicationError"].take();
    apart["definitions"]["CommunicationError"] =
        json!({"$ref": "../../common/stable/common.json#/definitions/CommunicationError"});
    let common = json!({"swagger": "2.0", "definitions": {"CommunicationError": error}});
    let write = |path: &str, document: &Value| {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, document.to_string()).unwrap();
        path
    };
    write("common/stable/common.json", &common);
    let apart = write("identity/stable/identity.json", &apart);
    let whole = write("identity/whole.json", &published);

    let merged = [apart, whole].map(|path| {
        let published = source::open_api(&path).unwrap();
        merge::merge(&identity(), &published).document
    });

    assert_eq!(merged[0], merged[1]);
}
