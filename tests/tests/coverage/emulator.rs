//! The emulator has everything that the documents have.

use std::fs;
use std::path::{Path, PathBuf};

use chat_emulator::{Emulator, Fault, Operation};
use chat_tests::documents::operations;

use crate::seen::{Seen, documented};
use crate::served::carried_out;
use crate::tour;

const EMULATOR: &str = "../crates/chat-emulator";

/// What the emulator never answers and does not know in requests, each with the reason: a field, a
/// value, or all fields of a schema.
const LEFT_OUT: &[(&str, &str)] = &[
    (
        "ChatError/details",
        "no failure of a participant was ever seen to have any",
    ),
    (
        "ChatError/innererror",
        "no failure of a participant was ever seen to have one",
    ),
    (
        "CommunicationIdentifierModel/kind",
        "no recorded answer has it",
    ),
    ("CommunicationIdentifierModel/teamsExtensionUser", NOT_ADDED),
    (
        "CommunicationIdentifierModelKind: teamsExtensionUser",
        NOT_ADDED,
    ),
    (
        "CommunicationIdentifierModelKind: unknown",
        "an identifier of a kind that nobody knows has none of the nested objects, and no `kind`",
    ),
    (
        "CommunicationIdentifierModel/microsoftTeamsApp",
        FROM_ARCHIVES,
    ),
    (
        "CommunicationIdentifierModel/microsoftTeamsUser",
        FROM_ARCHIVES,
    ),
    ("CommunicationIdentifierModel/phoneNumber", FROM_ARCHIVES),
    ("MicrosoftTeamsAppIdentifierModel/", FROM_ARCHIVES),
    ("MicrosoftTeamsUserIdentifierModel/", FROM_ARCHIVES),
    ("PhoneNumberIdentifierModel/", FROM_ARCHIVES),
    ("TeamsExtensionUserIdentifierModel/", NOT_ADDED),
];

const NOT_ADDED: &str =
    "nobody of this kind can be added to its threads; one from an archive keeps the raw id";
const FROM_ARCHIVES: &str =
    "such participants come from archives alone; a test of the emulator's identifiers has them";

fn emulator() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(EMULATOR)
}

#[test]
fn every_operation_has_an_id_there_by_which_faults_and_the_journal_name_it() {
    let missing: Vec<_> = operations()
        .into_iter()
        .filter(|operation| operation.id.parse::<Operation>().is_err())
        .map(|operation| operation.id)
        .collect();
    assert_eq!(
        missing,
        Vec::<String>::new(),
        "operations that {EMULATOR} does not have: an id in src/api/operation, a route in \
         src/api/route.rs, a handler in src/api/handlers, limits in src/api/rate_limits/rules.rs"
    );
}

#[test]
fn fidelity_says_of_every_operation_where_it_is_known_from() {
    let page = fs::read_to_string(emulator().join("FIDELITY.md")).unwrap();
    let (_, section) = page.split_once("## Operations\n").unwrap();
    let (section, _) = section.split_once("\n## ").unwrap();
    let documented = operations().into_iter().map(|operation| operation.id);
    let emulated = Operation::all().map(|operation| operation.id().to_owned());
    for id in documented.chain(emulated) {
        let count = section.matches(&format!("`{id}`")).count();
        assert_eq!(
            count, 1,
            "`{id}` in the operations of {EMULATOR}/FIDELITY.md"
        );
    }
}

#[tokio::test]
async fn every_field_of_an_answer_is_answered_there_and_every_value_of_an_enum_is_known() {
    let mut seen = Seen::default();
    for operation in operations() {
        if let Some(Ok(answer)) = carried_out(&operation).await {
            seen.answer(&operation.id, &answer);
        }
    }
    tour::take(&mut seen).await;
    let is_left_out = |entry: &str, what: &str| match entry.ends_with('/') {
        true => what.starts_with(entry),
        false => what == entry,
    };
    let (left_out, missing): (Vec<_>, Vec<_>) = documented()
        .difference(&seen.0)
        .cloned()
        .partition(|what| LEFT_OUT.iter().any(|(entry, _)| is_left_out(entry, what)));
    let stale = LEFT_OUT.iter().map(|(entry, _)| *entry);
    let stale: Vec<_> = stale
        .filter(|entry| !left_out.iter().any(|what| is_left_out(entry, what)))
        .collect();
    assert_eq!(stale, Vec::<&str>::new(), "answered or known after all");
    assert_eq!(
        missing,
        Vec::<String>::new(),
        "what {EMULATOR} never answers: let it, and where its examples do not bring it about, the \
         tour in tests/tests/coverage/tour.rs; or give the reason in {}",
        file!()
    );
}

#[tokio::test]
async fn faults_of_lists_and_of_json_befall_what_the_documents_say_is_one() {
    let emulator = Emulator::start().await.unwrap();
    let mut wrong = Vec::new();
    for operation in operations() {
        let id = operation.id.as_str();
        let answer = operation.answer.as_ref();
        let is_list = answer.is_some_and(|answer| answer["value"].is_array());
        let is_json = answer.is_some_and(|answer| !answer.is_string());
        for (fault, can_befall) in [
            (Fault::empty_page(), is_list),
            (Fault::truncated_json(), is_json),
        ] {
            if emulator.inject(fault.for_operation(id)).is_ok() != can_befall {
                wrong.push(id.to_owned());
            }
        }
    }
    assert_eq!(
        wrong,
        Vec::<String>::new(),
        "whether they are lists, and answer JSON, stands in crates/chat-emulator/src/api/operation/id.rs"
    );
}
