//! Listing, adding and removing participants.

use chat::models::{
    ChatParticipant, CommunicationCloudEnvironment, CommunicationIdentifier,
    CommunicationUserIdentifier, MicrosoftTeamsAppIdentifier, MicrosoftTeamsUserIdentifier,
    PhoneNumberIdentifier, TeamsExtensionUserIdentifier, UnknownIdentifier,
};
use chat_tests::mock::{Answer, MockService, THREAD_IN_PATH, user};
use serde_json::{Value, json};
use time::macros::datetime;

fn path(action: &str) -> String {
    format!("/chat/threads/{THREAD_IN_PATH}/participants{action}")
}

#[tokio::test]
async fn listing_participants_sends_no_parameter_that_was_not_set() {
    let page = json!({ "value": [{
        "communicationIdentifier": user("8:acs:res_bob"),
        "displayName": "Bob",
        "shareHistoryTime": "1970-01-01T00:00:00Z",
        "metadata": { "team": "support" },
    }] });
    let service = MockService::start([Answer::json(200, &page)]).await;

    let mut list = service.thread_client().list_participants().into_stream();
    let bob = list.try_next().await.unwrap().unwrap();

    assert!(list.try_next().await.unwrap().is_none());
    service
        .only_request()
        .assert_chat("GET", &path(""), &[], None);
    let wanted = ChatParticipant::new(CommunicationUserIdentifier::new("8:acs:res_bob"))
        .with_display_name("Bob")
        .with_share_history_time(datetime!(1970-01-01 00:00 UTC))
        .with_metadata([("team", "support")]);
    assert_eq!(bob, wanted);
}

#[tokio::test]
async fn listing_participants_sends_page_size_and_skip() {
    let service = MockService::start([Answer::json(200, &json!({ "value": [] }))]).await;

    let list = service
        .thread_client()
        .list_participants()
        .page_size(20)
        .skip(40);
    assert!(list.into_stream().try_next().await.unwrap().is_none());

    let query = [("maxPageSize", "20"), ("skip", "40")];
    service
        .only_request()
        .assert_chat("GET", &path(""), &query, None);
}

#[tokio::test]
async fn skipping_nobody_is_said_when_it_was_set() {
    let service = MockService::start([Answer::json(200, &json!({ "value": [] }))]).await;

    let list = service.thread_client().list_participants().skip(0);
    assert!(list.into_stream().try_next().await.unwrap().is_none());

    service
        .only_request()
        .assert_chat("GET", &path(""), &[("skip", "0")], None);
}

/// An identifier of each kind, and what is sent of it.
fn every_kind() -> [(CommunicationIdentifier, Value); 7] {
    [
        (
            CommunicationUserIdentifier::new("8:acs:res_bob").into(),
            user("8:acs:res_bob"),
        ),
        (
            PhoneNumberIdentifier::new("+15551234567").into(),
            json!({ "rawId": "4:+15551234567", "phoneNumber": { "value": "+15551234567" } }),
        ),
        (
            MicrosoftTeamsUserIdentifier::new("u").into(),
            json!({ "rawId": "8:orgid:u", "microsoftTeamsUser":
                { "userId": "u", "isAnonymous": false, "cloud": "public" } }),
        ),
        (
            MicrosoftTeamsUserIdentifier::new("v").anonymous().into(),
            json!({ "rawId": "8:teamsvisitor:v", "microsoftTeamsUser":
                { "userId": "v", "isAnonymous": true, "cloud": "public" } }),
        ),
        (
            MicrosoftTeamsAppIdentifier::new("a")
                .with_cloud(CommunicationCloudEnvironment::Gcch)
                .into(),
            json!({ "rawId": "28:gcch:a", "microsoftTeamsApp": { "appId": "a", "cloud": "gcch" } }),
        ),
        (
            TeamsExtensionUserIdentifier::new("u", "t", "r").into(),
            json!({ "rawId": "8:acs:r_t_u", "teamsExtensionUser":
                { "userId": "u", "tenantId": "t", "resourceId": "r", "cloud": "public" } }),
        ),
        (
            UnknownIdentifier::new("48:x").into(),
            json!({ "rawId": "48:x" }),
        ),
    ]
}

#[tokio::test]
async fn adding_participants_sends_every_kind_of_identifier() {
    let service = MockService::start([Answer::json(201, &json!({}))]).await;
    let (identifiers, wire): (Vec<_>, Vec<_>) = every_kind().into_iter().unzip();

    let added = service
        .thread_client()
        .add_participants(identifiers)
        .await
        .unwrap();

    let participants: Vec<_> = wire
        .iter()
        .map(|wire| json!({ "communicationIdentifier": wire }))
        .collect();
    let body = json!({ "participants": participants });
    service
        .only_request()
        .assert_chat("POST", &path("/:add"), &[], Some(&body));
    assert!(added.is_complete());
}

#[tokio::test]
async fn adding_participants_sends_all_that_was_set() {
    let service = MockService::start([Answer::json(201, &json!({}))]).await;
    let bob = ChatParticipant::new(CommunicationUserIdentifier::new("8:acs:res_bob"))
        .with_display_name("Bob")
        .with_share_history_time(datetime!(2024-05-06 07:08:09 UTC))
        .with_metadata([("team", "support")]);

    let _ = service
        .thread_client()
        .add_participants([bob])
        .send()
        .await
        .unwrap();

    let body = json!({ "participants": [{
        "communicationIdentifier": user("8:acs:res_bob"),
        "displayName": "Bob",
        "shareHistoryTime": "2024-05-06T07:08:09Z",
        "metadata": { "team": "support" },
    }] });
    service
        .only_request()
        .assert_chat("POST", &path("/:add"), &[], Some(&body));
}

#[tokio::test]
async fn removing_a_participant_sends_the_bare_identifier_of_every_kind() {
    for (identifier, wire) in every_kind() {
        let service = MockService::start([Answer::status(204)]).await;

        service
            .thread_client()
            .remove_participant(identifier)
            .await
            .unwrap();

        service
            .only_request()
            .assert_chat("POST", &path("/:remove"), &[], Some(&wire));
    }
}
