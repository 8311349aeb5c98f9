//! What is counted together, and for how long.

use uuid::Uuid;

use super::rules::is_unknown;
use super::*;
use crate::api::operation::{
    ChatOperation as C, IdentityOperation as I,
    Operation::{Chat, Identity},
};
use crate::store::{IdSource, RandomIds};

const SEND: Operation = Chat(C::SendChatMessage);

fn user(number: u128) -> RawId {
    RawId::communication_user(Uuid::nil(), Uuid::from_u128(number))
}

fn thread() -> ThreadId {
    ThreadId::generate(&mut RandomIds)
}

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(1_700_000_000_000 + millis)
}

/// How many of the same request pass at once, and what the next one is told.
fn burst(
    limiter: &mut RateLimiter,
    operation: Operation,
    subject: (&RawId, &ThreadId),
    now: Timestamp,
) -> (u32, u64) {
    let mut passed = 0;
    loop {
        match limiter.admit(operation, Some(subject.0), Some(subject.1), now) {
            Ok(()) => passed += 1,
            Err(refused) => return (passed, refused.retry_after),
        }
    }
}

#[test]
fn each_operation_has_its_documented_limit() {
    for (operation, passed, retry_after) in [
        (Chat(C::CreateChatThread), 10, 10),
        (Chat(C::DeleteChatThread), 10, 10),
        (Chat(C::UpdateChatThreadProperties), 5, 10),
        (Chat(C::GetChatThreadProperties), 50, 10),
        (Chat(C::ListChatThreads), 50, 10),
        (Chat(C::AddChatParticipants), 10, 10),
        (Chat(C::RemoveChatParticipant), 10, 10),
        (Chat(C::ListChatParticipants), 10, 10),
        (Chat(C::SendChatMessage), 10, 10),
        (Chat(C::UpdateChatMessage), 10, 10),
        (Chat(C::DeleteChatMessage), 10, 10),
        (Chat(C::GetChatMessage), 50, 10),
        (Chat(C::ListChatMessages), 50, 10),
        (Chat(C::SendChatReadReceipt), 10, 10),
        (Chat(C::ListChatReadReceipts), 5, 10),
        (Chat(C::SendTypingNotification), 5, 10),
        (Identity(I::Create), 1000, 30),
        (Identity(I::IssueAccessToken), 1000, 30),
        (Identity(I::Delete), 500, 30),
        (Identity(I::RevokeAccessTokens), 500, 30),
        (Identity(I::ExchangeTeamsUserAccessToken), 500, 30),
    ] {
        let mut limiter = RateLimiter::new();
        let subject = (&user(1), &thread());
        let found = burst(&mut limiter, operation, subject, at(0));
        assert_eq!(found, (passed, retry_after), "{operation:?}");
    }
}

#[test]
fn every_operation_has_a_documented_limit_or_is_named_as_one_without() {
    for operation in Operation::all() {
        let is_limited = RULES
            .iter()
            .any(|rule| rule.operations.contains(&operation));
        let is_unknown = is_unknown(operation);
        assert!(
            is_limited != is_unknown,
            "{operation} needs a rule in rate_limits/rules.rs, or a place in `is_unknown` there, where no \
             limit is documented"
        );
    }
}

#[test]
fn operations_are_counted_together_where_the_documents_say_so_and_nowhere_else() {
    let mut groups = HashMap::new();
    for name in ["chat", "identity"] {
        let path = format!("{}/../../spec/{name}.json", env!("CARGO_MANIFEST_DIR"));
        let document: serde_json::Value =
            serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        for item in document["paths"].as_object().unwrap().values() {
            for operation in item.as_object().unwrap().values() {
                let id = operation["operationId"].as_str().unwrap();
                let operation_here: Operation = id.parse().unwrap();
                groups.insert(operation_here, operation["x-rate-group"].clone());
            }
        }
    }
    let is_together = |one: &Operation, other: &Operation| {
        let both = |rule: &Rule| rule.operations.contains(one) && rule.operations.contains(other);
        RULES.iter().any(both)
    };
    for (one, group) in &groups {
        for (other, other_group) in &groups {
            let are_unknown = is_unknown(*one) && is_unknown(*other);
            let expected = group == other_group && !are_unknown;
            assert_eq!(is_together(one, other), expected, "{one} and {other}");
        }
    }
}

