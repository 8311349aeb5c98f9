//! What an emulator does on command: misbehave, tell what it was asked, forget.

use std::path::Path;

use crate::archive::{self, ArchiveError};
use crate::emulator::Emulator;
use crate::event_grid::{EventGridStatus, EventGridSubscription, InvalidSubscription};
use crate::http::faults::{FaultId, FaultMix, InvalidFault};
use crate::http::journal::JournalEntry;
use crate::realtime::Notifications;
use crate::store::{Clock, ForeignSnapshot, Snapshot};

/// Faults.
impl Emulator {
    /// Makes a [`Fault`](crate::Fault) or a [`FaultMix`] befall requests from now on.
    ///
    /// Each request meets one fault at most, that of the first injected which can befall it and is not
    /// spared by its probability. Delays, lags of lists and skews of the clock come on top.
    ///
    /// # Errors
    /// When the fault makes no sense; nothing is injected then.
    pub fn inject(&self, fault: impl Into<FaultMix>) -> Result<FaultId, InvalidFault> {
        self.state.faults.inject(fault.into())
    }

    /// Removes a fault, and says whether it was there: one that has befallen as many requests as it should
    /// is removed by itself.
    pub fn remove_fault(&self, id: FaultId) -> bool {
        self.state.faults.remove(id)
    }

    /// Removes all faults. Requests that have been put off are still carried out.
    pub fn clear_faults(&self) {
        self.state.faults.clear();
    }

    /// Sets the service's clock wrong by so many seconds, ahead of the machine's or behind when negative,
    /// in place of how wrong it was: in all times of answers, in their `date`, and when the date of a
    /// signed request is checked. [`Self::advance_clock`] comes on top.
    pub fn set_clock_skew(&self, seconds: i64) {
        self.state.set_clock_skew(seconds);
        self.event_grid.clock_moved();
    }
}

/// The journal.
impl Emulator {
    /// The last requests, oldest first, without their secrets. A request is in here before its client has
    /// the answer.
    pub fn journal(&self) -> Vec<JournalEntry> {
        self.state.journal.read(0)
    }

    /// Forgets the requests so far.
    pub fn clear_journal(&self) {
        self.state.journal.clear();
    }
}

/// Real-time notifications.
impl Emulator {
    /// The clients that are connected for real-time notifications, and what became of what they were sent.
    pub fn notifications(&self) -> Notifications<'_> {
        Notifications::new(&self.state.notifications)
    }
}

/// Events.
impl Emulator {
    /// Begins to deliver events to a webhook, as [`EmulatorBuilder::event_grid`](crate::EmulatorBuilder::event_grid)
    /// does from the start, in place of the webhook there was.
    ///
    /// # Errors
    /// When the subscription makes no sense; nothing has changed then.
    pub fn subscribe_event_grid(
        &self,
        subscription: impl Into<EventGridSubscription>,
    ) -> Result<(), InvalidSubscription> {
        let subscription = subscription.into().try_into()?;
        self.event_grid.subscribe(subscription)
    }

    /// Ends the delivery of events, and says whether there was a webhook. Events that wait are forgotten.
    pub fn unsubscribe_event_grid(&self) -> bool {
        self.event_grid.unsubscribe()
    }

    /// How the delivery of events fares, if there is a webhook.
    pub fn event_grid(&self) -> Option<EventGridStatus> {
        self.event_grid.status()
    }

    /// The last 1,000 events that were given up, oldest first: each as it would have been delivered, with the
    /// fields that Event Grid adds to dead letters, such as `deadLetterReason`.
    pub fn dead_letters(&self) -> Vec<serde_json::Value> {
        self.event_grid.dead_letters()
    }
}

/// The state.
impl Emulator {
    /// Keeps the whole state: users and their tokens, threads, messages, and how far the clock has been
    /// moved. It costs time and memory in proportion.
    pub fn snapshot(&self) -> Snapshot {
        self.state.snapshot()
    }

    /// Brings the state of a snapshot of this emulator back. Requests that were put off, events that wait for
    /// their delivery, and dead letters are forgotten; faults and the journal stay as they are.
    ///
    /// # Errors
    /// When the snapshot is of another emulator, whose users are those of another resource; nothing has changed
    /// then.
    pub fn restore(&self, snapshot: &Snapshot) -> Result<(), ForeignSnapshot> {
        self.state.restore(snapshot)?;
        self.event_grid.reset();
        Ok(())
    }

    /// Writes an archive of all that users could read into a folder, which is made or empty: users, threads with
    /// their participants, messages and read receipts, but neither keys nor tokens. Only its owner may read it.
    /// `docs/archive-format.md` describes it, and [`EmulatorBuilder::import`](crate::EmulatorBuilder::import)
    /// reads it.
    ///
    /// # Errors
    /// When there is something in the folder, or it cannot be written.
    pub fn export(&self, folder: impl AsRef<Path>) -> Result<(), ArchiveError> {
        let state = self.state.snapshot().store;
        archive::write(&state, self.state.clock.now(), folder.as_ref())
    }

    /// Makes everything as it was in the beginning: users, threads and messages are those of the seed, or
    /// none; the clock is right; faults, requests put off, events and the journal are forgotten. Endpoint and access
    /// key stay, and so do the tokens of the seed.
    pub fn reset(&self) {
        self.state.reset();
        self.event_grid.reset();
    }
}
