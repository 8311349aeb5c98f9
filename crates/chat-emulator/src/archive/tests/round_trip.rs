//! Whatever has happened, what is read is what was written.

use proptest::prelude::*;

use super::*;
use crate::store::{ListThreads, MessageChange};

const USERS: usize = 4;

/// Something that somebody does, to a thread or a message that is named by a number.
#[derive(Clone, Debug)]
enum Step {
    Create,
    Send(usize, usize, String),
    Edit(usize, String),
    Delete(usize),
    Read(usize, usize),
    Remove(usize, usize, usize),
    Add(usize, usize, usize),
    Rename(usize, String),
    DeleteThread(usize),
    DeleteUser(usize),
    Wait(u16),
}

fn step() -> impl Strategy<Value = Step> {
    let who = 0..USERS;
    let thread = 0..3_usize;
    let message = 0..20_usize;
    prop_oneof![
        2 => Just(Step::Create),
        6 => (who.clone(), thread.clone(), any::<String>()).prop_map(|(who, thread, text)| Step::Send(who, thread, text)),
        3 => (message.clone(), any::<String>()).prop_map(|(message, text)| Step::Edit(message, text)),
        2 => message.clone().prop_map(Step::Delete),
        3 => (who.clone(), message).prop_map(|(who, message)| Step::Read(who, message)),
        2 => (who.clone(), thread.clone(), who.clone()).prop_map(|(by, thread, who)| Step::Remove(by, thread, who)),
        2 => (who.clone(), thread.clone(), who.clone()).prop_map(|(by, thread, who)| Step::Add(by, thread, who)),
        1 => (thread.clone(), any::<String>()).prop_map(|(thread, topic)| Step::Rename(thread, topic)),
        1 => thread.prop_map(Step::DeleteThread),
        1 => (1..USERS).prop_map(Step::DeleteUser),
        3 => any::<u16>().prop_map(Step::Wait),
    ]
}

/// Does it, as far as the service allows.
fn take(step: Step, world: &mut World, threads: &mut Vec<ThreadId>, sent: &mut Vec<Sent>) {
    let callers = world.callers.clone();
    let store = &mut world.store;
    match step {
        Step::Create => {
            let new = NewThread {
                topic: threads.len().to_string(),
                participants: vec![participant(&callers[1], store.now())],
                metadata: Default::default(),
                retention: None,
                repeatability: None,
            };
            let created = store.create_thread(&callers[0], new).unwrap();
            threads.push(created.properties.id.clone());
        }
        Step::Send(who, thread, content) => {
            let caller = &callers[who];
            let message = UserMessage {
                sender: caller.user.clone(),
                sender_display_name: content.clone(),
                content_type: ContentType::Text,
                metadata: [(content.clone(), content.clone())].into(),
                content,
                attachments: Vec::new(),
            };
            if let Some(thread) = threads.get(thread)
                && let Ok(id) = store.send_message(caller, thread, message)
            {
                sent.push((who, thread.clone(), id));
            }
        }
        Step::Edit(message, content) => {
            if let Some((who, thread, id)) = sent.get(message) {
                let change = MessageChange {
                    content: Some(content),
                    metadata: None,
                };
                let _ = store.update_message(&callers[*who], thread, *id, change);
            }
        }
        Step::Delete(message) => {
            if let Some((who, thread, id)) = sent.get(message) {
                let _ = store.delete_message(&callers[*who], thread, *id);
            }
        }
        Step::Read(who, message) => {
            if let Some((_, thread, id)) = sent.get(message) {
                let _ = store.send_read_receipt(&callers[who], thread, *id);
            }
        }
        Step::Remove(by, thread, who) => {
            if let Some(thread) = threads.get(thread) {
                let _ = store.remove_participant(&callers[by], thread, &callers[who].user);
            }
        }
        Step::Add(by, thread, who) => {
            if let Some(thread) = threads.get(thread) {
                let participant = participant(&callers[who], store.now());
                let _ = store.add_participants(&callers[by], thread, vec![participant]);
            }
        }
        Step::Rename(thread, topic) => {
            if let Some(thread) = threads.get(thread) {
                let change = crate::store::ThreadChange {
                    topic: Some(topic),
                    ..Default::default()
                };
                let _ = store.update_thread(&callers[0], thread, change);
            }
        }
        Step::DeleteThread(thread) => {
            if let Some(thread) = threads.get(thread) {
                let _ = store.delete_thread(&callers[0], thread);
            }
        }
        Step::DeleteUser(who) => store.delete_user(&callers[who].user).unwrap(),
        Step::Wait(millis) => {
            let time = std::time::Duration::from_millis(millis.into());
            world.clock.advance(time);
        }
    }
}

