use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::*;

const GUID: &str = "357e39d2-a29a-4bf6-88cc-fda0afc2c0ed";

#[test]
fn a_user_is_created_with_an_empty_body_or_with_a_token() {
    let world = World::new();
    let plain = world
        .identity(IDENTITY, "POST /identities", None)
        .expect(201);
    assert_eq!(keys(&plain), ["identity"]);
    assert!(
        plain["identity"]["id"]
            .as_str()
            .unwrap()
            .starts_with("8:acs:")
    );
    for version in [
        "2021-03-07",
        "2021-10-31-preview",
        "2022-06-01",
        "2022-10-01",
        "2023-10-01",
    ] {
        let body = json!({"createTokenWithScopes": ["chat"]});
        let created = world
            .identity(version, "POST /identities", Some(body))
            .expect(201);
        assert_eq!(keys(&created), ["accessToken", "identity"]);
        assert_eq!(
            created["accessToken"]["expiresOn"],
            "2026-01-02T00:00:00.2500000+00:00"
        );
    }
}

#[test]
fn a_token_is_issued_with_a_lifetime_and_its_claims() {
    let world = World::new();
    let alice = world.user();
    let issue = format!(
        "POST /identities/{}/:issueAccessToken",
        alice.id.replace(':', "%3A")
    );
    let body = json!({"scopes": ["chat", "voip"], "expiresInMinutes": 60});
    let issued = world.identity(IDENTITY, &issue, Some(body)).expect(200);
    assert_eq!(keys(&issued), ["expiresOn", "token"]);
    assert_eq!(issued["expiresOn"], "2026-01-01T01:00:00.2500000+00:00");
    let payload = issued["token"].as_str().unwrap().split('.').nth(1).unwrap();
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap();
    assert_eq!(claims["exp"], 1_767_229_200);
    assert_eq!(claims["skypeid"], alice.id[2..]);
    assert_eq!(claims["acsScope"], "chat,voip");
}

#[test]
fn lifetimes_and_scopes_out_of_range_are_refused() {
    let world = World::new();
    let alice = world.user();
    let issue = format!("POST /identities/{}/:issueAccessToken", alice.id);
    for body in [
        json!({"scopes": ["chat"], "expiresInMinutes": 59}),
        json!({"scopes": ["chat"], "expiresInMinutes": 1441}),
        json!({"scopes": ["chat"], "expiresInMinutes": "60"}),
        json!({"scopes": []}),
        json!({"scopes": ["chatter"]}),
        json!({}),
    ] {
        let error = world.identity(IDENTITY, &issue, Some(body)).expect(400);
        assert_eq!(error["error"]["code"], "BadRequest");
    }
    world.identity(IDENTITY, &issue, None).expect(400);
    for body in [
        json!({"expiresInMinutes": 59}),
        json!({"createTokenWithScopes": [], "expiresInMinutes": 1441}),
        json!({"createTokenWithScopes": ["chatter"]}),
    ] {
        world
            .identity(IDENTITY, "POST /identities", Some(body))
            .expect(400);
    }
    let body = json!({"scopes": ["chat"], "expiresInMinutes": 60});
    let issued = world.identity("2022-06-01", &issue, Some(body)).expect(200);
    assert_eq!(
        issued["expiresOn"], "2026-01-02T00:00:00.2500000+00:00",
        "this version does not know the field"
    );
}

#[test]
fn unknown_users_are_404_and_malformed_ids_400() {
    let world = World::new();
    let alice = world.user();
    let resource = alice
        .id
        .strip_prefix("8:acs:")
        .unwrap()
        .split('_')
        .next()
        .unwrap();
    let unknown = format!("8:acs:{resource}_{GUID}");
    let (missing, invalid) = (
        "Provided identity doesn't exist.",
        "Provided identity has invalid format.",
    );
    for (id, status, message) in [
        (unknown.as_str(), 404, missing),
        ("8:acs:nonsense", 400, invalid),
        ("alice", 400, invalid),
    ] {
        let delete = format!("DELETE /identities/{id}");
        let revoke = format!("POST /identities/{id}/:revokeAccessTokens");
        let issue = format!("POST /identities/{id}/:issueAccessToken");
        let scopes = Some(json!({"scopes": ["chat"]}));
        for (call, body) in [(delete, None), (revoke, None), (issue, scopes)] {
            let error = world.identity(IDENTITY, &call, body).expect(status);
            assert_eq!(error["error"]["message"], message, "{call}");
        }
    }
}

