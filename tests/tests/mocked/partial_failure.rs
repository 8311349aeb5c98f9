//! Creating and adding where some participants can't be added: a success with details.

use chat::models::{
    ChatParticipant, CommunicationUserIdentifier, MicrosoftTeamsUserIdentifier,
    PhoneNumberIdentifier,
};
use chat_tests::mock::{Answer, MockService, THREAD, thread};
use serde_json::{Value, json};

fn error(target: &str, code: &str, message: &str) -> Value {
    json!({ "target": target, "code": code, "message": message })
}

fn bob() -> ChatParticipant {
    ChatParticipant::new(CommunicationUserIdentifier::new("8:acs:res_bob")).with_display_name("Bob")
}

fn teams_user() -> ChatParticipant {
    ChatParticipant::new(MicrosoftTeamsUserIdentifier::new("tess")).with_display_name("Tess")
}

fn phone() -> ChatParticipant {
    ChatParticipant::new(PhoneNumberIdentifier::new("+15551234567")).with_display_name("Phil")
}

#[tokio::test]
async fn creating_gives_the_thread_and_each_failed_participant_as_it_was_given() {
    let answer = json!({
        "chatThread": thread(),
        "invalidParticipants": [
            error("4:+15551234567", "404", "No such number"),
            error("8:orgid:tess", "403", "Permissions check failed"),
        ],
    });
    let service = MockService::start([Answer::json(201, &answer)]).await;

    let create = service.chat_client().create_chat_thread("topic");
    let created = create
        .participants([bob(), teams_user(), phone()])
        .await
        .unwrap();

    assert_eq!(created.chat_thread().id().as_str(), THREAD);
    assert!(!created.is_complete());
    let [first, second] = created.failed_participants() else {
        panic!("{created:?}");
    };
    assert_eq!(first.participant(), &phone());
    assert_eq!(first.error().code(), "404");
    assert_eq!(first.error().message(), Some("No such number"));
    assert_eq!(second.participant(), &teams_user());
    assert_eq!(second.error().code(), "403");
    assert!(!first.is_retryable() && !second.is_retryable());
    assert!(created.unmatched_errors().is_empty());
    assert_eq!(created.retryable_participants().count(), 0);
    assert_eq!(service.calls(), 1);
}

#[tokio::test]
async fn adding_says_what_became_of_each() {
    let answer = json!({ "invalidParticipants": [error("8:acs:res_bob", "403", "No")] });
    let service = MockService::start([Answer::json(201, &answer)]).await;

    let add = service
        .thread_client()
        .add_participants([teams_user(), bob(), phone()]);
    let added = add.await.unwrap();

    assert!(!added.is_complete());
    let [failed] = added.failed_participants() else {
        panic!("{added:?}")
    };
    assert_eq!(failed.participant(), &bob());
    // Of the participant, not of the request: that one was answered with 201.
    assert_eq!(failed.error().code(), "403");
    assert_eq!(service.calls(), 1);
}

#[tokio::test]
async fn errors_that_match_nobody_are_kept() {
    let answer = json!({
        "chatThread": thread(),
        "invalidParticipants": [
            error("8:acs:res_stranger", "404", "Who?"),
            { "code": "500", "message": "No target" },
            error("8:ACS:RES_BOB", "403", "A raw id is compared to the letter"),
        ],
    });
    let service = MockService::start([Answer::json(201, &answer)]).await;

    let created = service
        .chat_client()
        .create_chat_thread("topic")
        .participant(bob());
    let created = created.await.unwrap();

    assert!(created.failed_participants().is_empty());
    assert!(!created.is_complete());
    let targets: Vec<_> = created
        .unmatched_errors()
        .iter()
        .map(|error| error.target())
        .collect();
    assert_eq!(
        targets,
        [Some("8:acs:res_stranger"), None, Some("8:ACS:RES_BOB")]
    );
}

#[tokio::test]
async fn errors_keep_their_details_and_need_no_message() {
    let answer = json!({ "invalidParticipants": [
        {
            "target": "8:acs:res_bob", "code": "403", "message": "No",
            "details": [{ "code": "inner", "message": "why", "target": "t" }],
            "innererror": { "code": "innermost", "message": "" },
        },
        { "target": "8:orgid:tess", "code": "404" },
    ] });
    let service = MockService::start([Answer::json(201, &answer)]).await;

    let add = service
        .thread_client()
        .add_participants([bob(), teams_user()]);
    let added = add.await.unwrap();

    let [first, second] = added.failed_participants() else {
        panic!("{added:?}")
    };
    assert_eq!(first.error().details()[0].code(), "inner");
    assert_eq!(first.error().inner_error().unwrap().code(), "innermost");
    assert_eq!(second.error().message(), None);
}

#[tokio::test]
async fn retryable_failures_can_be_handed_back_as_they_are() {
    let answer = json!({
        "chatThread": thread(),
        "invalidParticipants": [
            error("8:acs:res_bob", "429", "Later"),
            error("8:orgid:tess", "403", "Never"),
            error("4:+15551234567", "503", "Later"),
        ],
    });
    let service =
        MockService::start([Answer::json(201, &answer), Answer::json(201, &json!({}))]).await;
    let bob = bob().with_metadata([("team", "support")]);

    let create = service.chat_client().create_chat_thread("topic");
    let created = create
        .participants([bob, teams_user(), phone()])
        .await
        .unwrap();
    let thread = service.thread_client();
    let added = thread
        .add_participants(created.retryable_participants())
        .await
        .unwrap();

    assert!(added.is_complete());
    let requests = service.requests();
    let sent = requests[0].json();
    let again = json!({ "participants": [sent["participants"][0], sent["participants"][2]] });
    assert_eq!(requests[1].json(), again);

    // The failed ones themselves can be handed back too.
    service.then(Answer::json(201, &json!({})));
    let retryable = created
        .failed_participants()
        .iter()
        .filter(|failed| failed.is_retryable());
    let _ = thread.add_participants(retryable).await.unwrap();
    assert_eq!(service.requests()[2].json(), again);
}

#[tokio::test]
async fn a_failure_tells_who_and_why() {
    let answer = json!({ "invalidParticipants": [error("8:acs:res_bob", "403", "Not allowed")] });
    let service = MockService::start([Answer::json(201, &answer)]).await;

    let added = service
        .thread_client()
        .add_participants([bob()])
        .await
        .unwrap();

    let text = added.failed_participants()[0].to_string();
    assert!(
        text.contains("8:acs:res_bob") && text.contains("403"),
        "{text}"
    );
    assert!(text.contains("Not allowed"), "{text}");
}
