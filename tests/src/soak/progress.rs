//! How far the work has come, and whether it comes to an end at all.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::time::Instant;

use super::{Failure, Plan};

/// How often it is looked whether the service is there.
const EVERY: Duration = Duration::from_millis(500);

/// How far the work has come, and how much memory it took on the way.
#[derive(Clone, Debug)]
pub(super) struct Progress(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    threads: AtomicUsize,
    sends: AtomicUsize,
    tenth: usize,
    /// Whether the memory of this process is that of the client alone.
    measures: bool,
    early: AtomicU64,
}

impl Progress {
    pub(super) fn new(plan: &Plan, measures: bool) -> Self {
        Self(Arc::new(Inner {
            threads: AtomicUsize::new(0),
            sends: AtomicUsize::new(0),
            tenth: (plan.sends / 10).max(1),
            measures,
            early: AtomicU64::new(0),
        }))
    }

    /// Another thread has been created.
    pub(super) fn created(&self) {
        self.0.threads.fetch_add(1, Ordering::Relaxed);
    }

    /// Another message has been sent.
    pub(super) fn sent(&self) {
        let done = self.0.sends.fetch_add(1, Ordering::Relaxed) + 1;
        if done == self.0.tenth && self.0.measures {
            let now = resident_kib().unwrap_or_default();
            self.0.early.store(now, Ordering::Relaxed);
        }
    }

    /// Resident memory after a tenth of the work, and now.
    pub(super) fn memory(&self) -> Option<(u64, u64)> {
        let early = self.0.early.load(Ordering::Relaxed);
        (early > 0).then(|| Some((early, resident_kib()?)))?
    }

    /// How many threads and messages are done.
    fn done(&self) -> (usize, usize) {
        let load = |count: &AtomicUsize| count.load(Ordering::Relaxed);
        (load(&self.0.threads), load(&self.0.sends))
    }

    /// Ends, and says why, when the service `is_there` no more, or nothing has been done for so long.
    pub(super) async fn watch<F>(&self, is_there: impl Fn() -> F, patience: Duration) -> Failure
    where
        F: Future<Output = Result<(), Failure>>,
    {
        let (mut known, mut since) = (self.done(), Instant::now());
        loop {
            tokio::time::sleep(EVERY).await;
            let done = self.done();
            let (threads, sends) = done;
            let so_far = format!("{threads} threads were created and {sends} messages sent");
            // An answer that takes long tells nothing: the machine may be busy.
            let health = tokio::time::timeout(EVERY, is_there()).await;
            if let Ok(Err(error)) = health {
                return format!("the service is gone ({error}); {so_far}").into();
            }
            if done != known {
                (known, since) = (done, Instant::now());
            } else if since.elapsed() > patience {
                let seconds = patience.as_secs_f64();
                return format!("nothing came to an end for {seconds:.1} s; {so_far}").into();
            }
        }
    }
}

/// What Linux tells of this process; nothing elsewhere.
fn resident_kib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use super::*;
    use crate::soak::Misbehaviour;

    const PATIENCE: Duration = Duration::from_secs(60);

    fn progress() -> Progress {
        let plan = Plan {
            sends: 100,
            threads: 1,
            tasks: 1,
            writers: 1,
            faults: Misbehaviour {
                rate: 0.3,
                seed: 1,
                late: Duration::ZERO,
            },
            settle: Duration::ZERO,
            patience: PATIENCE,
        };
        Progress::new(&plan, false)
    }

    #[tokio::test(start_paused = true)]
    async fn it_ends_when_the_service_is_gone() {
        let progress = progress();
        progress.created();
        let start = Instant::now();
        let failure = progress
            .watch(|| async { Err("refused".into()) }, PATIENCE)
            .await;
        assert_eq!(
            failure.to_string(),
            "the service is gone (refused); 1 threads were created and 0 messages sent"
        );
        assert!(start.elapsed() < Duration::from_secs(1));
    }

    #[tokio::test(start_paused = true)]
    async fn it_ends_when_nothing_comes_to_an_end() {
        let failure = progress().watch(|| async { Ok(()) }, PATIENCE).await;
        assert_eq!(
            failure.to_string(),
            "nothing came to an end for 60.0 s; 0 threads were created and 0 messages sent"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_service_that_answers_slowly_is_not_gone_as_long_as_something_is_done() {
        let progress = progress();
        let work = async {
            for _ in 0..100 {
                tokio::time::sleep(PATIENCE / 2).await;
                progress.sent();
            }
        };
        tokio::select! {
            () = work => {}
            failure = progress.watch(|| async { pending().await }, PATIENCE) => panic!("{failure}"),
        }
        let start = Instant::now();
        progress.watch(|| async { pending().await }, PATIENCE).await;
        assert!(start.elapsed() >= PATIENCE);
    }
}
