//! What is asked for again, and what is not: requests are counted.

mod cases;

use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chat::models::{ChatParticipant, CommunicationUserIdentifier};
use chat::{AccessToken, ChatClient, CommunicationTokenCredential, ErrorKind, RetryOptions};
use chat_tests::mock::{
    Answer, MESSAGE, MESSAGES_PATH, MockService, THREAD, message, messages, plain_http, thread,
};
use serde_json::json;
use time::macros::datetime;

use cases::{ALICE, BOB, at_once, cases, client, first, page};

#[tokio::test]
async fn after_a_passing_failure_everything_is_asked_for_again_but_messages_and_typing() {
    for status in [408, 503] {
        for case in cases() {
            let service = MockService::start([Answer::status(status), case.success.clone()]).await;
            let result = (case.call)(&service).await;
            if ["sendChatMessage", "sendTypingNotification"].contains(&case.operation) {
                assert_eq!(result.unwrap_err().kind(), ErrorKind::OutcomeUnknown);
                assert_eq!(service.calls(), 1, "{status}");
            } else {
                assert!(
                    result.is_ok(),
                    "{} {status}: {result:?}; if it must not be repeated, it belongs into the list here",
                    case.operation
                );
                assert_eq!(service.calls(), 2, "{} {status}", case.operation);
            }
        }
    }
}

#[tokio::test]
async fn an_answer_that_ends_too_early_is_asked_for_again_where_that_does_no_harm() {
    let created = Answer::json(201, &json!({ "chatThread": thread() }));
    let cut_off = Answer::status(201).body("{\"chatThread\":{");
    let service = MockService::start([cut_off, created]).await;
    let create = client(&service).create_chat_thread("topic");
    let result = create.send_with_info().await.unwrap();
    assert_eq!(result.info().retry_info().attempts(), 2);

    let no_json = Answer::status(200).body("no json");
    let service = MockService::start([no_json, page(&message(MESSAGE))]).await;
    let thread = client(&service).chat_thread_client(THREAD);
    assert!(first(thread.list_messages().into_stream()).await.is_err());
    assert_eq!(service.calls(), 1);
}

#[tokio::test]
async fn what_was_throttled_is_asked_for_again_with_the_same_request() {
    // A typing notification would come too late.
    let cases = cases().into_iter();
    for case in cases.filter(|case| case.operation != "sendTypingNotification") {
        let service = MockService::start([Answer::status(429), case.success.clone()]).await;
        let result = (case.call)(&service).await;
        assert!(result.is_ok(), "{}: {result:?}", case.operation);
        let requests = service.requests();
        assert_eq!(requests.len(), 2, "{}", case.operation);
        let same = |name| requests[0].header(name) == requests[1].header(name);
        assert!(same("x-ms-client-request-id") && same("repeatability-request-id"));
        assert_eq!(requests[0].body(), requests[1].body());
        assert_eq!(requests[0].target, requests[1].target);
    }
}

#[tokio::test]
async fn refusals_are_final_whatever_headers_they_have() {
    for status in [401, 409] {
        for case in cases() {
            let refusal = Answer::status(status).header("retry-after", "0");
            let service = MockService::start([refusal, case.success.clone()]).await;
            let error = (case.call)(&service).await.unwrap_err();
            assert_eq!(error.http_status(), Some(status), "{}", case.operation);
            assert_eq!(error.retry_info().attempts(), 1);
            assert_eq!(service.calls(), 1, "{} {status}", case.operation);
        }
    }
}

