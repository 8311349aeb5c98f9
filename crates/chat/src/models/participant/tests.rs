use super::*;

fn error(target: Option<&str>, code: &str) -> ChatError {
    serde_json::from_value(serde_json::json!({ "code": code, "target": target })).unwrap()
}

fn participant(raw_id: &str) -> ChatParticipant {
    ChatParticipant::new(CommunicationIdentifier::from_raw_id(raw_id))
}

#[test]
fn each_error_finds_the_participant_with_its_raw_id() {
    let given = vec![
        participant("4:+1").with_display_name("Ann"),
        participant("8:orgid:x"),
    ];
    let (failed, unmatched) = match_failures(
        given,
        vec![error(Some("8:orgid:x"), "403"), error(Some("4:+1"), "404")],
    );
    assert!(unmatched.is_empty());
    assert_eq!(failed[0].participant(), &participant("8:orgid:x"));
    assert_eq!(failed[1].participant().display_name(), Some("Ann"));
    assert_eq!(failed[1].error().code(), "404");
}

#[test]
fn errors_about_nobody_are_kept() {
    let (failed, unmatched) = match_failures(
        vec![participant("4:+1")],
        vec![
            error(None, "500"),
            error(Some("4:+2"), "404"),
            error(Some("4:+1"), "403"),
            error(Some("4:+1"), "403"),
        ],
    );
    assert_eq!(failed.len(), 1);
    assert_eq!(unmatched.len(), 3);
}

#[test]
fn who_is_given_twice_can_fail_twice() {
    let given = vec![participant("4:+1"), participant("4:+1")];
    let (failed, unmatched) = match_failures(
        given,
        vec![error(Some("4:+1"), "403"), error(Some("4:+1"), "403")],
    );
    assert_eq!((failed.len(), unmatched.len()), (2, 0));
}

#[test]
fn debug_shows_no_names() {
    let text = format!(
        "{:?}",
        participant("4:+1")
            .with_display_name("Ann")
            .with_metadata([("k", "secret")])
    );
    assert!(
        text.contains("4:+1") && !text.contains("Ann") && !text.contains("secret"),
        "{text}"
    );
}
