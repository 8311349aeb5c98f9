use std::time::Duration;

use super::*;

#[test]
fn a_token_is_good_until_it_expires() {
    let mut world = World::new();
    let (_, grant) = world.store.create_user(vec![Scope::Chat], 60).unwrap();
    let grant = grant.unwrap();
    world.later(3599);
    assert!(world.store.authorize(&grant).is_ok());
    world.later(1);
    assert_eq!(
        world.store.authorize(&grant).unwrap_err(),
        Refusal::TokenExpired
    );
}

#[test]
fn revoking_refuses_old_tokens_at_once_but_not_new_ones() {
    let mut world = World::new();
    let (id, old) = world.store.create_user(vec![Scope::Chat], 60).unwrap();
    world.store.revoke_tokens(&id).unwrap();
    let new = world.store.issue_token(&id, vec![Scope::Chat], 60).unwrap();
    assert_eq!(
        world.store.authorize(&old.unwrap()).unwrap_err(),
        Refusal::TokenRevoked
    );
    assert!(world.store.authorize(&new).is_ok());
}

#[test]
fn a_deleted_user_is_refused_and_gets_no_tokens() {
    let mut world = World::new();
    let (id, grant) = world.store.create_user(vec![Scope::Chat], 60).unwrap();
    world.store.delete_user(&id).unwrap();
    assert_eq!(
        world.store.authorize(&grant.unwrap()).unwrap_err(),
        Refusal::UnknownCaller
    );
    let issued = world.store.issue_token(&id, vec![Scope::Chat], 60);
    assert_eq!(issued.unwrap_err(), Refusal::UserNotFound);
    assert_eq!(
        world.store.revoke_tokens(&id).unwrap_err(),
        Refusal::UserNotFound
    );
    assert_eq!(
        world.store.delete_user(&id),
        Ok(()),
        "deleting again changes nothing"
    );
}

#[test]
fn unknown_users_are_not_found() {
    let mut world = World::new();
    let id = RawId::communication_user(world.store.resource(), uuid::Uuid::from_u128(999));
    assert_eq!(
        world.store.delete_user(&id).unwrap_err(),
        Refusal::UserNotFound
    );
    assert_eq!(
        world.store.revoke_tokens(&id).unwrap_err(),
        Refusal::UserNotFound
    );
    let issued = world.store.issue_token(&id, vec![Scope::Chat], 60);
    assert_eq!(issued.unwrap_err(), Refusal::UserNotFound);
}

#[test]
fn tokens_live_for_one_hour_to_one_day() {
    let mut world = World::new();
    for minutes in [0, 59, 1441] {
        let refusal = world
            .store
            .create_user(vec![Scope::Chat], minutes)
            .unwrap_err();
        let expected = Refusal::OutOfRange {
            what: "expiresInMinutes",
            least: 60,
            most: 1440,
        };
        assert_eq!(refusal, expected, "{minutes}");
    }
    for minutes in [60, 1440] {
        let (_, grant) = world.store.create_user(vec![Scope::Chat], minutes).unwrap();
        let life = Duration::from_secs(u64::from(minutes) * 60);
        assert_eq!(grant.unwrap().expires, world.store.now().plus(life));
    }
}

#[test]
fn a_teams_users_token_opens_nothing_in_chat() {
    let world = World::new();
    let id = RawId::parse("8:orgid:357e39d2-a29a-4bf6-88cc-fda0afc2c0ed").unwrap();
    let expires = world.store.now().plus(Duration::from_secs(60));
    let grant = world.store.issue_teams_token(id, expires);
    let caller = world.store.authorize(&grant).unwrap();
    let refusal = world
        .store
        .list_threads(&caller, &all_threads())
        .unwrap_err();
    assert!(matches!(refusal, Refusal::ScopeTooSmall(_)));
}

#[test]
fn users_beyond_the_capacity_are_refused() {
    let capacity = Capacity {
        users: 2,
        ..Capacity::default()
    };
    let mut world = World::with(Limits::default(), capacity);
    world.user();
    world.user();
    let refusal = world.store.create_user(Vec::new(), 60).unwrap_err();
    assert_eq!(
        refusal,
        Refusal::Full {
            what: "users",
            limit: 2
        }
    );
}

#[test]
fn a_deleted_users_messages_and_places_go_and_its_threads_stay() {
    let mut world = World::new();
    let (alice, bob) = (world.user(), world.user());
    let shared = world.thread(&[&alice, &bob]);
    let left = world.thread(&[&alice, &bob]);
    world.send(&bob, &shared, "farewell");
    world.send(&alice, &shared, "hello");
    world.send(&bob, &left, "bye");
    world
        .store
        .remove_participant(&alice, &left, &bob.user)
        .unwrap();

    world.store.delete_user(&bob.user).unwrap();
    assert_eq!(
        world.contents(&alice, &shared),
        ["hello", "topic Lunch", "added 2"],
        "what bob has sent is gone, and nothing is told"
    );
    assert_eq!(
        world.contents(&alice, &left),
        ["removed 1", "topic Lunch", "added 2"],
        "also from where bob was before"
    );
    let page = world
        .store
        .list_participants(&alice, &shared, 0, 10)
        .unwrap();
    let ids: Vec<_> = page.items.into_iter().map(|who| who.id).collect();
    assert_eq!(ids, [alice.user]);
}

#[test]
fn what_a_deleted_user_took_up_is_given_back() {
    let mut world = World::new();
    let (alice, bob) = (world.user(), world.user());
    let thread = world.thread(&[&alice, &bob]);
    let before = world.store.totals.bytes;
    for _ in 0..100 {
        world.send(&bob, &thread, &"x".repeat(10_000));
    }
    world.store.delete_user(&bob.user).unwrap();
    assert!(world.store.totals.bytes < before);
}