#[tokio::test]
async fn what_is_gone_on_a_repeat_was_done_if_an_attempt_may_have_done_it() {
    let gone = [
        "deleteChatThread",
        "deleteChatMessage",
        "removeChatParticipant",
        "deleteIdentity",
        "revokeAccessTokens",
    ];
    for case in cases()
        .into_iter()
        .filter(|case| gone.contains(&case.operation))
    {
        let service = MockService::start([Answer::status(503), Answer::status(404)]).await;
        (case.call)(&service).await.unwrap();
        assert_eq!(service.calls(), 2);

        // Neither a throttled attempt nor a first one can have done it.
        for script in [vec![429, 404], vec![404]] {
            let calls = script.len();
            let service = MockService::start(script.into_iter().map(Answer::status)).await;
            assert!(
                (case.call)(&service).await.unwrap_err().is_not_found(),
                "{}",
                case.operation
            );
            assert_eq!(service.calls(), calls);
        }
    }
    // What is read is not there, however often it is asked for.
    let service = MockService::start([Answer::status(503), Answer::status(404)]).await;
    let error = client(&service)
        .chat_thread_client(THREAD)
        .message(MESSAGE)
        .await
        .unwrap_err();
    assert!(error.is_not_found());
}

/// A token of Alice's that says so.
fn token_of_alice() -> String {
    let claims = r#"{"skypeid":"acs:res_alice","exp":1999999999}"#;
    format!("e30.{}.c2ln", BASE64_URL_SAFE_NO_PAD.encode(claims))
}

#[tokio::test]
async fn who_has_left_is_forbidden_to_leave_again_and_that_is_well() {
    for (who, left) in [(ALICE, true), (BOB, false)] {
        let service = MockService::start([Answer::status(503), Answer::status(403)]).await;
        let credential = CommunicationTokenCredential::new(token_of_alice()).unwrap();
        let alice = ChatClient::builder(service.endpoint(), credential)
            .http_client(plain_http)
            .retry(at_once());
        let thread = alice.build().unwrap().chat_thread_client(THREAD);
        let result = thread
            .remove_participant(CommunicationUserIdentifier::new(who))
            .await;
        assert_eq!(result.is_ok(), left, "{who}: {result:?}");
        assert_eq!(service.calls(), 2);
    }
}

#[tokio::test]
async fn a_refused_token_is_replaced_once() {
    let credential = || {
        let count = std::sync::atomic::AtomicUsize::new(0);
        CommunicationTokenCredential::refreshing(move || {
            let n = count.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            async move { AccessToken::new(format!("token-{n}"), datetime!(2033-01-01 00:00 UTC)) }
        })
    };
    let sent = || Answer::json(201, &json!({ "id": MESSAGE }));

    let service = MockService::start([Answer::status(401), sent(), sent()]).await;
    let client = ChatClient::new(service.endpoint(), credential()).unwrap();
    let thread = client.chat_thread_client(THREAD);
    thread.send_message("one").await.unwrap();
    thread.send_message("two").await.unwrap();
    let tokens: Vec<_> = service
        .requests()
        .iter()
        .map(|request| request.header("authorization").map(str::to_owned))
        .collect();
    let bearer = |n| Some(format!("Bearer token-{n}"));
    assert_eq!(tokens, [bearer(0), bearer(1), bearer(1)]);

    let service = MockService::start([Answer::status(401), Answer::status(401)]).await;
    let client = ChatClient::new(service.endpoint(), credential()).unwrap();
    let error = client
        .chat_thread_client(THREAD)
        .send_message("one")
        .await
        .unwrap_err();
    assert!(error.is_unauthorized());
    assert_eq!(service.calls(), 2);
}

#[tokio::test]
async fn a_page_is_asked_for_again_and_no_item_comes_twice() {
    let service = MockService::start([Answer::status(503)]).await;
    let next = format!("{}{MESSAGES_PATH}?page=2", service.endpoint());
    service.then(Answer::json(200, &messages(&["4", "3"], Some(&next))));
    service.then(Answer::status(500));
    service.then(Answer::json(200, &messages(&["2"], None)));
    let thread = client(&service).chat_thread_client(THREAD);
    let mut stream = thread.list_messages().into_stream();
    let mut ids = Vec::new();
    while let Some(message) = stream.try_next().await.unwrap() {
        ids.push(message.id().to_string());
    }
    assert_eq!(ids, ["4", "3", "2"]);
    assert_eq!(service.calls(), 4);
}

