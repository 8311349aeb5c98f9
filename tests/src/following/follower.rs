//! Who follows, and is killed.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chat::ChatClient;
use chat::models::{ChatThreadId, UserCursor};
use chat::watch::UserWatch;
use tokio::sync::Notify;

use super::{Plan, Report};
use crate::soak::Failure;

/// What a message was when it took effect, or is in the end: its thread and its sequence id.
pub(super) type Seen = (ChatThreadId, u64);

/// What the follower has stored. Effect and cursor are stored in one step, which is not interrupted.
#[derive(Default)]
pub(super) struct Database {
    stored: Mutex<Stored>,
    /// Something was stored, or the follower was killed.
    changed: Notify,
}

#[derive(Default)]
struct Stored {
    effects: Vec<Seen>,
    cursor: Option<String>,
    kills: usize,
}

impl Database {
    fn stored(&self) -> MutexGuard<'_, Stored> {
        self.stored.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn commit(&self, effect: Option<Seen>, cursor: String) {
        let mut stored = self.stored();
        stored.effects.extend(effect);
        stored.cursor = Some(cursor);
        drop(stored);
        self.changed.notify_one();
    }

    /// Waits until the follower was killed so often.
    pub(super) async fn finish(&self, kills: usize) {
        let deadline = tokio::time::sleep(Duration::from_secs(120));
        tokio::pin!(deadline);
        while self.stored().kills < kills {
            tokio::select! {
                () = self.changed.notified() => {}
                () = &mut deadline => return,
            }
        }
    }

    /// Waits until all of this took effect, or so long without anything new.
    pub(super) async fn catch_up(&self, there: &HashSet<Seen>, patience: Duration) {
        let (mut missing, mut known) = (there.clone(), 0);
        loop {
            for effect in &self.stored().effects[known..] {
                missing.remove(effect);
                known += 1;
            }
            let waits = !missing.is_empty();
            if !waits
                || tokio::time::timeout(patience, self.changed.notified())
                    .await
                    .is_err()
            {
                break;
            }
        }
        // A doubling would come now.
        tokio::time::sleep(patience.min(Duration::from_secs(2))).await;
    }

    pub(super) fn report(&self, there: &HashSet<Seen>) -> Report {
        let stored = self.stored();
        let (mut seen, mut highest) = (HashSet::new(), BTreeMap::new());
        let mut report = Report {
            kills: stored.kills,
            effects: stored.effects.len(),
            cursor_bytes: stored.cursor.as_ref().map_or(0, String::len),
            ..Report::default()
        };
        for (thread, place) in &stored.effects {
            report.doubled += usize::from(!seen.insert((thread.clone(), *place)));
            let highest = highest.entry(thread).or_insert(0);
            report.out_of_order += usize::from(place < highest);
            *highest = (*highest).max(*place);
        }
        report.missed = there.iter().filter(|there| !seen.contains(*there)).count();
        report
    }
}

/// Follows all threads, and is killed so often, after some time each: whatever it is doing, and whatever
/// of it is not stored is gone.
pub(super) async fn follow(
    plan: Plan,
    client: ChatClient,
    database: Arc<Database>,
) -> Result<(), Failure> {
    for kill in 0.. {
        let cursor = database.stored().cursor.clone();
        let watch = match cursor {
            Some(cursor) => client.watch().after(cursor.parse::<UserCursor>()?),
            None => client.watch().from_beginning(),
        };
        let watch = watch
            .poll_between(Duration::from_millis(100), Duration::from_secs(1))
            .allowed_lateness(plan.lateness);
        let notifications = match plan.is_notified {
            true => Some(client.notifications().connect()?),
            false => None,
        };
        let watch = match &notifications {
            Some(notifications) => watch.notified_by(notifications),
            None => watch,
        };
        let handling = tokio::spawn(handle(watch.into_stream(), Arc::clone(&database)));
        if kill == plan.kills {
            handling.await??;
            return Ok(());
        }
        let life = Duration::from_millis(100 + (kill as u64 * 37) % 200);
        tokio::time::sleep(life).await;
        handling.abort();
        // It has ended when this is through, and not earlier.
        if let Ok(ended) = handling.await {
            ended?;
        }
        database.stored().kills += 1;
        database.changed.notify_one();
    }
    Ok(())
}

async fn handle(mut watch: UserWatch, database: Arc<Database>) -> Result<(), Failure> {
    while let Some(watched) = watch.try_next().await? {
        let message = watched.event().message();
        let place = message.and_then(|message| message.sequence_id().as_u64());
        let effect = place.map(|place| (watched.thread_id().clone(), place));
        database.commit(effect, watched.cursor().to_string());
        // Where it may be killed between two events.
        tokio::task::yield_now().await;
    }
    Ok(())
}
