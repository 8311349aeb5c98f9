//! Refreshing, held against any interleaving of callers, time and failures.

use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;

use futures_util::FutureExt;
use proptest::prelude::*;
use proptest::sample::Index;
use time::macros::datetime;

use super::*;
use crate::clock::testing::ManualClock;
use crate::error::ErrorKind;

/// A token with more than this left is not replaced.
const LASTS: Duration = Duration::from_secs(2 * 60);

/// What happens next.
#[derive(Clone, Debug)]
enum Event {
    /// Somebody asks for a token, and is polled once.
    Call,
    /// One of those who wait is polled.
    Poll(Index),
    /// One of those who wait gives up.
    GiveUp(Index),
    Pass(Duration),
    /// The refresh that runs, or the next one, ends when it is polled.
    Finish(End),
    /// The service refuses the token that was handed out last.
    Refuse,
}

#[derive(Clone, Copy, Debug)]
enum End {
    /// A token that lasts so many seconds, or has expired already.
    Token(i64),
    Failure,
    Panic,
}

fn ends() -> impl Strategy<Value = End> {
    prop_oneof![
        3 => (60_i64..240).prop_map(End::Token),
        3 => (60_i64..7200).prop_map(End::Token),
        1 => (-60_i64..=0).prop_map(End::Token),
        2 => Just(End::Failure),
        1 => Just(End::Panic),
    ]
}

fn events() -> impl Strategy<Value = Event> {
    prop_oneof![
        6 => Just(Event::Call),
        4 => any::<Index>().prop_map(Event::Poll),
        2 => any::<Index>().prop_map(Event::GiveUp),
        3 => prop_oneof![0_u64..120, 0_u64..4000]
            .prop_map(|seconds| Event::Pass(Duration::from_secs(seconds))),
        4 => ends().prop_map(Event::Finish),
        1 => Just(Event::Refuse),
    ]
}

/// A refresher that ends when it is told to, and counts.
#[derive(Debug, Default)]
struct Script {
    end: Mutex<Option<End>>,
    /// Refreshes end at once, with a token.
    works: AtomicBool,
    begun: AtomicUsize,
    running: AtomicUsize,
    most_running: AtomicUsize,
    failed: AtomicUsize,
}

/// A refresh that runs; it may be dropped at any point.
struct Running(Arc<Script>);

impl Running {
    fn begin(script: &Arc<Script>) -> Self {
        script.begun.fetch_add(1, Ordering::SeqCst);
        let running = script.running.fetch_add(1, Ordering::SeqCst) + 1;
        script.most_running.fetch_max(running, Ordering::SeqCst);
        Self(Arc::clone(script))
    }

    async fn end(&self) -> End {
        std::future::poll_fn(|_| match self.0.end.lock().unwrap().take() {
            Some(end) => Poll::Ready(end),
            None if self.0.works.load(Ordering::SeqCst) => Poll::Ready(End::Token(3600)),
            None => Poll::Pending,
        })
        .await
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.running.fetch_sub(1, Ordering::SeqCst);
    }
}

fn credential(script: &Arc<Script>, clock: &Arc<ManualClock>) -> CommunicationTokenCredential {
    let (script, time) = (Arc::clone(script), Arc::clone(clock));
    let refresher = move || {
        let (running, time) = (Running::begin(&script), Arc::clone(&time));
        let number = script.begun.load(Ordering::SeqCst);
        async move {
            let end = running.end().await;
            if !matches!(end, End::Token(1..)) {
                running.0.failed.fetch_add(1, Ordering::SeqCst);
            }
            match end {
                End::Token(lasts) => {
                    let expires_on = time.now() + time::Duration::seconds(lasts);
                    AccessToken::new(number.to_string(), expires_on)
                }
                End::Failure => Err(Error::new(ErrorKind::ConnectionLost)),
                End::Panic => std::panic::resume_unwind(Box::new("the refresher panics")),
            }
        }
    };
    CommunicationTokenCredential::refreshing_by(refresher, None, Arc::clone(clock) as _)
}

type Caller<'a> = Pin<Box<dyn Future<Output = Result<AccessToken, Error>> + Send + 'a>>;

struct World<'a> {
    credential: &'a CommunicationTokenCredential,
    clock: &'a ManualClock,
    script: &'a Script,
    waiting: Vec<Caller<'a>>,
    newest: Option<AccessToken>,
    /// The number of the newest token that was refused.
    refused: usize,
}

/// Which refresh a token is of.
fn number(token: &AccessToken) -> usize {
    token.secret().parse().expect("tokens are numbered")
}

