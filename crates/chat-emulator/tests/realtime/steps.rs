//! The steps that lead to a connection and a registration, each with what is right and what is not.

use serde_json::{Value, json};

use crate::client::{Client, json_of};
use crate::world::World;

#[tokio::test]
async fn the_configuration_points_back_the_way_the_client_came() {
    let world = World::new().await;
    let mut client = Client::new(&world, &world.user("alice"));
    let path = "chat/config/realTimeNotifications";
    let port = world.emulator.local_addr().port();
    for host in ["127.0.0.1", "localhost"] {
        let origin = format!("http://{host}:{port}");
        client.endpoint = format!("{origin}/");
        // With one slash, and with the two of clients that append to the endpoint of a connection string.
        for path in [path.to_owned(), format!("/{path}")] {
            let configuration = json_of(client.configuration(&path).await).await;
            let expected = json!({
                "trouterServiceUrl": origin,
                "registrarServiceUrl": format!("{origin}/registrar/prod"),
                "cloudType": "Public",
            });
            assert_eq!(configuration, expected);
        }
        let allocation = client.allocated().await;
        assert_eq!(allocation["socketio"], format!("{origin}/"));
        let address = allocation["surl"].as_str().unwrap();
        assert!(address.starts_with(&format!("{origin}/v4/f/")), "{address}");
        assert!(address.ends_with('/'), "{address}");
    }
}

#[tokio::test]
async fn behind_a_proxy_everything_points_to_the_proxy() {
    let builder = chat_emulator::Emulator::builder().public_url("https://chat.example");
    let world = World::with(builder).await;
    let mut client = Client::new(&world, &world.user("alice"));
    client.endpoint = format!("http://{}/", world.emulator.local_addr());
    let configuration = client.configuration("chat/config/realTimeNotifications");
    let configuration = json_of(configuration.await).await;
    assert_eq!(configuration["trouterServiceUrl"], "https://chat.example");
    let allocation = client.allocated().await;
    assert_eq!(allocation["socketio"], "https://chat.example/");
}

#[tokio::test]
async fn the_configuration_has_an_api_version_of_its_own() {
    let world = World::new().await;
    let client = Client::new(&world, &world.user("alice"));
    let url = format!("{}chat/config/realTimeNotifications", client.endpoint);
    for (query, status) in [
        ("?api-version=2024-09-01", 200),
        ("?api-version=2025-03-15", 400),
        ("", 400),
    ] {
        let request = client.http.get(format!("{url}{query}"));
        let response = request.bearer_auth(&client.token).send().await.unwrap();
        assert_eq!(response.status(), status, "{query}");
    }
}

#[tokio::test]
async fn every_step_that_has_a_token_refuses_a_bad_one() {
    let world = World::new().await;
    let good = Client::new(&world, &world.user("alice"));
    let allocation = good.allocated().await;
    let mut client = Client::new(&world, &world.user("alice"));
    let revoked = "eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl";
    for token in ["", "nonsense", revoked] {
        client.token = token.to_owned();
        let configuration = client.configuration("chat/config/realTimeNotifications");
        assert_eq!(configuration.await.status(), 401);
        assert_eq!(client.allocate(None).await.status(), 401);
        assert_eq!(client.handshake(&allocation).await.status(), 401);
        let document = client.registration(&allocation, 7200);
        assert_eq!(client.register(&document).await.status(), 401);
        assert_eq!(client.unregister().await.status(), 401);
    }
    // One that has expired.
    let a_day = std::time::Duration::from_secs(25 * 60 * 60);
    world.emulator.advance_clock(a_day);
    assert_eq!(good.allocate(None).await.status(), 401);
    assert_eq!(good.handshake(&allocation).await.status(), 401);
}

