use std::collections::HashSet;

use super::*;

#[test]
fn requests_at_the_same_time_share_neither_a_sequence_id_nor_an_id() {
    const THREADS: usize = 8;
    const EACH: usize = 100;
    let world = World::new();
    let (alice, bob) = (world.user(), world.user());
    let thread = world.thread(&[&alice, &bob]);
    let answered: HashSet<String> = std::thread::scope(|scope| {
        let senders: Vec<_> = (0..THREADS)
            .map(|n| {
                let (world, thread) = (&world, &thread);
                let user = if n % 2 == 0 { &alice } else { &bob };
                scope.spawn(move || {
                    (0..EACH)
                        .map(|_| world.message(user, thread, "x"))
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        senders
            .into_iter()
            .flat_map(|sender| sender.join().unwrap())
            .collect()
    });
    assert_eq!(answered.len(), THREADS * EACH);

    let mut page = world
        .get(&alice, &format!("{thread}/messages?maxPageSize=200"))
        .expect(200);
    let (mut ids, mut sequences) = (HashSet::new(), Vec::new());
    loop {
        for message in page["value"].as_array().unwrap() {
            ids.insert(message["id"].as_str().unwrap().to_owned());
            sequences.push(
                message["sequenceId"]
                    .as_str()
                    .unwrap()
                    .parse::<usize>()
                    .unwrap(),
            );
        }
        match page.get("nextLink").cloned() {
            Some(link) => page = world.follow(&alice, &link).expect(200),
            None => break,
        }
    }
    assert_eq!(
        sequences,
        (1..=THREADS * EACH + 2).rev().collect::<Vec<_>>()
    );
    assert!(ids.is_superset(&answered));
}

#[test]
fn one_repeatability_id_used_at_the_same_time_makes_one_thread() {
    let world = World::new();
    let alice = world.user();
    let authorization = format!("Bearer {}", alice.token);
    let bodies: HashSet<String> = std::thread::scope(|scope| {
        let callers: Vec<_> = (0..8)
            .map(|_| {
                scope.spawn(|| {
                    let headers = [
                        ("authorization", authorization.as_str()),
                        ("repeatability-request-id", "the-same"),
                    ];
                    let target = format!("/chat/threads?api-version={V2021}");
                    let body = Some(json!({"topic": "t"}));
                    world.send(request("POST", &target, body, &headers)).text
                })
            })
            .collect();
        callers
            .into_iter()
            .map(|caller| caller.join().unwrap())
            .collect()
    });
    assert_eq!(bodies.len(), 1);
    let listed = world.get(&alice, "/chat/threads").expect(200);
    assert_eq!(listed["value"].as_array().unwrap().len(), 1);
}
