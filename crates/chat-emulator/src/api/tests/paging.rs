use super::*;

/// Follows all links; gives the sizes of the pages and the items.
fn drain(world: &World, user: &User, first: Reply) -> (Vec<usize>, Vec<Value>, Vec<String>) {
    let (mut sizes, mut items, mut links) = (Vec::new(), Vec::new(), Vec::new());
    let mut page = first.expect(200);
    loop {
        let value = page["value"].as_array().unwrap();
        sizes.push(value.len());
        items.extend(value.iter().cloned());
        let Some(link) = page.get("nextLink").cloned() else {
            break;
        };
        links.push(link.as_str().unwrap().to_owned());
        page = world.follow(user, &link).expect(200);
    }
    (sizes, items, links)
}

#[test]
fn messages_have_ten_to_a_page_and_the_recorded_link() {
    let world = World::new();
    let alice = world.user();
    let thread = world.thread(&[&alice]);
    for n in 0..20 {
        world.message(&alice, &thread, &n.to_string());
    }
    let first = world.get(&alice, &format!("{thread}/messages"));
    let (sizes, items, links) = drain(&world, &alice, first);
    assert_eq!(sizes, [10, 10, 2]);
    let sequences: Vec<_> = items
        .iter()
        .map(|item| item["sequenceId"].clone())
        .collect();
    let expected: Vec<_> = (1..=22).rev().map(|n| json!(n.to_string())).collect();
    assert_eq!(sequences, expected);

    let raw_path = thread.replace("%3A", ":").replace("%40", "@");
    let rest = links[0].strip_prefix(&format!("http://{HOST}{raw_path}/messages?syncState="));
    let (state, rest) = rest.unwrap().split_once('&').unwrap();
    assert!(
        state
            .bytes()
            .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)),
        "{state}"
    );
    let expected = format!(
        "startTime=1%2F1%2F1970%2012%3A00%3A00%20AM%20%2B00%3A00&maxPageSize=10&api-version={V2021}"
    );
    assert_eq!(rest, expected);
}

#[test]
fn a_page_size_that_is_asked_for_is_kept_over_the_links() {
    let world = World::new();
    let alice = world.user();
    let thread = world.thread(&[&alice]);
    for n in 0..4 {
        world.message(&alice, &thread, &n.to_string());
    }
    let first = world.get(&alice, &format!("{thread}/messages?maxPageSize=3"));
    let (sizes, _, links) = drain(&world, &alice, first);
    assert_eq!(sizes, [3, 3], "a last full page has no link");
    assert!(links[0].contains("&maxPageSize=3&"), "{links:?}");
}

#[test]
fn an_exact_start_time_survives_the_link() {
    let world = World::new();
    let alice = world.user();
    let thread = world.thread(&[&alice]);
    world.message(&alice, &thread, "too old by half a second");
    world.clock.advance(Duration::from_millis(500));
    for n in 0..4 {
        world.message(&alice, &thread, &n.to_string());
    }
    let start = "2026-01-01T00%3A00%3A00.600Z";
    let first = world.get(
        &alice,
        &format!("{thread}/messages?maxPageSize=2&startTime={start}"),
    );
    let (sizes, _, links) = drain(&world, &alice, first);
    assert_eq!(sizes, [2, 2]);
    assert!(links[0].contains("&startTime=1%2F1%2F2026%2012%3A00%3A00%20AM%20%2B00%3A00&"));
}

#[test]
fn an_edit_between_pages_repeats_nothing() {
    let world = World::new();
    let alice = world.user();
    let thread = world.thread(&[&alice]);
    let ids: Vec<_> = (0..4)
        .map(|n| world.message(&alice, &thread, &n.to_string()))
        .collect();
    let first = world
        .get(&alice, &format!("{thread}/messages?maxPageSize=3"))
        .expect(200);
    let edit = format!("PATCH {thread}/messages/{}", ids[0]);
    world
        .call(&alice, &edit, json!({"content": "edited"}))
        .expect(204);
    let (_, items, _) = drain(&world, &alice, world.follow(&alice, &first["nextLink"]));
    let sequences: Vec<_> = items
        .iter()
        .map(|item| item["sequenceId"].clone())
        .collect();
    assert_eq!(sequences, [json!("2"), json!("1")]);
}

#[test]
fn threads_have_a_hundred_to_a_page_and_a_link_without_size() {
    let world = World::new();
    let alice = world.user();
    let created: Vec<_> = (0..101).map(|_| world.thread(&[&alice])).collect();
    let (sizes, items, links) = drain(&world, &alice, world.get(&alice, "/chat/threads"));
    assert_eq!(sizes, [100, 1]);
    let ids: std::collections::HashSet<_> = items.iter().map(|item| item["id"].clone()).collect();
    assert_eq!(ids.len(), created.len());
    let rest = links[0]
        .strip_prefix(&format!("http://{HOST}/chat/threads?syncState="))
        .unwrap();
    let (state, rest) = rest.split_once('&').unwrap();
    assert!(
        !state.contains(['=', '+', '/']),
        "base64, percent-encoded: {state}"
    );
    assert_eq!(rest, format!("api-version={V2021}"));
}

