//! What a task has done, and what the client said of it at the time.

/// What a task has done.
#[derive(Debug, Default)]
pub(super) struct Work {
    pub(super) threads: Vec<Thread>,
    pub(super) attempts: u64,
    pub(super) begun_again: u64,
}

/// A thread, and for each of its writers what the client said of each message, in their order.
#[derive(Debug)]
pub(super) struct Thread {
    pub(super) topic: String,
    pub(super) id: String,
    pub(super) writers: Vec<Vec<Told>>,
}

/// What the client said of a message while it was sent. Nothing is added to it later.
#[derive(Clone, Debug, Default)]
pub(super) struct Told {
    /// The id in the result.
    pub(super) id: String,
    /// How often it was sent again, by the result.
    pub(super) resends: u32,
    /// The other copies, by the result.
    pub(super) duplicates: Vec<String>,
    /// How many requests those calls made that failed and left in doubt what had become of them.
    pub(super) doubted: u32,
}

impl Told {
    /// How many copies may turn up beyond the first, by what the client said: as many as requests of
    /// which it said that it did not know what became of them.
    pub(super) fn may_turn_up(&self) -> usize {
        let named = self.duplicates.len();
        let requests = self.resends.saturating_add(self.doubted);
        usize::try_from(requests)
            .unwrap_or(usize::MAX)
            .saturating_sub(named)
    }
}