impl<'a> World<'a> {
    /// Polls a caller, who then has a result or waits.
    fn poll(&mut self, mut caller: Caller<'a>) -> Result<(), TestCaseError> {
        match caller.as_mut().now_or_never() {
            None => self.waiting.push(caller),
            Some(Ok(token)) => {
                prop_assert!(token.expires_on() > self.clock.now(), "it has expired");
                let newest = self.newest.as_ref().map_or(self.refused, number);
                if number(&token) > newest {
                    self.newest = Some(token);
                }
            }
            Some(Err(error)) => {
                prop_assert_eq!(error.kind(), ErrorKind::Credential);
                let failed = self.script.failed.load(Ordering::SeqCst);
                prop_assert!(failed > 0, "the refresher has always worked");
            }
        }
        Ok(())
    }

    fn call(&mut self) -> Result<(), TestCaseError> {
        let begun = self.script.begun.load(Ordering::SeqCst);
        let lasts = self
            .newest
            .as_ref()
            .is_some_and(|token| token.expires_on() > self.clock.now() + LASTS);
        // The newest token is the credential's unless another refresh has ended since.
        let is_at_hand = lasts && self.newest.as_ref().map(number) == Some(begun);
        self.poll(self.credential.token().boxed())?;
        if is_at_hand {
            prop_assert_eq!(self.script.begun.load(Ordering::SeqCst), begun);
        }
        Ok(())
    }

    fn take_waiting(&mut self, index: &Index) -> Option<Caller<'a>> {
        let count = self.waiting.len();
        (count > 0).then(|| self.waiting.swap_remove(index.index(count)))
    }

    fn happen(&mut self, event: &Event) -> Result<(), TestCaseError> {
        match event {
            Event::Call => self.call()?,
            Event::Poll(index) => {
                if let Some(caller) = self.take_waiting(index) {
                    self.poll(caller)?;
                }
            }
            Event::GiveUp(index) => drop(self.take_waiting(index)),
            Event::Pass(time) => self.clock.advance(*time),
            Event::Finish(end) => *self.script.end.lock().unwrap() = Some(*end),
            Event::Refuse => {
                if let Some(token) = self.newest.take() {
                    self.refused = number(&token);
                    prop_assert!(self.credential.refused(&token.header_value()));
                }
            }
        }
        let running = self.script.most_running.load(Ordering::SeqCst);
        prop_assert!(running <= 1, "{} refreshes were in flight at once", running);
        Ok(())
    }
}

proptest! {
    #[test]
    fn one_refresh_is_in_flight_and_nobody_gets_an_expired_token(
        events in prop::collection::vec(events(), 0..60)
    ) {
        let (script, clock) = (Arc::default(), ManualClock::at(datetime!(2026-01-01 00:00 UTC)));
        let credential = credential(&script, &clock);
        let mut world = World {
            credential: &credential,
            clock: &clock,
            script: &script,
            waiting: Vec::new(),
            newest: None,
            refused: 0,
        };
        for event in &events {
            world.happen(event)?;
        }
        // Whatever was, once the refresher works nobody waits, and who asks gets a token.
        script.works.store(true, Ordering::SeqCst);
        script.end.lock().unwrap().take();
        for caller in std::mem::take(&mut world.waiting) {
            world.poll(caller)?;
        }
        prop_assert!(world.waiting.is_empty());
        prop_assert!(credential.token().now_or_never().is_some_and(|token| token.is_ok()));
    }

    #[test]
    fn callers_at_expiry_share_one_refresh_and_what_becomes_of_it(
        count in 1_usize..3000,
        who_gives_up in prop::collection::vec(any::<Index>(), 0..100),
        end in ends(),
    ) {
        let script: Arc<Script> = Arc::default();
        let clock = ManualClock::at(datetime!(2026-01-01 00:00 UTC));
        let credential = credential(&script, &clock);
        *script.end.lock().unwrap() = Some(End::Token(3600));
        prop_assert!(credential.token().now_or_never().is_some_and(|token| token.is_ok()));
        clock.advance(Duration::from_secs(3600));

        let mut callers: Vec<Caller<'_>> = (0..count).map(|_| credential.token().boxed()).collect();
        for caller in &mut callers {
            prop_assert!(caller.as_mut().now_or_never().is_none());
        }
        for index in who_gives_up {
            if callers.len() > 1 {
                drop(callers.swap_remove(index.index(callers.len())));
            }
        }
        *script.end.lock().unwrap() = Some(end);
        for caller in callers {
            match (caller.now_or_never(), end) {
                (Some(Ok(token)), End::Token(1..)) => prop_assert_eq!(number(&token), 2),
                (Some(Err(error)), End::Token(..=0) | End::Failure | End::Panic) => {
                    prop_assert_eq!(error.kind(), ErrorKind::Credential);
                }
                (outcome, end) => prop_assert!(false, "{:?} after {:?}", outcome, end),
            }
        }
        prop_assert_eq!(script.begun.load(Ordering::SeqCst), 2);
    }
}