#[tokio::test]
async fn what_it_took_is_told_and_what_is_set_for_a_call_counts_for_it_alone() {
    let created = || Answer::json(201, &json!({ "chatThread": thread() }));
    let service = MockService::start([
        Answer::status(503),
        Answer::status(503),
        created(),
        Answer::status(503),
    ])
    .await;
    let client = client(&service);
    let create = client.create_chat_thread("topic");
    let result = create.send_with_info().await.unwrap();
    assert_eq!(result.info().retry_info().attempts(), 3);
    let error = client
        .create_chat_thread("topic")
        .retry(RetryOptions::none())
        .await
        .unwrap_err();
    assert_eq!(error.retry_info().attempts(), 1);
    assert_eq!(service.calls(), 4);
}

#[tokio::test]
async fn a_wait_that_the_deadline_does_not_allow_is_not_begun() {
    let busy = || Answer::status(429).header("retry-after", "3600");
    let service = MockService::start([busy(), busy()]).await;
    let send = client(&service)
        .chat_thread_client(THREAD)
        .send_message("hello");
    let error = tokio::time::timeout(Duration::from_secs(30), send.send())
        .await
        .unwrap()
        .unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_secs(3600)));
    assert_eq!(service.calls(), 1);
}

#[tokio::test]
async fn a_call_that_is_given_up_leaves_the_client_usable() {
    let created = || Answer::json(201, &json!({ "chatThread": thread() }));
    let busy = Answer::status(429).header("retry-after", "60");
    let service = MockService::start([busy, created()]).await;
    let client = client(&service);
    let call = client.create_chat_thread("topic").send();
    let answered = async {
        while service.calls() == 0 {
            tokio::task::yield_now().await;
        }
        // Most likely it waits to repeat the request by then.
        tokio::time::sleep(Duration::from_millis(100)).await;
    };
    tokio::select! {
        created = call => panic!("{created:?}"),
        () = answered => {}
    }
    let _ = client.create_chat_thread("topic").await.unwrap();
    assert_eq!(service.calls(), 2);
}

#[tokio::test]
async fn participants_beyond_one_request_are_added_in_several_and_none_is_lost() {
    let participant =
        |n: usize| ChatParticipant::new(CommunicationUserIdentifier::new(format!("8:acs:res_{n}")));
    let failed = |n: usize| {
        Answer::json(
            201,
            &json!({ "invalidParticipants": [
        { "code": "403", "message": "no", "target": format!("8:acs:res_{n}") }
    ] }),
        )
    };
    let service = MockService::start([failed(7), failed(207), Answer::json(201, &json!({}))]).await;
    let thread = client(&service).chat_thread_client(THREAD);
    let added = thread
        .add_participants((0..401).map(participant))
        .send_with_info()
        .await
        .unwrap();
    let (added, info) = added.into_parts();
    let sizes: Vec<_> = service
        .requests()
        .iter()
        .map(|request| {
            request.json()["participants"]
                .as_array()
                .map_or(0, Vec::len)
        })
        .collect();
    assert_eq!(sizes, [200, 200, 1]);
    let failed_ids: Vec<_> = added
        .failed_participants()
        .iter()
        .map(|failed| failed.participant().clone())
        .collect();
    assert_eq!(failed_ids, [participant(7), participant(207)]);
    assert_eq!(info.retry_info().attempts(), 3);

    let service = MockService::start([failed(7), Answer::status(403)]).await;
    let thread = client(&service).chat_thread_client(THREAD);
    let error = thread
        .add_participants((0..401).map(participant))
        .await
        .unwrap_err();
    let unfinished = error.unfinished_add().unwrap();
    assert_eq!(unfinished.added().failed_participants().len(), 1);
    assert_eq!(
        unfinished.remaining(),
        (200..401).map(participant).collect::<Vec<_>>()
    );

    let service = MockService::unused().await;
    let nobody: [ChatParticipant; 0] = [];
    assert!(
        client(&service)
            .chat_thread_client(THREAD)
            .add_participants(nobody)
            .await
            .unwrap()
            .is_complete()
    );
    assert_eq!(service.calls(), 0);
}
