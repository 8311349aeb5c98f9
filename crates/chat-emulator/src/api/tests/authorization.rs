use super::*;

fn anonymous(world: &World, authorization: Option<&str>) -> Reply {
    let target = format!("/chat/threads?api-version={V2021}");
    let headers: Vec<_> = authorization
        .map(|value| ("authorization", value))
        .into_iter()
        .collect();
    world.send(request("GET", &target, None, &headers))
}

#[test]
fn missing_foreign_and_garbled_tokens_are_401() {
    let world = World::new();
    let alice = world.user();
    let foreign = World::new().user();
    let mut garbled = alice.token.clone();
    garbled.replace_range(
        60..61,
        if &alice.token[60..61] == "A" {
            "B"
        } else {
            "A"
        },
    );
    for authorization in [
        None,
        Some(format!("Bearer {}", foreign.token)),
        Some(format!("Bearer {garbled}")),
        Some("Bearer not-a-token".to_owned()),
        Some(alice.token.clone()),
        Some("HMAC-SHA256 SignedHeaders=x&Signature=y".to_owned()),
    ] {
        let reply = anonymous(&world, authorization.as_deref());
        let challenge = reply.header("www-authenticate").unwrap();
        assert!(
            challenge.starts_with("Bearer error_description="),
            "{challenge}"
        );
        assert!(
            !reply.text.contains(&alice.token[..40]),
            "no token in {}",
            reply.text
        );
        let message = reply.expect_error(401, "Unauthorized");
        assert_eq!(message, "Request is not authorized.");
    }
    assert_eq!(
        anonymous(&world, Some(&format!("Bearer {}", alice.token))).status,
        200
    );
}

#[test]
fn an_expired_token_is_401() {
    let world = World::new();
    let alice = world.user();
    world.later(24 * 60 * 60 - 1);
    world.get(&alice, "/chat/threads").expect(200);
    world.later(1);
    let reply = world.get(&alice, "/chat/threads");
    let reason = "Bearer error_description=\"The access token has expired.\"";
    assert_eq!(reply.header("www-authenticate"), Some(reason));
    reply.expect_error(401, "Unauthorized");
}

#[test]
fn revoked_tokens_and_deleted_users_are_401() {
    let world = World::new();
    let (alice, bob) = (world.user(), world.user());
    let path = |user: &User| format!("/identities/{}", user.id);
    let revoke = format!("POST {}/:revokeAccessTokens", path(&alice));
    world.identity(IDENTITY, &revoke, None).expect(204);
    let reply = world.get(&alice, "/chat/threads");
    let reason = "Bearer error_description=\"The access token has been revoked.\"";
    assert_eq!(reply.header("www-authenticate"), Some(reason));
    reply.expect_error(401, "Unauthorized");
    world
        .identity(IDENTITY, &format!("DELETE {}", path(&bob)), None)
        .expect(204);
    world
        .get(&bob, "/chat/threads")
        .expect_error(401, "Unauthorized");
}

#[test]
fn a_scope_that_is_too_small_and_a_stranger_are_403() {
    let world = World::new();
    let alice = world.user();
    let caller = world.user_with(&["voip"]);
    let message = world
        .get(&caller, "/chat/threads")
        .expect_error(403, "Forbidden");
    let text = "The initiator doesn't have the permission to perform the requested operation.";
    assert_eq!(message, text);
    let joined = world.user_with(&["chat.join"]);
    let body = json!({"topic": "t"});
    let message = world
        .call(&joined, "POST /chat/threads", body)
        .expect_error(403, "Forbidden");
    assert_eq!(message, Value::Null, "as it was seen of this operation");
    let thread = world.thread(&[&alice]);
    let message = world.get(&joined, &thread).expect_error(403, "Forbidden");
    assert_eq!(message, text);
}

#[test]
fn editing_somebody_elses_message_is_403() {
    let world = World::new();
    let (alice, bob) = (world.user(), world.user());
    let thread = world.thread(&[&alice, &bob]);
    let id = world.message(&alice, &thread, "mine");
    let path = format!("{thread}/messages/{id}");
    let patch = world.call(&bob, &format!("PATCH {path}"), json!({"content": "yours"}));
    patch.expect_error(403, "Forbidden");
    world
        .call(&bob, &format!("DELETE {path}"), Value::Null)
        .expect_error(403, "Forbidden");
}

#[test]
fn who_may_not_is_told_before_what_is_wrong() {
    let world = World::new();
    let target = format!("/chat/threads/invalid?api-version={V2021}");
    world
        .send(request("DELETE", &target, None, &[]))
        .expect_error(401, "Unauthorized");
}