#[test]
fn links_of_threads_keep_size_and_start_time() {
    let world = World::new();
    let alice = world.user();
    world.thread(&[&alice]);
    world.later(60);
    for _ in 0..4 {
        world.thread(&[&alice]);
    }
    let target = "/chat/threads?maxPageSize=2&startTime=2026-01-01T00:00:30Z";
    let (sizes, _, links) = drain(&world, &alice, world.get(&alice, target));
    assert_eq!(sizes, [2, 2]);
    let expected = format!(
        "&startTime=1%2F1%2F2026%2012%3A00%3A30%20AM%20%2B00%3A00&maxPageSize=2&api-version={V2021}"
    );
    assert!(links[0].ends_with(&expected), "{links:?}");
}

#[test]
fn an_exact_start_time_of_threads_survives_the_link() {
    let world = World::new();
    let alice = world.user();
    world.thread(&[&alice]);
    world.clock.advance(Duration::from_millis(500));
    for _ in 0..4 {
        world.thread(&[&alice]);
    }
    let target = "/chat/threads?maxPageSize=3&startTime=2026-01-01T00%3A00%3A00.600Z";
    let (sizes, _, _) = drain(&world, &alice, world.get(&alice, target));
    assert_eq!(sizes, [3, 1], "one is too old by half a second");
}

#[test]
fn participants_and_receipts_are_paged_by_skipping() {
    let world = World::new();
    let users: Vec<_> = (0..5).map(|_| world.user()).collect();
    let thread = world.thread(&users.iter().collect::<Vec<_>>());
    let id = world.message(&users[0], &thread, "x");
    for user in &users {
        let body = json!({"chatMessageId": id});
        world
            .call(user, &format!("POST {thread}/readReceipts"), body)
            .expect(200);
    }
    for list in ["participants", "readReceipts"] {
        let first = world.get(&users[0], &format!("{thread}/{list}?maxPageSize=2"));
        let (sizes, items, links) = drain(&world, &users[0], first);
        assert_eq!(sizes, [2, 2, 1], "{list}");
        assert_eq!(items.len(), 5);
        assert!(links[1].ends_with(&format!("/{list}?skip=4&maxPageSize=2&api-version={V2021}")));
        let skipped = world
            .get(&users[0], &format!("{thread}/{list}?skip=4"))
            .expect(200);
        assert_eq!(skipped["value"], json!([items[4]]));
    }
}

#[test]
fn participants_and_receipts_have_200_to_a_page_by_default() {
    let world = World::with(Limits::off());
    let users: Vec<_> = (0..201).map(|_| world.user()).collect();
    let thread = world.thread(&users.iter().collect::<Vec<_>>());
    let id = world.message(&users[0], &thread, "x");
    for user in &users {
        let body = json!({"chatMessageId": id});
        let call = format!("POST {thread}/readReceipts");
        world.call(user, &call, body).expect(200);
    }
    for list in ["participants", "readReceipts"] {
        let page = world
            .get(&users[0], &format!("{thread}/{list}"))
            .expect(200);
        assert_eq!(page["value"].as_array().unwrap().len(), 200, "{list}");
        let last = world.follow(&users[0], &page["nextLink"]).expect(200);
        assert_eq!(last["value"].as_array().unwrap().len(), 1, "{list}");
    }
}

#[test]
fn a_page_has_200_items_at_most() {
    let world = World::new();
    let alice = world.user();
    let thread = world.thread(&[&alice]);
    for n in 0..250 {
        world.message(&alice, &thread, &n.to_string());
    }
    let first = world.get(&alice, &format!("{thread}/messages?maxPageSize=1000"));
    let (sizes, _, links) = drain(&world, &alice, first);
    assert_eq!(sizes, [200, 52]);
    assert!(links[0].contains("maxPageSize=200"));
}

#[test]
fn a_page_may_be_larger_when_limits_are_off() {
    let world = World::with(Limits::off());
    let alice = world.user();
    let thread = world.thread(&[&alice]);
    for n in 0..250 {
        world.message(&alice, &thread, &n.to_string());
    }
    let page = world
        .get(&alice, &format!("{thread}/messages?maxPageSize=1000"))
        .expect(200);
    assert_eq!(page["value"].as_array().unwrap().len(), 252);
}

#[test]
fn link_parameters_that_are_malformed_are_refused() {
    let world = World::new();
    let alice = world.user();
    let thread = world.thread(&[&alice]);
    for target in [
        "/chat/threads?maxPageSize=0".to_owned(),
        "/chat/threads?syncState=x".to_owned(),
        "/chat/threads?startTime=yesterday".to_owned(),
        format!("{thread}/messages?maxPageSize=-1"),
        format!("{thread}/messages?syncState=3e"),
        format!("{thread}/messages?startTime=1"),
        format!("{thread}/participants?skip=-1"),
        format!("{thread}/participants?maxPageSize=x"),
        format!("{thread}/readReceipts?skip=1.5"),
    ] {
        world.get(&alice, &target).expect_error(400, "BadRequest");
    }
}
