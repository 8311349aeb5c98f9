use super::*;

#[test]
fn adding_answers_201_with_an_empty_object_when_all_went_well() {
    let world = World::new();
    let (alice, bob) = (world.user(), world.user());
    let thread = world.thread(&[&alice]);
    let body = json!({"participants": [participant(&bob.id)]});
    let reply = world.call(&alice, &format!("POST {thread}/participants/:add"), body);
    assert_eq!((reply.status, reply.text.as_str()), (201, "{}"));
    assert_eq!(reply.header("location"), None);
}

#[test]
fn adding_names_those_who_failed_and_a_malformed_one_fails_all() {
    let world = World::new();
    let (alice, bob) = (world.user(), world.user());
    let thread = world.thread(&[&alice]);
    let add = format!("POST {thread}/participants/:add");
    let malformed =
        json!({"participants": [participant(&bob.id), participant("8:acs:invalidUserId")]});
    let message = world
        .call(&alice, &add, malformed)
        .expect_error(400, "BadRequest");
    assert_eq!(
        message,
        "Identifier format is invalid (8:acs:invalidUserId)."
    );
    let listed = world
        .get(&alice, &format!("{thread}/participants"))
        .expect(200);
    assert_eq!(listed["value"].as_array().unwrap().len(), 1);

    let teams = "8:orgid:357e39d2-a29a-4bf6-88cc-fda0afc2c0ed";
    let body = json!({"participants": [
        participant(&bob.id),
        {"communicationIdentifier": {"rawId": teams}},
    ]});
    let added = world.call(&alice, &add, body).expect(201);
    let expected = json!({"invalidParticipants": [{
        "target": teams,
        "code": "403",
        "message": "Permissions check failed",
    }]});
    assert_eq!(added, expected);
    let listed = world
        .get(&alice, &format!("{thread}/participants"))
        .expect(200);
    assert_eq!(listed["value"].as_array().unwrap().len(), 2);
}

#[test]
fn removing_takes_a_bare_identifier_and_answers_204() {
    let world = World::new();
    let (alice, bob) = (world.user(), world.user());
    let thread = world.thread(&[&alice, &bob]);
    let remove = format!("POST {thread}/participants/:remove");
    let reply = world.call(
        &alice,
        &remove,
        json!({"communicationUser": {"id": bob.id}}),
    );
    assert_eq!((reply.status, reply.text.as_str()), (204, ""));
    world
        .call(&alice, &remove, identifier(&bob.id))
        .expect_error(404, "NotFound");
    let message = world
        .call(&alice, &remove, identifier("8:acs:invalidUserId"))
        .expect_error(400, "BadRequest");
    assert_eq!(
        message,
        "Identifier format is invalid (8:acs:invalidUserId)."
    );

    let listed = world.get(&alice, &format!("{thread}/messages")).expect(200);
    let removed = &listed["value"][0];
    assert_eq!(removed["type"], "participantRemoved");
    assert_eq!(
        keys(&removed["content"]),
        ["initiatorCommunicationIdentifier", "participants"]
    );
    let participants = format!("{thread}/participants");
    world
        .get(&bob, &participants)
        .expect_error(403, "Forbidden");
}

#[test]
fn removing_takes_json_and_a_merge_patch_and_nothing_else() {
    let world = World::new();
    let (alice, bob, carol) = (world.user(), world.user(), world.user());
    let thread = world.thread(&[&alice, &bob, &carol]);
    let target = format!("{thread}/participants/:remove?api-version={V2025}");
    let authorization = format!("Bearer {}", alice.token);
    let remove = |media_type: &str, user: &User| {
        let headers = [("authorization", authorization.as_str())];
        let mut request = request("POST", &target, Some(identifier(&user.id)), &headers);
        let media_type = media_type.parse().unwrap();
        request.headers_mut().insert("content-type", media_type);
        world.send(request)
    };
    assert_eq!(remove("text/plain", &bob).status, 400);
    assert_eq!(remove("application/json", &bob).status, 204);
    assert_eq!(remove("application/merge-patch+json", &carol).status, 204);
}

#[test]
fn adding_who_is_there_answers_201_with_an_empty_object() {
    let world = World::new();
    let alice = world.user();
    let thread = world.thread(&[&alice]);
    let body = json!({"participants": [participant(&alice.id)]});
    let reply = world.call(&alice, &format!("POST {thread}/participants/:add"), body);
    assert_eq!((reply.status, reply.text.as_str()), (201, "{}"));
}

#[test]
fn more_than_200_in_a_request_are_400_without_a_message() {
    let world = World::new();
    let alice = world.user();
    let others: Vec<_> = (0..201).map(|_| participant(&alice.id)).collect();
    let body = json!({"topic": "t", "participants": others});
    let message = world.call(&alice, "POST /chat/threads", body.clone());
    assert_eq!(message.expect_error(400, "BadRequest"), Value::Null);
    let add = format!("POST {}/participants/:add", world.thread(&[&alice]));
    let message = world.call(&alice, &add, body);
    assert_eq!(message.expect_error(400, "BadRequest"), Value::Null);
}

#[test]
fn participants_are_listed_with_the_recorded_fields() {
    let world = World::new();
    let (alice, bob) = (world.user(), world.user());
    let body = json!({"topic": "t", "participants": [{
        "communicationIdentifier": identifier(&bob.id),
        "displayName": "User 2",
        "shareHistoryTime": "2016-04-13T00:00:00Z",
    }]});
    let thread = thread_path(&world.call(&alice, "POST /chat/threads", body).expect(201));
    let listed = world
        .get(&alice, &format!("{thread}/participants"))
        .expect(200);
    let expected = json!({"value": [
        {
            "communicationIdentifier": identifier(&alice.id),
            "shareHistoryTime": "1970-01-01T00:00:00Z",
        },
        {
            "communicationIdentifier": identifier(&bob.id),
            "displayName": "User 2",
            "shareHistoryTime": "2016-04-13T00:00:00Z",
        },
    ]});
    assert_eq!(listed, expected);
}

#[test]
fn participant_metadata_comes_back_where_the_version_has_it() {
    let world = World::new();
    let (alice, bob) = (world.user(), world.user());
    let thread = world.thread(&[&alice]);
    let mut who = participant(&bob.id);
    who["metadata"] = json!({"role": "guest"});
    let add = format!("POST {thread}/participants/:add");
    let body = json!({"participants": [who]});
    world.chat(&alice, V2025, &add, Some(body)).expect(201);
    let list = format!("GET {thread}/participants");
    let new = world.chat(&alice, V2025, &list, None).expect(200);
    assert_eq!(new["value"][1]["metadata"], json!({"role": "guest"}));
    assert!(new["value"][0].get("metadata").is_none());
    let old = world.chat(&alice, V2021, &list, None).expect(200);
    assert!(old["value"][1].get("metadata").is_none());
}
