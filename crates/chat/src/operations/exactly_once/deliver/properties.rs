//! The rule, held against anything that can become of a send.

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use futures_util::FutureExt;
use proptest::prelude::*;
use time::macros::datetime;

use super::*;
use crate::clock::testing::ManualClock;
use crate::models::ChatMessageId;
use crate::response::ResponseHead;

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
        shown: Duration,
    },
    /// Not answered, nor stored.
    Lost,
    Refused(ErrorKind),
}

/// Times within which what was stored is shown in lists.
fn times(longest: Duration) -> impl Strategy<Value = Duration> {
    let longest = longest.as_millis() as u64;
    let settle = SETTLE.as_millis() as u64;
    let just_late = (settle..=settle + 10_000).prop_map(move |time| time.min(longest));
    let time = prop_oneof![Just(0), Just(longest), 0..=longest, just_late];
    time.prop_map(Duration::from_millis)
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
            .prop_map(|(named, shown)| Fate::Unreadable { named, shown }),
        4 => times(longest).prop_map(|shown| Fate::Stored { shown }),
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
    /// The first look that is refused.
    blind_from: Option<usize>,
    /// Looks that fail in a passing way.
    outages: Vec<bool>,
    deadline: Duration,
}

fn cases(longest: Duration) -> impl Strategy<Value = Case> {
    let outages = prop_oneof![
        Just(Vec::new()),
        prop::collection::vec(any::<bool>(), 0..40),
        prop::collection::vec(prop::bool::weighted(0.9), 0..40),
    ];
    // Some shorter than the settle time, most long enough.
    let deadline = prop_oneof![0_u64..60_000, 60_000_u64..1_000_000];
    (
        prop::option::weighted(0.3, fates(longest)),
        prop::collection::vec(fates(longest), 6),
        0_u32..5,
        (0_u64..5000).prop_map(Duration::from_millis),
        prop::option::weighted(0.2, 0_usize..8),
        outages,
        deadline.prop_map(Duration::from_millis),
    )
        .prop_map(
            |(before, fates, max_resends, takes, blind_from, outages, deadline)| Case {
                before,
                fates,
                max_resends,
                takes,
                blind_from,
                outages,
                deadline,
            },
        )
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Did {
    Send,
    /// It saw what there was.
    Look,
    /// It failed, or was ended by the deadline.
    Failed,
}

/// A copy of the message, and when lists show it.
#[derive(Clone, Debug)]
struct Copy {
    id: ChatMessageId,
    shown: Duration,
}

struct World<'a> {
    case: &'a Case,
    clock: Arc<ManualClock>,
    copies: RefCell<Vec<Copy>>,
    did: RefCell<Vec<(Did, Duration)>>,
    sends: Cell<usize>,
    looks: Cell<usize>,
    /// Whether a look was refused.
    refused: Cell<bool>,
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
            refused: Cell::default(),
        };
        if let Some(fate) = &case.before {
            // Whatever the crashed program was told is gone with it.
            let _ = world.meet(fate);
        }
        world
    }

    fn store(&self, shown: Duration) -> ChatMessageId {
        let now = self.clock.moved();
        let mut copies = self.copies.borrow_mut();
        let id = ChatMessageId::from(copies.len().to_string());
        copies.push(Copy {
            id: id.clone(),
            shown: now + shown,
        });
        id
    }

    fn meet(&self, fate: &Fate) -> Result<Response<SendChatMessageResult>, Error> {
        match fate {
            Fate::Answered => {
                let sent = SendChatMessageResult {
                    id: self.store(Duration::ZERO),
                    exactly_once: None,
                };
                Ok(Response::new(sent, ResponseInfo::default()))
            }
            Fate::Unreadable { named, shown } => {
                let id = self.store(*shown);
                let location = format!("https://h/chat/threads/19:a/messages/{id}");
                Err(
                    Error::new(ErrorKind::InvalidResponse).with_head(Some(ResponseHead {
                        location: named.then(|| location.into()),
                        ..ResponseHead::of_status(201)
                    })),
                )
            }
            Fate::Stored { shown } => {
                self.store(*shown);
                Err(Error::new(ErrorKind::OutcomeUnknown))
            }
            Fate::Lost => Err(Error::new(ErrorKind::OutcomeUnknown)),
            Fate::Refused(kind) => Err(Error::new(*kind)),
        }
    }

    /// Whether the deadline ends a request that begins now.
    fn is_too_long(&self) -> bool {
        self.clock.moved() + self.case.takes >= self.case.deadline
    }

    /// Lets the time pass that a request takes; never ends if the deadline ends the request.
    async fn take_time(&self) {
        if self.is_too_long() {
            std::future::pending::<()>().await;
        }
        self.clock.advance(self.case.takes);
    }

    async fn send(&self) -> Result<Response<SendChatMessageResult>, Error> {
        self.did.borrow_mut().push((Did::Send, self.clock.moved()));
        let fate = self.case.fates.get(self.sends.get()).unwrap_or(&Fate::Lost);
        self.sends.set(self.sends.get() + 1);
        if self.is_too_long() {
            // It is cancelled before its answer comes, and takes effect all the same.
            let _ = self.meet(fate);
        }
        self.take_time().await;
        self.meet(fate)
    }

    /// The copies that lists show.
    fn shown(&self) -> Vec<ChatMessageId> {
        let now = self.clock.moved();
        let copies = self.copies.borrow();
        let shown = copies.iter().filter(|copy| copy.shown <= now);
        shown.map(|copy| copy.id.clone()).collect()
    }

    async fn look(&self) -> Found {
        let begun = self.clock.moved();
        let look = self.looks.replace(self.looks.get() + 1);
        let did = |did| self.did.borrow_mut().push((did, begun));
        if self.case.blind_from.is_some_and(|from| look >= from) {
            did(Did::Failed);
            self.refused.set(true);
            return Err(Error::new(ErrorKind::Forbidden));
        }
        let shown = self.shown();
        if self.case.outages.get(look) == Some(&true) {
            did(Did::Failed);
            self.take_time().await;
            return Err(Error::new(ErrorKind::ServiceUnavailable));
        }
        self.take_time().await;
        did(Did::Look);
        let copies = shown.into_iter();
        let copies = copies.map(|id| Copies::including(id, Vec::new()).oldest);
        Ok((copies.collect(), RetryInfo::default()))
    }

    fn deliver(&self) -> Result<Delivered, Error> {
        let delivery = Delivery {
            clock: &*self.clock,
            deadline: Deadline::after(self.case.deadline, &*self.clock),
            settle: SETTLE,
            max_resends: self.case.max_resends,
        };
        let fresh = self.case.before.is_none();
        let run = delivery.run(fresh, || self.send(), || self.look());
        run.now_or_never()
            .expect("no wait takes time but the clock's")
            .0
    }

    /// Whether a look was refused, or the deadline leaves no time for another after a pause.
    fn can_look_no_more(&self) -> bool {
        let left = self.case.deadline - self.clock.moved();
        self.refused.get() || left <= LONGEST_PAUSE.max(self.case.takes)
    }

    /// What holds whatever the service does: no send in doubt is followed by another before the
    /// message was looked for, by a look that saw and began after the settle time; and nothing
    /// begins after the deadline.
    fn looks_before_it_sends_again(&self) -> Result<(), TestCaseError> {
        let did = self.did.borrow();
        let in_time = |(_, at): &(Did, Duration)| *at < self.case.deadline;
        prop_assert!(did.iter().all(in_time), "{:?}", did);
        prop_assert!(self.clock.moved() <= self.case.deadline);
        prop_assert!(self.sends.get() <= self.case.max_resends as usize + 1);
        // What the service has said is stored is not sent again.
        let stored = |fate: &Fate| matches!(fate, Fate::Answered | Fate::Unreadable { .. });
        let first = self.case.fates.iter().position(stored);
        prop_assert!(first.is_none_or(|first| self.sends.get() <= first + 1));
        // With a key that was used before, contact was lost before the start.
        let start = self.case.before.as_ref().map(|_| Duration::ZERO);
        let mut lost = start;
        let mut settled = false;
        for (did_what, at) in did.iter() {
            match did_what {
                Did::Send => {
                    prop_assert!(lost.is_none() || settled, "{:?}", did);
                    lost = Some(*at + self.case.takes);
                    settled = false;
                }
                Did::Look => settled |= lost.is_some_and(|lost| *at >= lost + SETTLE),
                Did::Failed => {}
            }
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
                prop_assert_eq!(&delivered.copies.oldest.id, &copies[0].id);
                prop_assert!(delivered.copies.others.is_empty());
            }
            Err(error) if error.is_outcome_unknown() => {
                let given_up = world.sends.get() == case.max_resends as usize + 1;
                prop_assert!(world.can_look_no_more() || given_up, "{:?}", error);
                prop_assert!(copies.len() <= 1);
            }
            Err(error) if error.kind() == ErrorKind::InvalidResponse => {
                prop_assert!(world.can_look_no_more());
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
            let Copies { oldest, others } = delivered.copies;
            let mut reported = vec![oldest];
            reported.extend(others);
            let mut reported: Vec<_> = reported.into_iter().map(|copy| copy.id).collect();
            prop_assert_eq!(&reported[0], reported.iter().min().unwrap());
            let copies = world.copies.borrow();
            // What the last look saw, if there was one that saw.
            if let Some((Did::Look, seen_until)) = world.did.borrow().last() {
                for copy in copies.iter().filter(|copy| copy.shown <= *seen_until) {
                    prop_assert!(reported.contains(&copy.id), "{:?} not in {:?}", copy, reported);
                }
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
