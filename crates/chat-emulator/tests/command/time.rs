//! A clock that is moved, and one that is wrong.

use std::time::{Duration, SystemTime};

use chat_emulator::Fault;
use serde_json::{Value, json};

use crate::wire::Reply;
use crate::world::{World, both_ways};

/// How far the `date` of an answer is ahead of this machine, in seconds.
fn ahead(reply: &Reply) -> i64 {
    let date = httpdate::parse_http_date(reply.header("date").unwrap()).unwrap();
    seconds(date) - seconds(SystemTime::now())
}

fn seconds(at: SystemTime) -> i64 {
    let since = at.duration_since(SystemTime::UNIX_EPOCH).unwrap();
    since.as_secs().try_into().unwrap()
}

#[test]
fn the_date_of_answers_is_off_for_the_requests_that_are_hit() {
    both_ways(
        Fault::clock_skew(-7200)
            .for_operation("listChatMessages")
            .times(1),
        json!({"kind": "clockSkew", "seconds": -7200, "operation": "listChatMessages", "times": 1}),
        |world, chat| {
            let off = ahead(&world.list_messages(chat));
            assert!((-7210..=-7200).contains(&off), "{off}");
            let off = ahead(&world.list_messages(chat));
            assert!((-10..=0).contains(&off), "{off}");
        },
    );
}

#[test]
fn a_signature_is_refused_when_the_clocks_are_too_far_apart() {
    both_ways(
        Fault::clock_skew(20 * 60),
        json!({"kind": "clockSkew", "seconds": 1200}),
        |world, _| {
            let now = SystemTime::now();
            world.identity("/identities", &json!({}), now).expect(401);
            let later = now + Duration::from_secs(20 * 60);
            world.identity("/identities", &json!({}), later).expect(201);
        },
    );
}

#[test]
fn a_retry_after_date_is_by_the_clock_of_the_answer() {
    both_ways(
        Fault::clock_skew(3600),
        json!({"kind": "clockSkew", "seconds": 3600}),
        |world, chat| {
            let busy = Fault::status(503).retry_after_date(Duration::from_secs(10));
            world.emulator.inject(busy).unwrap();
            let reply = world.list_messages(chat);
            reply.expect(503);
            let date = |name| httpdate::parse_http_date(reply.header(name).unwrap()).unwrap();
            let wait = date("retry-after").duration_since(date("date")).unwrap();
            assert!((9..=11).contains(&wait.as_secs()), "{wait:?}");
        },
    );
}

/// The time of a message that is sent now, ahead of this machine, in seconds.
fn message_ahead(world: &World, chat: &crate::world::Chat) -> i64 {
    let sent = world.send_message(chat, "a").expect(201);
    let millis: i64 = sent["id"].as_str().unwrap().parse().unwrap();
    millis / 1000 - seconds(SystemTime::now())
}

#[test]
fn a_skew_of_the_clock_is_in_all_times_until_it_is_set_anew() {
    for over_http in [false, true] {
        let world = World::new();
        let set = |seconds: i64| {
            if over_http {
                let clock = world.control("POST", "/clock", &json!({"skewSeconds": seconds}));
                assert_eq!(clock.expect(200)["skewSeconds"], seconds);
            } else {
                world.emulator.set_clock_skew(seconds);
            }
        };
        let chat = world.chat();
        set(600);
        let off = message_ahead(&world, &chat);
        assert!((590..=600).contains(&off), "{off}");
        let off = ahead(&world.list_messages(&chat));
        assert!((590..=600).contains(&off), "{off}");

        // In another thread, as times in one never go back.
        set(-600);
        let call = world
            .call(&chat.user, "POST /chat/threads", json!({"topic": "t"}))
            .expect(201);
        let created = call["chatThread"]["createdOn"].as_str().unwrap();
        let created = created.replace(['T', 'Z'], " ");
        let now = time::OffsetDateTime::now_utc() - time::Duration::seconds(600);
        assert!(created.starts_with(&now.date().to_string()), "{created}");
        set(0);
        let off = ahead(&world.list_messages(&chat));
        assert!((-10..=0).contains(&off), "{off}");
    }
}

#[test]
fn the_clock_is_moved_over_the_control_api_and_tokens_expire() {
    let world = World::new();
    let chat = world.chat();
    let clock = world.control("GET", "/clock", &Value::Null).expect(200);
    assert_eq!(
        (&clock["advancedSeconds"], &clock["skewSeconds"]),
        (&json!(0.0), &json!(0))
    );
    world.list_messages(&chat).expect(200);
    let clock = world
        .control("POST", "/clock", &json!({"advanceSeconds": 90000}))
        .expect(200);
    assert_eq!(clock["advancedSeconds"], 90000.0);
    world.list_messages(&chat).expect(401);
}

#[test]
fn late_requests_are_carried_out_before_the_control_api_answers() {
    let world = World::new();
    let chat = world.chat();
    world
        .emulator
        .inject(Fault::executed_late(Duration::from_secs(5)).times(1))
        .unwrap();
    world.send_message(&chat, "late").expect_reset();
    world
        .control("POST", "/clock", &json!({"advanceSeconds": 5}))
        .expect(200);
    assert_eq!(world.stored(&chat), ["late"]);
}