#[test]
fn a_window_ends_by_the_clock_and_the_next_one_is_whole() {
    let mut limiter = RateLimiter::new();
    let subject = (&user(1), &thread());
    assert_eq!(burst(&mut limiter, SEND, subject, at(0)), (10, 10));
    assert_eq!(burst(&mut limiter, SEND, subject, at(9_001)), (0, 1));
    assert_eq!(burst(&mut limiter, SEND, subject, at(10_000)), (10, 10));
}

#[test]
fn the_limit_of_a_minute_counts_refused_requests_too() {
    let mut limiter = RateLimiter::new();
    let subject = (&user(1), &thread());
    // Ten pass and one does not, twice; of the third ten, two are too many for the minute.
    assert_eq!(burst(&mut limiter, SEND, subject, at(0)), (10, 10));
    assert_eq!(burst(&mut limiter, SEND, subject, at(10_000)), (10, 10));
    assert_eq!(burst(&mut limiter, SEND, subject, at(20_000)), (8, 40));
    assert_eq!(burst(&mut limiter, SEND, subject, at(60_000)), (10, 10));
}

#[test]
fn operations_of_one_group_share_their_limit_and_others_do_not() {
    let mut limiter = RateLimiter::new();
    let subject = (&user(1), &thread());
    burst(&mut limiter, SEND, subject, at(0));
    let mut passed = |operation| burst(&mut limiter, operation, subject, at(0)).0;
    assert_eq!(passed(Chat(C::UpdateChatMessage)), 0);
    assert_eq!(passed(Chat(C::DeleteChatMessage)), 0);
    assert_eq!(passed(Chat(C::GetChatMessage)), 50);
    assert_eq!(passed(Chat(C::CreateChatThread)), 10);
    assert_eq!(passed(Chat(C::DeleteChatThread)), 10);
}

#[test]
fn users_and_threads_are_counted_apart_where_the_scope_says_so() {
    let (alice, bob, one, two) = (user(1), user(2), thread(), thread());
    let mut limiter = RateLimiter::new();
    let mut passed =
        |operation, user, thread| burst(&mut limiter, operation, (user, thread), at(0)).0;
    // Of a thread, whoever sends.
    assert_eq!(passed(SEND, &alice, &one), 10);
    assert_eq!(passed(SEND, &bob, &one), 0);
    assert_eq!(passed(SEND, &alice, &two), 10);
    // Of a user, in whatever thread.
    assert_eq!(passed(Chat(C::GetChatThreadProperties), &alice, &one), 50);
    assert_eq!(passed(Chat(C::GetChatThreadProperties), &alice, &two), 0);
    assert_eq!(passed(Chat(C::GetChatThreadProperties), &bob, &one), 50);
    // Of a user in a thread, and of the thread.
    assert_eq!(passed(Chat(C::SendTypingNotification), &alice, &one), 5);
    assert_eq!(passed(Chat(C::SendTypingNotification), &bob, &one), 4);
    assert_eq!(passed(Chat(C::SendTypingNotification), &alice, &two), 5);
    // Of the resource.
    assert_eq!(passed(Identity(I::Delete), &alice, &one), 500);
    assert_eq!(passed(Identity(I::Delete), &bob, &two), 0);
}

#[test]
fn a_resource_creates_and_adds_3000_times_a_minute_whoever_asks() {
    for operation in [Chat(C::CreateChatThread), Chat(C::AddChatParticipants)] {
        let mut limiter = RateLimiter::new();
        let mut passed = 0;
        for number in 0..301 {
            let subject = (&user(number), &thread());
            passed += burst(&mut limiter, operation, subject, at(0)).0;
        }
        // Each of the users is refused once in vain, which counts too.
        assert_eq!(passed + 300 - 28, 3000, "{operation:?}");
    }
}

#[test]
fn a_clock_that_is_set_back_begins_a_new_window() {
    let mut limiter = RateLimiter::new();
    let subject = (&user(1), &thread());
    burst(&mut limiter, SEND, subject, at(1_000_000));
    assert_eq!(burst(&mut limiter, SEND, subject, at(0)), (10, 10));
}

#[test]
fn windows_that_are_over_are_thrown_away() {
    let mut limiter = RateLimiter::new();
    for second in 0..20_000 {
        let now = at(second * 1000);
        let user = RawId::communication_user(Uuid::nil(), RandomIds.next());
        let admitted = limiter.admit(Chat(C::ListChatThreads), Some(&user), None, now);
        assert_eq!(admitted, Ok(()));
    }
    assert!(limiter.windows.len() <= RateLimiter::LEAST_SWEEP);
}