/// Who has sent what into which thread.
type Sent = (usize, ThreadId, crate::store::MessageId);

fn participant(caller: &Caller, since: Timestamp) -> Participant {
    Participant {
        id: caller.user.clone(),
        display_name: None,
        share_history_time: since,
        metadata: Default::default(),
    }
}

/// What each user has in its list, with the places that further pages go by.
fn lists(store: &Store, callers: &[Caller]) -> Vec<String> {
    let list = ListThreads {
        page_size: 1,
        start: Timestamp::EPOCH,
        after: None,
    };
    let lists = callers.iter().map(|caller| {
        let mut list = list.clone();
        let mut pages = Vec::new();
        while let Ok(page) = store.list_threads(caller, &list) {
            let shown = page.items.iter().map(|thread| {
                // As on the wire, where times are whole seconds.
                let deleted_on = thread.deleted_on.map(|at| at.to_string());
                let received_on = thread.last_message_received_on.to_string();
                (&thread.id, &thread.topic, deleted_on, received_on)
            });
            pages.push(format!("{:?} {:?}", shown.collect::<Vec<_>>(), page.next));
            match page.next {
                Some(next) => list.after = Some(next),
                None => break,
            }
        }
        pages.join("\n")
    });
    lists.collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_state_that_is_exported_and_imported_is_the_same(steps in prop::collection::vec(step(), 0..60)) {
        let mut world = World::new(USERS);
        let (mut threads, mut sent) = (vec![world.thread()], Vec::new());
        for step in steps {
            take(step, &mut world, &mut threads, &mut sent);
        }
        let files = world.export();
        let state = read(folder(&files).path()).unwrap();
        prop_assert_eq!(&exported(&state), &files);
        let created = |state: &StoreState| {
            let threads = state.archived_threads();
            threads.map(|thread| thread.properties.created_on).collect::<Vec<_>>()
        };
        prop_assert_eq!(created(&state), created(&world.store.state()), "to the millisecond");
        let imported = Store::continuing(
            state,
            Arc::clone(&world.clock) as _,
            Box::new(RandomIds),
            Limits::default(),
            Capacity::default(),
        );
        prop_assert_eq!(lists(&imported, &world.callers), lists(&world.store, &world.callers));
    }
}

#[test]
fn places_in_lists_follow_from_times_where_none_are_named() {
    let mut world = World::new(2);
    let old = world.thread();
    world.clock.advance(std::time::Duration::from_secs(60));
    let new = world.thread();
    let mut threads: Vec<_> = world.store.state().archived_threads().collect();
    for thread in &mut threads {
        thread.activity = None;
    }
    let resource = world.store.resource();
    let state = StoreState::from_archive(resource, Vec::new(), threads).unwrap();
    let again: Vec<_> = state.archived_threads().collect();
    let place = |id: &ThreadId| {
        let found = again.iter().find(|thread| thread.properties.id == *id);
        found.unwrap().activity.unwrap()
    };
    assert!(place(&old) < place(&new));
    assert_eq!(state.archived_users().len(), 2, "participants are users");
}
