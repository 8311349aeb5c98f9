use super::*;

/// A service that limits rates.
fn limited() -> World {
    let mut world = World::new();
    world.service.limit_rates();
    world
}

fn send(world: &World, user: &User, version: &str, thread: &str) -> Reply {
    let call = format!("POST {thread}/messages");
    world.chat(user, version, &call, Some(json!({"content": "x"})))
}

#[test]
fn what_comes_too_often_is_429_with_retry_after() {
    let world = limited();
    let alice = world.user();
    let thread = world.thread(&[&alice]);
    for _ in 0..10 {
        send(&world, &alice, V2021, &thread).expect(201);
    }
    world.later(3);
    let reply = send(&world, &alice, V2021, &thread);
    assert_eq!(reply.header("retry-after"), Some("7"));
    let message = reply.expect_error(429, "TooManyRequests");
    assert_eq!(message, "Rate limit exceeded.");
}

#[test]
fn who_waits_as_long_as_retry_after_says_gets_through() {
    let world = limited();
    let alice = world.user();
    let thread = world.thread(&[&alice]);
    for sent in 0..60 {
        let reply = send(&world, &alice, V2021, &thread);
        if let Some(seconds) = reply.header("retry-after") {
            world.later(seconds.parse().unwrap());
            send(&world, &alice, V2021, &thread).expect(201);
        } else {
            assert_eq!(reply.status, 201, "message {sent}");
        }
    }
    let messages = world.get(&alice, &format!("{thread}/messages?maxPageSize=100"));
    assert_eq!(messages.expect(200)["value"].as_array().unwrap().len(), 62);
}

#[test]
fn a_refused_request_has_not_been_carried_out() {
    let world = limited();
    let alice = world.user();
    let thread = world.thread(&[&alice]);
    for _ in 0..20 {
        send(&world, &alice, V2021, &thread);
    }
    let messages = world.get(&alice, &format!("{thread}/messages?maxPageSize=100"));
    assert_eq!(messages.expect(200)["value"].as_array().unwrap().len(), 12);
}

#[test]
fn nobody_without_a_good_token_or_signature_uses_up_a_limit() {
    let world = limited();
    let alice = world.user();
    let thread = world.thread(&[&alice]);
    let stranger = World::new().user();
    for _ in 0..20 {
        send(&world, &stranger, V2021, &thread).expect_error(401, "Unauthorized");
    }
    send(&world, &alice, V2021, &thread).expect(201);
    let target = format!("/identities?api-version={IDENTITY}");
    for _ in 0..1100 {
        world.send(request("POST", &target, None, &[])).expect(401);
    }
    world
        .identity(IDENTITY, "POST /identities", None)
        .expect(201);
}

#[test]
fn identity_operations_have_a_limit_for_each_half_minute() {
    let world = limited();
    let id = world.user().id;
    let revoke = format!("POST /identities/{id}/:revokeAccessTokens");
    for _ in 0..500 {
        world.identity(IDENTITY, &revoke, None).expect(204);
    }
    let reply = world.identity(IDENTITY, &revoke, None);
    assert_eq!(reply.header("retry-after"), Some("30"));
    assert_eq!(reply.expect(429)["error"]["code"], "TooManyRequests");
    world.later(30);
    world.identity(IDENTITY, &revoke, None).expect(204);
}

#[test]
fn rates_are_not_limited_unless_that_is_asked_for() {
    let world = World::new();
    let alice = world.user();
    let thread = world.thread(&[&alice]);
    for _ in 0..100 {
        send(&world, &alice, V2021, &thread).expect(201);
    }
}