#[test]
fn an_identity_request_must_be_signed_as_it_is_sent() {
    let world = World::new();
    let alice = world.user();
    let authorization = format!("Bearer {}", alice.token);
    let target = format!("/identities?api-version={IDENTITY}");
    for headers in [vec![], vec![("authorization", authorization.as_str())]] {
        let reply = world.send(request("POST", &target, None, &headers));
        let challenge = reply.header("www-authenticate").unwrap();
        assert!(challenge.starts_with("HMAC-SHA256 error_description="));
        let message = "Denied by the resource provider.";
        let expected = json!({"error": {"code": "Denied", "message": message}});
        assert_eq!(reply.expect(401), expected);
    }
    let mut tampered = signed("POST", &target, None);
    *tampered.body_mut() = "{}".into();
    world.send(tampered).expect(401);
    let mut moved = signed(
        "POST",
        &format!("/identities/{GUID}?api-version={IDENTITY}"),
        None,
    );
    *moved.uri_mut() = target.parse().unwrap();
    world.send(moved).expect(401);
}

#[test]
fn an_id_may_be_signed_raw_or_percent_encoded() {
    let world = World::new();
    let alice = world.user();
    for id in [
        alice.id.clone(),
        alice.id.replace(':', "%3A"),
        alice.id.replace(':', "%3a"),
    ] {
        let revoke = format!("POST /identities/{id}/:revokeAccessTokens");
        world.identity(IDENTITY, &revoke, None).expect(204);
    }
}

fn entra_token(claims: Value) -> String {
    format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(claims.to_string()))
}

#[test]
fn a_teams_users_token_is_exchanged_for_one_without_chat() {
    let world = World::new();
    let now = world.service.store().now().seconds();
    let exchange = |token: &str, app: &str, user: &str, version: &str| {
        let body = json!({"token": token, "appId": app, "userId": user});
        world.identity(version, "POST /teamsUser/:exchangeAccessToken", Some(body))
    };
    let good = entra_token(json!({"exp": now + 600, "appid": GUID, "oid": GUID}));
    let issued = exchange(&good, GUID, GUID, IDENTITY).expect(200);
    assert_eq!(issued["expiresOn"], "2026-01-01T00:10:00.0000000+00:00");
    let user = User {
        id: String::new(),
        token: issued["token"].as_str().unwrap().to_owned(),
    };
    world
        .get(&user, "/chat/threads")
        .expect_error(403, "Forbidden");

    // It lives as long as the token that it was exchanged for.
    let day = entra_token(json!({"exp": now + 24 * 60 * 60}));
    let issued = exchange(&day, GUID, GUID, IDENTITY).expect(200);
    assert_eq!(issued["expiresOn"], "2026-01-02T00:00:00.0000000+00:00");
    let endless = entra_token(json!({"appid": GUID}));
    exchange(&endless, GUID, GUID, IDENTITY).expect(401);

    let expired = entra_token(json!({"exp": now}));
    exchange(&expired, GUID, GUID, IDENTITY).expect(401);
    exchange("no-token", GUID, GUID, IDENTITY).expect(401);
    exchange(&good, "nonsense", GUID, IDENTITY).expect(400);
    exchange(&good, GUID, "nonsense", IDENTITY).expect(400);
    let other = "00000000-0000-4000-8000-000000000000";
    exchange(&good, other, GUID, IDENTITY).expect(400);
    exchange(&good, GUID, other, IDENTITY).expect(400);
    exchange(&good, GUID, GUID, "2021-10-31-preview").expect(400);
}
