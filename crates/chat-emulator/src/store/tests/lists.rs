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
    let (listed, sizes) = paged(&mut world, &alice, 3, |_, _| {});
    assert_eq!(listed, created);
    assert_eq!(sizes, [3, 3, 1]);
}

/// The threads of all pages, and the pages' sizes; `between` happens before each further page.
fn paged(
    world: &mut World,
    caller: &Caller,
    page_size: usize,
    mut between: impl FnMut(&mut World, usize),
) -> (Vec<ThreadId>, Vec<usize>) {
    let (mut listed, mut sizes, mut after) = (Vec::new(), Vec::new(), None);
    loop {
        let list = ListThreads {
            page_size,
            after,
            ..all_threads()
        };
        let page = world.store.list_threads(caller, &list).unwrap();
        sizes.push(page.items.len());
        listed.extend(page.items.into_iter().map(|item| item.id));
        after = page.next;
        if after.is_none() {
            return (listed, sizes);
        }
        between(world, sizes.len());
    }
}

#[test]
fn a_thread_in_which_something_happens_between_pages_comes_first_on_the_next_one() {
    let mut world = World::new();
    let alice = world.user();
    let [a, b, c, d] = [(); 4].map(|()| world.thread(&[&alice]));
    let mut new = None;
    let (listed, sizes) = paged(&mut world, &alice, 2, |world, page| {
        if page == 1 {
            // One that has been shown, one that has not, and one that is new.
            world.send(&alice, &d, "up");
            world.send(&alice, &a, "up");
            new = Some(world.thread(&[&alice]));
        }
    });
    // Three are more than a page has: those that come first are those where it happened first.
    let new = new.unwrap();
    assert_eq!(listed, [d.clone(), c, a, d, new, b]);
    assert_eq!(sizes, [2, 2, 2]);
}

#[test]
fn a_list_of_threads_ends_however_often_something_happens_at_the_same_time() {
    let mut world = World::new();
    let alice = world.user();
    let threads = [(); 5].map(|()| world.thread(&[&alice]));
    let (listed, _) = paged(&mut world, &alice, 2, |world, page| {
        if page < 4 {
            world.send(&alice, &threads[page], "up");
        }
    });
    for thread in &threads {
        assert!(listed.contains(thread), "{thread:?} is missing");
    }
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
fn a_thread_has_received_messages_from_its_first_ones_on() {
    let mut world = World::new();
    let alice = world.user();
    let received = |world: &World| {
        let page = world.store.list_threads(&alice, &all_threads()).unwrap();
        page.items[0].last_message_received_on.seconds()
    };
    let alone = world.thread(&[&alice]);
    assert_eq!(received(&world), world.store.now().seconds());
    world.later(60);
    world.send(&alice, &alone, "note");
    assert_eq!(received(&world), world.store.now().seconds());
}
