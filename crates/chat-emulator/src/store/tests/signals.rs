use super::*;

#[test]
fn each_participant_has_one_receipt_which_never_moves_back() {
    let mut world = World::new();
    let (alice, bob) = (world.user(), world.user());
    let thread = world.thread(&[&alice, &bob]);
    let first = world.send(&alice, &thread, "one");
    let second = world.send(&alice, &thread, "two");
    world.store.send_read_receipt(&bob, &thread, first).unwrap();
    world.later(1);
    let read_on = world.store.now();
    world
        .store
        .send_read_receipt(&bob, &thread, second)
        .unwrap();
    world.later(1);
    world.store.send_read_receipt(&bob, &thread, first).unwrap();
    let page = world
        .store
        .list_read_receipts(&alice, &thread, 0, 10)
        .unwrap();
    assert_eq!(
        page.items,
        [ReadReceipt {
            sender: bob.user,
            message: second,
            read_on
        }]
    );
}

#[test]
fn a_receipt_for_an_unknown_message_is_refused() {
    let mut world = World::new();
    let alice = world.user();
    let thread = world.thread(&[&alice]);
    let refusal = world
        .store
        .send_read_receipt(&alice, &thread, MessageId(1))
        .unwrap_err();
    assert_eq!(refusal, Refusal::MessageNotFound);
    assert!(
        world
            .store
            .list_read_receipts(&alice, &thread, 0, 10)
            .unwrap()
            .items
            .is_empty()
    );
}

#[test]
fn threads_of_more_than_20_accept_signals_and_keep_none() {
    let mut world = World::new();
    let callers: Vec<_> = (0..21).map(|_| world.user()).collect();
    let alice = &callers[0];
    let twenty: Vec<_> = callers[..20].iter().collect();
    let thread = world.thread(&twenty);
    let message = world.messages(alice, &thread)[0].id;
    let receipts = |world: &World| {
        let page = world.store.list_read_receipts(alice, &thread, 0, 10);
        page.unwrap().items.len()
    };
    let sent = world.store.send_read_receipt(alice, &thread, message);
    assert_eq!((sent, receipts(&world)), (Ok(()), 1));

    let one_more = vec![participant(&callers[20].user)];
    world
        .store
        .add_participants(alice, &thread, one_more)
        .unwrap();
    assert_eq!(
        world.store.send_typing(alice, &thread, String::new()),
        Ok(())
    );
    let sent = world.store.send_read_receipt(&callers[1], &thread, message);
    assert_eq!((sent, receipts(&world)), (Ok(()), 0));

    world
        .store
        .remove_participant(alice, &thread, &callers[20].user)
        .unwrap();
    assert_eq!(receipts(&world), 1, "what was sent meanwhile was not kept");
}

#[test]
fn only_participants_send_and_see_signals() {
    let mut world = World::new();
    let (alice, eve) = (world.user(), world.user());
    let thread = world.thread(&[&alice]);
    let message = world.messages(&alice, &thread)[0].id;
    let no = Refusal::NotParticipant;
    assert_eq!(
        world.store.send_typing(&eve, &thread, String::new()),
        Err(no.clone())
    );
    assert_eq!(
        world.store.send_read_receipt(&eve, &thread, message),
        Err(no.clone())
    );
    assert_eq!(
        world
            .store
            .list_read_receipts(&eve, &thread, 0, 10)
            .unwrap_err(),
        no
    );
}