#[tokio::test]
async fn an_allocation_has_all_that_a_client_needs_and_is_found_again_by_its_parameters() {
    let world = World::new().await;
    let client = Client::new(&world, &world.user("alice"));
    let first = client.allocated().await;
    for name in [
        "id",
        "ccid",
        "socketio",
        "surl",
        "url",
        "ttl",
        "curlb",
        "healthUrl",
    ] {
        assert!(first[name].is_string(), "{name}: {first}");
    }
    for name in ["sr", "issuer", "sp", "se", "st", "sig"] {
        assert!(first["connectparams"][name].is_string(), "{name}: {first}");
    }
    let seconds: u64 = first["ttl"].as_str().unwrap().parse().unwrap();
    assert!((585_700..=585_731).contains(&seconds), "{seconds}");

    let again = json_of(client.allocate(Some(&first["connectparams"])).await).await;
    for name in ["id", "surl", "connectparams"] {
        assert_eq!(again[name], first[name], "{name}");
    }
    let other = client.allocated().await;
    assert_ne!(other["id"], first["id"]);
    // After a restart, say: nobody knows it any more.
    let mut unknown = first["connectparams"].clone();
    unknown["sr"] = json!("an-id-of-22-characters");
    let new = json_of(client.allocate(Some(&unknown)).await).await;
    assert_ne!(new["id"], unknown["sr"]);
}

#[tokio::test]
async fn parameters_that_were_changed_or_are_of_somebody_else_are_refused() {
    let world = World::new().await;
    let client = Client::new(&world, &world.user("alice"));
    let other = Client::new(&world, &world.user("bob"));
    let allocation = client.allocated().await;
    let parameters = &allocation["connectparams"];
    assert_eq!(other.allocate(Some(parameters)).await.status(), 403);
    assert_eq!(other.handshake(&allocation).await.status(), 403);
    for name in ["sig", "se"] {
        let mut changed = allocation.clone();
        changed["connectparams"][name] = json!("1");
        let parameters = Some(&changed["connectparams"]);
        assert_eq!(client.allocate(parameters).await.status(), 403, "{name}");
        assert_eq!(client.handshake(&changed).await.status(), 403, "{name}");
    }
    let mut unknown = allocation.clone();
    unknown["connectparams"]["sr"] = json!("another");
    assert_eq!(client.handshake(&unknown).await.status(), 403);
    let without_epid = client.http.post(format!("{}v4/a", client.endpoint));
    let without_epid = without_epid.header("x-skypetoken", &client.token);
    assert_eq!(without_epid.send().await.unwrap().status(), 400);
}

#[tokio::test]
async fn a_handshake_gives_a_session_with_and_without_a_slash_at_the_end() {
    let world = World::new().await;
    let client = Client::new(&world, &world.user("alice"));
    let allocation = client.allocated().await;
    let url = client.session_url(&allocation, "");
    for url in [url.clone(), url.replace("/1/?", "/1?")] {
        let request = client.http.get(url).header("x-skypetoken", &client.token);
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/plain");
        let text = response.text().await.unwrap();
        let (id, rest) = text.split_once(':').unwrap();
        assert_eq!(id.len(), 22);
        assert_eq!(rest, "70:70:websocket,xhr-polling");
    }
}

