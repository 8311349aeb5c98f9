//! A watch of all threads, held against a service in which anything happens.

use std::collections::BTreeSet;

use proptest::prelude::*;
use tokio::runtime::Builder;

use super::*;

/// What happens, in one of a few threads or to who follows them.
#[derive(Clone, Debug)]
enum Act {
    Create(usize),
    Send(usize),
    Edit(usize, usize),
    Delete(usize, usize),
    /// The service shows a message so many milliseconds after it was sent.
    SendLate(usize, u64),
    /// Requests fail, so many, for a reason that may pass.
    Fail(usize),
    /// Lists lag by so many milliseconds.
    Lag(u64),
    /// Rings, in vain or not, once or twice.
    Ring(usize),
    RingAll,
    /// The user is removed, and then perhaps added again.
    Refuse(usize, bool),
    /// The follower handles what comes within so many seconds, each event with its cursor in one
    /// step.
    Follow(u64),
    /// It is killed, and goes on from the cursor that was stored last.
    Kill,
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let (thread, index) = (0_usize..5, any::<usize>());
    let act = prop_oneof![
        2 => thread.clone().prop_map(Act::Create),
        6 => thread.clone().prop_map(Act::Send),
        3 => (thread.clone(), index).prop_map(|(thread, index)| Act::Edit(thread, index)),
        1 => (thread.clone(), index).prop_map(|(thread, index)| Act::Delete(thread, index)),
        2 => (thread.clone(), 0_u64..3_000).prop_map(|(thread, late)| Act::SendLate(thread, late)),
        2 => (1_usize..20).prop_map(Act::Fail),
        1 => (0_u64..2_000).prop_map(Act::Lag),
        1 => thread.clone().prop_map(Act::Ring),
        1 => Just(Act::RingAll),
        1 => (thread, any::<bool>()).prop_map(|(thread, refused)| Act::Refuse(thread, refused)),
        5 => (0_u64..20).prop_map(Act::Follow),
        2 => Just(Act::Kill),
    ];
    prop::collection::vec(act, 0..60)
}

struct World {
    service: Arc<FakeService>,
    watch: Watch,
    /// What was stored: effects, and the cursor.
    log: Vec<(String, u64)>,
    losses: usize,
    stored: Option<String>,
    refusals: usize,
}

impl World {
    fn new() -> Self {
        let service = FakeService::new();
        Self {
            watch: Watch::new(&service, From::Beginning),
            service,
            log: Vec::new(),
            losses: 0,
            stored: None,
            refusals: 0,
        }
    }

    async fn act(&mut self, act: Act) {
        let name = |thread: usize| format!("thread {thread}");
        let is_there =
            |service: &FakeService, thread: &str| service.state().threads.contains_key(thread);
        let existing = |thread| Some(name(thread)).filter(|name| is_there(&self.service, name));
        match act {
            Act::Create(thread) if existing(thread).is_none() => self.service.create(&name(thread)),
            Act::Send(thread) => {
                existing(thread)
                    .iter()
                    .for_each(|thread| self.service.send(thread));
            }
            Act::SendLate(thread, late) => {
                if let Some(thread) = existing(thread) {
                    let late = Duration::from_millis(late);
                    self.service
                        .write(&thread, |thread, now| thread.add("text", now, late));
                }
            }
            Act::Edit(thread, index) => {
                existing(thread)
                    .iter()
                    .for_each(|thread| self.service.edit(thread, index));
            }
            Act::Delete(thread, index) => {
                if let Some(thread) = existing(thread) {
                    let now = self.service.now();
                    let mut state = self.service.state();
                    let thread = state.threads.get_mut(&thread).unwrap();
                    thread.thread.change(index, true, now, Duration::ZERO);
                }
            }
            Act::Fail(count) => {
                let failures = (0..count).map(|_| ErrorKind::ServiceUnavailable);
                self.service.state().failures = failures.collect();
            }
            Act::Lag(lag) => self.service.state().lag = Duration::from_millis(lag),
            Act::Ring(thread) => self.watch.handle.ring_thread(&name(thread).into()),
            Act::RingAll => self.watch.handle.ring(),
            Act::Refuse(thread, is_refused) => {
                if let Some(thread) = existing(thread) {
                    let mut state = self.service.state();
                    let thread = state.threads.get_mut(&thread).unwrap();
                    let was_open = thread.fails.is_none();
                    thread.fails = is_refused.then_some(ErrorKind::Forbidden);
                    self.refusals += usize::from(was_open && is_refused);
                }
            }
            Act::Follow(seconds) => self.follow(Duration::from_secs(seconds)).await,
            Act::Kill => {
                let from = match &self.stored {
                    Some(cursor) => From::Cursor(cursor.parse().unwrap()),
                    None => From::Beginning,
                };
                self.watch = Watch::new(&self.service, from);
            }
            Act::Create(_) => {}
        }
    }

    async fn follow(&mut self, time: Duration) {
        let start = tokio::time::Instant::now();
        while let Some(watched) = self
            .watch
            .within(time.saturating_sub(start.elapsed()))
            .await
        {
            self.stored = Some(watched.cursor().to_string());
            match watched.event().message() {
                Some(message) => {
                    let place = message.sequence_id().as_u64().unwrap();
                    self.log.push((watched.thread_id().to_string(), place));
                }
                None => {
                    assert_eq!(watched.event(), &ChatEvent::AccessLost);
                    self.losses += 1;
                }
            }
        }
    }

    /// In the end everything is shown and can be read.
    async fn finish(&mut self) {
        {
            let mut state = self.service.state();
            state.failures.clear();
            state.lag = Duration::ZERO;
            state
                .threads
                .values_mut()
                .for_each(|thread| thread.fails = None);
        }
        // Looks at threads that were refused come every five minutes.
        self.follow(700 * SECOND).await;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn of_each_thread_all_that_happened_comes_once_whatever_fails_and_whenever_the_follower_is_killed(
        acts in acts(),
    ) {
        let runtime = Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        let world = runtime.block_on(async {
            let mut world = World::new();
            for act in acts {
                world.act(act).await;
            }
            world.finish().await;
            world
        });
        let state = world.service.state();
        let unique: BTreeSet<_> = world.log.iter().collect();
        prop_assert_eq!(unique.len(), world.log.len(), "something came twice");
        for (name, thread) in &state.threads {
            for row in thread.thread.list(Duration::MAX) {
                let wanted = (name.clone(), row.place);
                prop_assert!(unique.contains(&wanted), "{:?} did not come", wanted);
            }
        }
        prop_assert!(world.losses <= world.refusals);
        prop_assert_eq!(state.refused, 0);
    }
}
