//! The rule, held against anything that can become of a send.

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use futures_util::FutureExt;
use proptest::prelude::*;
use time::macros::datetime;

use super::*;
use crate::clock::testing::ManualClock;
use crate::error::AnswerHead;

const SETTLE: Duration = Duration::from_secs(30);

/// What becomes of a send. Times count from when the client knows no more.
#[derive(Clone, Debug)]
enum Fate {
    /// Stored and answered.
    Answered,
    /// Stored, and the answer can't be read; its head may have named the message.
    Unreadable {
        named: bool,
        shown: Duration,
    },
    /// Not answered; stored, and shown in lists, so much later.
    Stored {
        at: Duration,
        shown: Duration,
    },
    /// Not answered, nor stored.
    Lost,
    Refused(ErrorKind),
}

/// Times within which all has come out: stored first, then shown.
fn times(longest: Duration) -> impl Strategy<Value = (Duration, Duration)> {
    let longest = longest.as_millis() as u64;
    let settle = SETTLE.as_millis() as u64;
    let just_late = (settle..=settle + 10_000).prop_map(move |time| time.min(longest));
    let time = prop_oneof![Just(0), Just(longest), 0..=longest, just_late];
    (time.clone(), time).prop_map(|(a, b)| {
        (
            Duration::from_millis(a.min(b)),
            Duration::from_millis(a.max(b)),
        )
    })
}

fn fates(longest: Duration) -> impl Strategy<Value = Fate> {
    let refusals = prop::sample::select(vec![
        ErrorKind::Forbidden,
        ErrorKind::NotFound,
        ErrorKind::TooManyRequests,
        ErrorKind::Connect,
    ]);
    prop_oneof![
        2 => Just(Fate::Answered),
        1 => (any::<bool>(), times(longest))
            .prop_map(|(named, (_, shown))| Fate::Unreadable { named, shown }),
        4 => times(longest).prop_map(|(at, shown)| Fate::Stored { at, shown }),
        3 => Just(Fate::Lost),
        1 => refusals.prop_map(Fate::Refused),
    ]
}

/// A delivery, and what becomes of it.
#[derive(Clone, Debug)]
struct Case {
    /// What became of a send with the same key, by a program that has crashed since.
    before: Option<Fate>,
    fates: Vec<Fate>,
    max_resends: u32,
    /// How long a send takes, and a look.
    takes: Duration,
    /// The first look that fails.
    blind_from: Option<usize>,
}

fn cases(longest: Duration) -> impl Strategy<Value = Case> {
    (
        prop::option::weighted(0.3, fates(longest)),
        prop::collection::vec(fates(longest), 6),
        0_u32..5,
        (0_u64..5000).prop_map(Duration::from_millis),
        prop::option::weighted(0.2, 0_usize..8),
    )
        .prop_map(|(before, fates, max_resends, takes, blind_from)| Case {
            before,
            fates,
            max_resends,
            takes,
            blind_from,
        })
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Did {
    Send,
    Look,
}

/// A copy of the message: when it was stored, and when lists show it.
#[derive(Clone, Debug)]
struct Copy {
    id: ChatMessageId,
    at: Duration,
    shown: Duration,
}

struct World<'a> {
    case: &'a Case,
    clock: Arc<ManualClock>,
    copies: RefCell<Vec<Copy>>,
    did: RefCell<Vec<(Did, Duration)>>,
    sends: Cell<usize>,
    looks: Cell<usize>,
}

impl<'a> World<'a> {
    fn new(case: &'a Case) -> Self {
        let world = Self {
            case,
            clock: ManualClock::at(datetime!(2026-01-01 00:00 UTC)),
            copies: RefCell::default(),
            did: RefCell::default(),
            sends: Cell::default(),
            looks: Cell::default(),
        };
        if let Some(fate) = &case.before {
            // Whatever the crashed program was told is gone with it.
            let _ = world.meet(fate);
        }
        world
    }

    fn store(&self, at: Duration, shown: Duration) -> ChatMessageId {
        let now = self.clock.moved();
        let mut copies = self.copies.borrow_mut();
        let id = ChatMessageId::from(copies.len().to_string());
        copies.push(Copy {
            id: id.clone(),
            at: now + at,
            shown: now + shown,
        });
        id
    }

    fn meet(&self, fate: &Fate) -> Result<SendChatMessageResult, Error> {
        match fate {
            Fate::Answered => Ok(SendChatMessageResult {
                id: self.store(Duration::ZERO, Duration::ZERO),
                retry_info: RetryInfo::default(),
                exactly_once: None,
            }),
            Fate::Unreadable { named, shown } => {
                let id = self.store(Duration::ZERO, *shown);
                let location = format!("https://h/chat/threads/19:a/messages/{id}");
                Err(
                    Error::new(ErrorKind::InvalidResponse).with_head(Some(AnswerHead {
                        status: 201,
                        ms_cv: None,
                        request_id: None,
                        location: named.then(|| location.into()),
                        retry_after: None,
                        date: None,
                    })),
                )
            }
            Fate::Stored { at, shown } => {
                self.store(*at, *shown);
                Err(Error::new(ErrorKind::OutcomeUnknown))
            }
            Fate::Lost => Err(Error::new(ErrorKind::OutcomeUnknown)),
            Fate::Refused(kind) => Err(Error::new(*kind)),
        }
    }

