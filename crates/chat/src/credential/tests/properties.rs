//! Refreshing, held against any interleaving of callers, time and failures.

use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use futures_util::FutureExt;
use proptest::prelude::*;
use proptest::sample::Index;
use tokio::runtime::Builder;
use tokio::sync::Notify;
use tokio::time::advance;

use super::*;

/// A token with more than this left is not replaced.
const LASTS: Duration = Duration::from_secs(2 * 60);

/// How long a refresh may take.
const TIMEOUT: Duration = Duration::from_secs(30);

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
    /// The refresh that runs, or the next one, ends.
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
        4 => prop_oneof![0_u64..3, 0_u64..40, 0_u64..4000]
            .prop_map(|seconds| Event::Pass(Duration::from_secs(seconds))),
        4 => ends().prop_map(Event::Finish),
        1 => Just(Event::Refuse),
    ]
}

/// A refresher that ends when it is told to, and counts.
#[derive(Debug, Default)]
struct Script {
    end: Mutex<Option<End>>,
    told: Notify,
    /// Refreshes end at once, with a token.
    works: AtomicBool,
    begun: AtomicUsize,
    running: AtomicUsize,
    most_running: AtomicUsize,
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
        loop {
            if let Some(end) = self.0.end.lock().unwrap().take() {
                return end;
            }
            if self.0.works.load(Ordering::SeqCst) {
                return End::Token(3600);
            }
            self.0.told.notified().await;
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.running.fetch_sub(1, Ordering::SeqCst);
    }
}

fn scripted(script: &Arc<Script>, clock: &Arc<TokioClock>) -> CommunicationTokenCredential {
    let (script, time) = (Arc::clone(script), Arc::clone(clock));
    let refresher = move || {
        let (running, time) = (Running::begin(&script), Arc::clone(&time));
        let number = script.begun.load(Ordering::SeqCst);
        async move {
            match running.end().await {
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
    clock: &'a TokioClock,
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
    fn begun(&self) -> usize {
        self.script.begun.load(Ordering::SeqCst)
    }

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
            Some(Err(error)) => prop_assert_eq!(error.kind(), ErrorKind::Credential),
        }
        Ok(())
    }

    async fn call(&mut self) -> Result<(), TestCaseError> {
        let begun = self.begun();
        let newest = self.newest.as_ref();
        let left = newest.map(|token| token.expires_on() - self.clock.now());
        // The newest token is the credential's unless another refresh has ended since.
        let is_at_hand = newest.map(number) == Some(begun);
        let waiting = self.waiting.len();
        self.poll(self.credential.token().boxed())?;
        settle().await;
        if is_at_hand && left.is_some_and(time::Duration::is_positive) {
            prop_assert_eq!(self.waiting.len(), waiting, "nobody waits");
        }
        if is_at_hand && left.is_some_and(|left| left > LASTS) {
            prop_assert_eq!(self.begun(), begun);
        }
        Ok(())
    }

    fn take_waiting(&mut self, index: &Index) -> Option<Caller<'a>> {
        let count = self.waiting.len();
        (count > 0).then(|| self.waiting.swap_remove(index.index(count)))
    }

    async fn happen(&mut self, event: &Event) -> Result<(), TestCaseError> {
        match event {
            Event::Call => self.call().await?,
            Event::Poll(index) => {
                if let Some(caller) = self.take_waiting(index) {
                    self.poll(caller)?;
                }
            }
            Event::GiveUp(index) => drop(self.take_waiting(index)),
            Event::Pass(time) => advance(*time).await,
            Event::Finish(end) => {
                *self.script.end.lock().unwrap() = Some(*end);
                self.script.told.notify_one();
            }
            Event::Refuse => {
                if let Some(token) = self.newest.take() {
                    self.refused = number(&token);
                    prop_assert!(self.credential.refused(&token.header_value()));
                }
            }
        }
        settle().await;
        let running = self.script.most_running.load(Ordering::SeqCst);
        prop_assert!(running <= 1, "{} refreshes were in flight at once", running);
        Ok(())
    }

    /// Whatever was: nobody waits longer than a refresh may take, and once the refresher works and
    /// a second has passed, who asks gets a token.
    async fn end(&mut self) -> Result<(), TestCaseError> {
        advance(TIMEOUT).await;
        settle().await;
        self.script.works.store(true, Ordering::SeqCst);
        self.script.end.lock().unwrap().take();
        for caller in std::mem::take(&mut self.waiting) {
            self.poll(caller)?;
        }
        // One that was woken after its token had expired began another refresh.
        settle().await;
        for caller in std::mem::take(&mut self.waiting) {
            self.poll(caller)?;
        }
        prop_assert!(self.waiting.is_empty());
        advance(SECOND).await;
        prop_assert!(self.credential.token().await.is_ok());
        Ok(())
    }
}

proptest! {
    #[test]
    fn one_refresh_is_in_flight_and_nobody_gets_an_expired_token_or_waits_for_ever(
        events in prop::collection::vec(events(), 0..60)
    ) {
        let runtime = Builder::new_current_thread().enable_time().start_paused(true).build();
        runtime.unwrap().block_on(async {
            let (script, clock) = (Arc::default(), TokioClock::at(START));
            let credential = scripted(&script, &clock);
            let mut world = World {
                credential: &credential,
                clock: &clock,
                script: &script,
                waiting: Vec::new(),
                newest: None,
                refused: 0,
            };
            for event in &events {
                world.happen(event).await?;
            }
            world.end().await
        })?;
    }
}
