use super::*;

#[test]
fn threads_are_listed_by_what_happened_last() {
    let mut world = World::new();
    let (alice, bob) = (world.user(), world.user());
    let [a, b, c] = [(); 3].map(|()| {
        world.later(1);
        world.thread(&[&alice, &bob])
    });
    let listed = |world: &World| -> Vec<ThreadId> {
        let page = world.store.list_threads(&bob, &all_threads()).unwrap();
        page.items.into_iter().map(|item| item.id).collect()
    };
    assert_eq!(listed(&world), [c.clone(), b.clone(), a.clone()]);
    world.later(1);
    world.send(&alice, &a, "up");
    assert_eq!(listed(&world), [a.clone(), c.clone(), b.clone()]);
    world.later(1);
    world.store.delete_thread(&alice, &b).unwrap();
    assert_eq!(listed(&world), [b, a, c], "a deletion counts");
}

#[test]
fn lists_of_threads_are_paged_without_loss_when_all_happens_at_once() {
    let mut world = World::new();
    let alice = world.user();
    let mut created: Vec<_> = (0..7).map(|_| world.thread(&[&alice])).collect();
    created.reverse();
    let (mut listed, mut after, mut pages) = (Vec::new(), None, 0);
    loop {
        let list = ListThreads {
            page_size: 3,
            start: Timestamp::EPOCH,
            after,
        };
        let page = world.store.list_threads(&alice, &list).unwrap();
        listed.extend(page.items.into_iter().map(|item| item.id));
        pages += 1;
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(listed, created);
    assert_eq!(pages, 3);
}

#[test]
fn a_last_full_page_of_threads_has_no_next_one() {
    let mut world = World::new();
    let alice = world.user();
    world.thread(&[&alice]);
    world.thread(&[&alice]);
    let list = ListThreads {
        page_size: 2,
        ..all_threads()
    };
    let page = world.store.list_threads(&alice, &list).unwrap();
    assert_eq!((page.items.len(), page.next), (2, None));
}

#[test]
fn a_start_time_leaves_older_threads_out() {
    let mut world = World::new();
    let alice = world.user();
    let old = world.thread(&[&alice]);
    world.later(60);
    let start = world.store.now();
    let new = world.thread(&[&alice]);
    let list = ListThreads {
        start,
        ..all_threads()
    };
    let page = world.store.list_threads(&alice, &list).unwrap();
    let ids: Vec<_> = page.items.into_iter().map(|item| item.id).collect();
    assert_eq!(ids, [new]);
    assert!(!ids.contains(&old));
}

#[test]
fn a_thread_whose_creator_is_alone_has_received_nothing_yet() {
    let mut world = World::new();
    let (alice, bob) = (world.user(), world.user());
    let received = |world: &World, caller: &Caller| {
        let page = world.store.list_threads(caller, &all_threads()).unwrap();
        page.items[0].last_message_received_on
    };
    let alone = world.thread(&[&alice]);
    assert_eq!(received(&world, &alice), None);
    world.send(&alice, &alone, "note");
    assert_eq!(
        received(&world, &alice).map(Timestamp::seconds),
        Some(world.store.now().seconds())
    );
    world.thread(&[&bob, &alice]);
    assert!(received(&world, &bob).is_some());
}