    async fn send(&self) -> Result<SendChatMessageResult, Error> {
        self.did.borrow_mut().push((Did::Send, self.clock.moved()));
        self.clock.advance(self.case.takes);
        let fate = self.case.fates.get(self.sends.get()).unwrap_or(&Fate::Lost);
        self.sends.set(self.sends.get() + 1);
        self.meet(fate)
    }

    /// The copies that lists show, oldest first.
    fn shown(&self) -> Vec<ChatMessageId> {
        let now = self.clock.moved();
        let mut copies = self.copies.borrow().clone();
        copies.retain(|copy| copy.shown <= now);
        copies.sort_by_key(|copy| copy.at);
        copies.into_iter().map(|copy| copy.id).collect()
    }

    async fn look(&self) -> Result<Vec<ChatMessageId>, Error> {
        self.did.borrow_mut().push((Did::Look, self.clock.moved()));
        let look = self.looks.replace(self.looks.get() + 1);
        if self.case.blind_from.is_some_and(|from| look >= from) {
            return Err(Error::new(ErrorKind::Forbidden));
        }
        let shown = self.shown();
        self.clock.advance(self.case.takes);
        Ok(shown)
    }

    fn deliver(&self) -> Result<Delivered, Error> {
        let delivery = Delivery {
            clock: &*self.clock,
            settle: SETTLE,
            max_resends: self.case.max_resends,
        };
        let fresh = self.case.before.is_none();
        let run = delivery.run(fresh, || self.send(), || self.look());
        run.now_or_never()
            .expect("no wait takes time but the clock's")
    }

    /// What holds whatever the service does: no send in doubt is followed by another before the
    /// message was looked for, at once and after the settle time.
    fn looks_before_it_sends_again(&self) -> Result<(), TestCaseError> {
        let did = self.did.borrow();
        prop_assert!(self.sends.get() <= self.case.max_resends as usize + 1);
        // What the service has said is stored is not sent again.
        let stored = |fate: &Fate| matches!(fate, Fate::Answered | Fate::Unreadable { .. });
        let first = self.case.fates.iter().position(stored);
        prop_assert!(first.is_none_or(|first| self.sends.get() <= first + 1));
        let mut rest = &did[..];
        if self.case.before.is_some() {
            prop_assert!(rest.first().is_none_or(|(did, _)| *did == Did::Look));
        }
        while let Some(n) = rest.iter().skip(1).position(|(did, _)| *did == Did::Send) {
            let (between, (_, sent)) = (&rest[..=n], rest[n + 1]);
            let looks: Vec<_> = between
                .iter()
                .filter(|(did, _)| *did == Did::Look)
                .collect();
            prop_assert!(looks.len() >= 2, "{:?}", did);
            prop_assert!(looks[looks.len() - 1].1 >= looks[0].1 + SETTLE, "{:?}", did);
            prop_assert!(sent >= looks[0].1 + SETTLE, "{:?}", did);
            rest = &rest[n + 1..];
        }
        Ok(())
    }
}

proptest! {
    #[test]
    fn within_the_settle_time_there_is_one_copy_or_an_error_and_never_two(
        case in cases(SETTLE)
    ) {
        let world = World::new(&case);
        let outcome = world.deliver();
        world.looks_before_it_sends_again()?;
        let copies = world.copies.borrow();
        match outcome {
            Ok(delivered) => {
                prop_assert_eq!(copies.len(), 1);
                prop_assert_eq!(&delivered.id, &copies[0].id);
                prop_assert!(delivered.duplicates.is_empty());
            }
            Err(error) if error.is_outcome_unknown() => {
                let blind = case.blind_from.is_some_and(|from| world.looks.get() > from);
                let given_up = world.sends.get() == case.max_resends as usize
                    + usize::from(case.before.is_none());
                prop_assert!(blind || given_up, "{:?}", error);
                prop_assert!(copies.len() <= usize::from(blind));
            }
            Err(error) if error.kind() == ErrorKind::InvalidResponse => {
                prop_assert!(case.blind_from.is_some());
                prop_assert_eq!(copies.len(), 1);
            }
            Err(error) => {
                prop_assert_eq!(error.effect(), crate::RequestEffect::NotCarriedOut);
                prop_assert!(copies.is_empty());
            }
        }
    }

    #[test]
    fn beyond_the_settle_time_every_copy_that_is_there_is_reported(
        case in cases(2 * SETTLE)
    ) {
        let world = World::new(&case);
        let outcome = world.deliver();
        world.looks_before_it_sends_again()?;
        if let Ok(delivered) = outcome {
            let mut reported = delivered.duplicates;
            reported.push(delivered.id);
            let copies = world.copies.borrow();
            let blind = case.blind_from.is_some_and(|from| world.looks.get() > from);
            let seen_until = match world.did.borrow().last() {
                Some((Did::Look, at)) => *at,
                _ => world.clock.moved(),
            };
            for copy in copies.iter().filter(|copy| !blind && copy.shown <= seen_until) {
                prop_assert!(reported.contains(&copy.id), "{:?} is not in {:?}", copy, reported);
            }
            prop_assert!(reported.iter().all(|id| copies.iter().any(|copy| copy.id == *id)));
            let count = reported.len();
            reported.sort();
            reported.dedup();
            prop_assert_eq!(reported.len(), count, "a copy is reported twice");
        }
        // Who looks later sees what turned up after that.
        world.clock.advance(2 * SETTLE);
        prop_assert_eq!(world.shown().len(), world.copies.borrow().len());
        prop_assert!(world.copies.borrow().len() <= world.sends.get() + 1);
    }
}