#[tokio::test]
async fn a_socket_opens_once_for_a_session_that_there_is_and_only_as_a_websocket() {
    let world = World::new().await;
    let client = Client::new(&world, &world.user("alice"));
    let allocation = client.allocated().await;
    let session = client.session(&allocation).await;

    let url = client.session_url(&allocation, &format!("websocket/{session}"));
    let plain = client.http.get(url).send().await.unwrap();
    assert_eq!(plain.status(), 400);
    assert_eq!(client.upgrade(&allocation, "unknown").await.status(), 404);
    let mut changed = allocation.clone();
    changed["connectparams"]["sig"] = json!("1");
    assert_eq!(client.upgrade(&changed, &session).await.status(), 403);

    let upgraded = client.upgrade(&allocation, &session).await;
    assert_eq!(upgraded.status(), 101);
    // That of the key in RFC 6455.
    let accept = &upgraded.headers()["sec-websocket-accept"];
    assert_eq!(accept, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    assert_eq!(client.upgrade(&allocation, &session).await.status(), 404);
    assert_eq!(world.emulator.notifications().connections(), 1);
}

#[tokio::test]
async fn a_session_that_nobody_connects_to_is_forgotten() {
    let world = World::new().await;
    let client = Client::new(&world, &world.user("alice"));
    let allocation = client.allocated().await;
    let session = client.session(&allocation).await;
    let a_minute = std::time::Duration::from_secs(60);
    world.emulator.advance_clock(a_minute);
    assert_eq!(client.upgrade(&allocation, &session).await.status(), 404);
}

#[tokio::test]
async fn an_endpoint_is_good_for_a_week_less_five_hours() {
    let world = World::new().await;
    let client = Client::new(&world, &world.user("alice"));
    let allocation = client.allocated().await;
    let almost = std::time::Duration::from_secs(12 * 60 * 60);
    world.emulator.advance_clock(almost);
    let later = json_of(client.allocate(Some(&allocation["connectparams"])).await).await;
    let ttl: u64 = later["ttl"].as_str().unwrap().parse().unwrap();
    let left = 585_731 - 12 * 60 * 60;
    assert!((left - 30..=left).contains(&ttl), "{ttl}");
}

#[tokio::test]
async fn a_registration_is_202_and_what_is_none_is_400() {
    let world = World::new().await;
    let client = Client::new(&world, &world.user("alice"));
    let allocation = client.allocated().await;
    let good = client.registration(&allocation, 7200);
    let change = |pointer: &str, value: Value| {
        let mut document = good.clone();
        *document.pointer_mut(pointer).unwrap() = value;
        document
    };
    for document in [
        json!(null),
        json!([]),
        change("/registrationId", json!("")),
        change("/transports/TROUTER", json!([])),
        change("/transports/TROUTER/0/ttl", json!(-1)),
        change("/transports/TROUTER/0/path", json!("http://127.0.0.1/")),
    ] {
        assert_eq!(client.register(&document).await.status(), 400, "{document}");
    }
    assert_eq!(world.emulator.notifications().registrations(), 0);
    client.registered(&allocation).await;
    client.registered(&allocation).await;
    assert_eq!(world.emulator.notifications().registrations(), 1);
    assert_eq!(client.unregister().await.status(), 202);
    assert_eq!(client.unregister().await.status(), 202);
    assert_eq!(world.emulator.notifications().registrations(), 0);
}

#[tokio::test]
async fn a_registration_for_something_else_is_accepted_and_nothing_comes_of_it() {
    let world = World::new().await;
    let client = Client::new(&world, &world.user("alice"));
    let stranger = Client::new(&world, &world.user("bob"));
    let allocation = client.allocated().await;
    let mut other_template = client.registration(&allocation, 7200);
    other_template["clientDescription"]["templateKey"] = json!("TeamsCDLWebWorker_1.9");
    assert_eq!(client.register(&other_template).await.status(), 202);
    let theirs = stranger.registration(&allocation, 7200);
    assert_eq!(stranger.register(&theirs).await.status(), 202);
    let mut unknown = client.registration(&allocation, 7200);
    unknown["transports"]["TROUTER"][0]["path"] = json!("http://127.0.0.1/v4/f/unknown/");
    assert_eq!(client.register(&unknown).await.status(), 202);
    assert_eq!(world.emulator.notifications().registrations(), 0);
}

#[tokio::test]
async fn secrets_of_a_connection_are_not_in_the_journal() {
    let world = World::new().await;
    let client = Client::new(&world, &world.user("alice"));
    let (allocation, _socket) = client.start().await;
    let journal = format!("{:?}", world.emulator.journal());
    assert!(journal.contains("registrar/prod"), "{journal}");
    for secret in [
        client.token.as_str(),
        allocation["connectparams"]["sig"].as_str().unwrap(),
        allocation["surl"].as_str().unwrap(),
    ] {
        assert!(!journal.contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn a_page_of_another_site_opens_no_socket() {
    let world = World::new().await;
    let client = Client::new(&world, &world.user("alice"));
    let allocation = client.allocated().await;
    let session = client.session(&allocation).await;
    for (origin, status) in [
        ("https://elsewhere.example", 403),
        ("http://localhost:3000", 101),
    ] {
        let request = client.upgrade_request(&allocation, &session);
        let response = request.header("origin", origin).send().await.unwrap();
        assert_eq!(response.status(), status, "{origin}");
    }
}
