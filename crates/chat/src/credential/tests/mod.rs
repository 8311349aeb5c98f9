//! A refresher that does what a test says, and when it was called.

mod panics_and_hangs;
mod proactive;
mod properties;
mod refresh;
mod runtimes;
mod tokens;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use time::OffsetDateTime;
use time::macros::datetime;

use super::*;
use crate::clock::testing::TokioClock;
use crate::error::ErrorKind;

const START: OffsetDateTime = datetime!(2026-01-01 00:00 UTC);
const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);

/// What the refresher does when it is called.
#[derive(Clone, Copy)]
enum Act {
    /// It returns a token that lasts so long.
    Token(Duration),
    /// The same, after so long.
    SlowToken(Duration, Duration),
    Fail,
    SlowFail(Duration),
    Hang,
    Panic,
    PanicWhenPolled,
}

#[derive(Debug, thiserror::Error)]
#[error("the identity service is away")]
struct Away;

/// The calls of a refresher.
struct Calls {
    clock: Arc<TokioClock>,
    /// When each began, from the start of the clock.
    begun: Mutex<Vec<Duration>>,
    /// Held by each call while it runs.
    running: Arc<()>,
}

impl Calls {
    fn begun(&self) -> Vec<Duration> {
        self.begun.lock().unwrap().clone()
    }

    fn count(&self) -> usize {
        self.begun.lock().unwrap().len()
    }

    fn running(&self) -> usize {
        Arc::strong_count(&self.running) - 1
    }

    /// Notes a call, and tells its number, from 1 on.
    fn begin(&self) -> usize {
        let mut begun = self.begun.lock().unwrap();
        begun.push(Duration::try_from(self.clock.now() - START).unwrap());
        begun.len()
    }
}

/// A credential whose refresher acts by the number of its call, from 1 on, and gives tokens `t1`,
/// `t2` and so on.
fn credential(
    initial_token: Option<AccessToken>,
    act: impl Fn(usize) -> Act + Send + Sync + 'static,
) -> (CommunicationTokenCredential, Arc<Calls>) {
    let clock = TokioClock::at(START);
    let calls = Arc::new(Calls {
        clock: Arc::clone(&clock),
        begun: Mutex::default(),
        running: Arc::default(),
    });
    let log = Arc::clone(&calls);
    let refresher = move || {
        let (number, running) = (log.begin(), Arc::clone(&log.running));
        let act = act(number);
        assert!(!matches!(act, Act::Panic), "the refresher panics");
        let clock = Arc::clone(&log.clock);
        async move {
            let _running = running;
            let token = |lifetime| {
                let token = AccessToken::new(format!("t{number}"), clock.now() + lifetime);
                Ok(token.unwrap())
            };
            match act {
                Act::Token(lifetime) => token(lifetime),
                Act::SlowToken(lifetime, takes) => {
                    tokio::time::sleep(takes).await;
                    token(lifetime)
                }
                Act::Fail => Err(Away),
                Act::SlowFail(takes) => {
                    tokio::time::sleep(takes).await;
                    Err(Away)
                }
                Act::Hang => std::future::pending().await,
                Act::Panic | Act::PanicWhenPolled => panic!("the refresher's future panics"),
            }
        }
    };
    let credential = CommunicationTokenCredential::refreshing_by(refresher, initial_token, clock);
    (credential, calls)
}

/// A token named `initial` that expires so long after the start.
fn initial(lasts: Duration) -> Option<AccessToken> {
    Some(AccessToken::new("initial", START + lasts).unwrap())
}

async fn secret(credential: &CommunicationTokenCredential) -> String {
    credential.token().await.unwrap().secret().to_owned()
}

async fn failure(credential: &CommunicationTokenCredential) -> Error {
    let error = credential.token().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Credential);
    error
}

fn source(error: &Error) -> String {
    StdError::source(error).unwrap().to_string()
}

/// Lets other tasks run until they wait, without time passing.
async fn settle() {
    for _ in 0..10 {
        tokio::task::yield_now().await;
    }
}
