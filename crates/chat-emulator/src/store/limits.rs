//! The limits that the service documents.

use std::ops::RangeInclusive;

/// Which of the service's documented limits an emulator enforces. What it holds in all stays bounded
/// whatever is chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum EnforcedLimits {
    /// None.
    None,
    /// Sizes and batches: 250 participants in a thread, 200 in one request, messages of 28 KiB, metadata
    /// of 1 KiB, retention of 30 to 90 days, tokens of 60 to 1440 minutes, read receipts kept in
    /// threads of up to 20 participants, pages of 200.
    #[default]
    Sizes,
    /// Those, and rate limits: what comes too often is answered 429 with `retry-after`. They follow the
    /// emulator's clock, so that moving it is as good as waiting.
    Service,
}

/// Sizes and batches that the documentation promises to refuse.
///
/// The default has them all; [`Limits::off`] keeps only what the state machine needs.
#[derive(Clone, Debug)]
pub(crate) struct Limits {
    pub(crate) participants: usize,
    pub(crate) batch: usize,
    pub(crate) page_size: usize,
    /// Bytes of a message's content and metadata.
    pub(crate) message: usize,
    /// Bytes of the metadata of a thread or a participant.
    pub(crate) metadata: usize,
    /// Up to how many participants a thread keeps read receipts.
    pub(crate) signals: usize,
    pub(crate) retention_days: RangeInclusive<u32>,
    pub(crate) token_minutes: RangeInclusive<u32>,
}

/// Minutes that a token lives when nothing is said.
pub(crate) const DEFAULT_TOKEN_MINUTES: u32 = 1440;

impl Default for Limits {
    fn default() -> Self {
        Self {
            participants: 250,
            batch: 200,
            page_size: 200,
            message: 28 * 1024,
            metadata: 1024,
            signals: 20,
            retention_days: 30..=90,
            token_minutes: 60..=1440,
        }
    }
}

impl Limits {
    /// The sizes and batches of `enforced`.
    pub(crate) fn of(enforced: EnforcedLimits) -> Self {
        match enforced {
            EnforcedLimits::None => Self::off(),
            EnforcedLimits::Sizes | EnforcedLimits::Service => Self::default(),
        }
    }

    /// No documented limit is enforced. Pages stay bounded, or one answer could hold the whole store.
    pub(crate) fn off() -> Self {
        Self {
            participants: usize::MAX,
            batch: usize::MAX,
            page_size: 10_000,
            message: usize::MAX,
            metadata: usize::MAX,
            signals: usize::MAX,
            retention_days: 1..=36_500,
            token_minutes: 1..=525_600,
        }
    }
}

/// How much the store holds at most; what would not fit is refused, nothing is evicted.
#[derive(Clone, Debug)]
pub(crate) struct Capacity {
    pub(crate) users: usize,
    pub(crate) threads: usize,
    pub(crate) messages_per_thread: usize,
    /// Bytes of everything that callers have stored, each entity counted with a flat overhead.
    pub(crate) bytes: usize,
}

impl Default for Capacity {
    fn default() -> Self {
        Self {
            users: 100_000,
            threads: 100_000,
            messages_per_thread: 2_000_000,
            bytes: 2 * 1024 * 1024 * 1024,
        }
    }
}
