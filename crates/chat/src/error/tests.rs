use super::*;

#[test]
fn the_error_is_one_pointer_wide() {
    assert_eq!(size_of::<Error>(), size_of::<usize>());
}

#[test]
fn display_tells_what_when_and_where_and_leaves_the_source_to_the_chain() {
    let error = Error::new(ErrorKind::Forbidden)
        .with_operation("sendChatMessage")
        .with_head(Some(ResponseHead {
            ms_cv: Some("cv.1".into()),
            ..ResponseHead::of_status(403)
        }))
        .with_body(Some(ChatError::new("Forbidden", "Not a participant.")))
        .with_source("the cause");
    assert_eq!(
        error.to_string(),
        "sendChatMessage: forbidden (status 403): Forbidden: Not a participant. [MS-CV cv.1]"
    );
    assert_eq!(error.source().unwrap().to_string(), "the cause");
}

#[test]
fn what_may_have_taken_effect_is_never_retryable_unless_a_repeat_is_safe() {
    let unknown = Error::new(ErrorKind::OutcomeUnknown);
    assert_eq!(unknown.effect(), RequestEffect::Unknown);
    assert!(unknown.is_outcome_unknown() && !unknown.is_retryable());

    let throttled = Error::new(ErrorKind::TooManyRequests);
    assert_eq!(throttled.effect(), RequestEffect::NotCarriedOut);
    assert!(throttled.is_throttled() && throttled.is_retryable());
}

#[test]
fn a_refusal_after_an_attempt_in_doubt_speaks_for_the_whole_call() {
    let refused = || Error::new(ErrorKind::Forbidden);
    assert_eq!(refused().effect(), RequestEffect::NotCarriedOut);
    assert!(!refused().in_doubt());
    let after_doubt = refused().with_retry_info(RetryInfo {
        in_doubt: true,
        ..RetryInfo::default()
    });
    assert!(after_doubt.is_forbidden());
    assert_eq!(after_doubt.effect(), RequestEffect::Unknown);
    assert!(after_doubt.in_doubt());
    // Whatever became of the others, this one was carried out.
    let created = after_doubt.with_effect(RequestEffect::CarriedOut);
    assert_eq!(created.effect(), RequestEffect::CarriedOut);
}

#[test]
fn what_the_service_says_is_shown_on_one_line_and_not_at_any_length() {
    let error = Error::new(ErrorKind::BadRequest).with_body(Some(ChatError::new(
        "BadRequest",
        format!("a\r\nb{}", "x".repeat(10_000)),
    )));
    let shown = error.to_string();
    assert!(
        shown.starts_with("bad request: BadRequest: a  bxxx"),
        "{shown}"
    );
    assert!(
        shown.ends_with("x…") && shown.len() < 400,
        "{}",
        shown.len()
    );
}
