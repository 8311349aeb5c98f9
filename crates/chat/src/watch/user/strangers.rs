//! Threads that somebody rang, and that are not known.

use crate::models::ChatThreadId;

/// How many wait to be looked at, at most. Ids may come from a source that is not trusted.
const MAX_WAITING: usize = 1000;

/// How many are looked at at once, at most: they take turns with the threads that are known.
const MAX_LOOKS: usize = 4;

/// Threads that somebody rang, and that are not known.
#[derive(Debug, Default)]
pub(super) struct Strangers {
    waiting: Vec<ChatThreadId>,
    looks: usize,
}

impl Strangers {
    /// Has a thread wait to be looked at. Where too many wait, it is found when the list of threads
    /// shows it.
    pub(super) fn add(&mut self, thread: ChatThreadId) {
        if self.waiting.len() < MAX_WAITING {
            self.waiting.push(thread);
        }
    }

    /// The thread that may be looked at now.
    pub(super) fn next(&mut self) -> Option<ChatThreadId> {
        (self.looks < MAX_LOOKS)
            .then(|| self.waiting.pop())
            .flatten()
    }

    /// One is looked at.
    pub(super) fn begin(&mut self) {
        self.looks += 1;
    }

    /// One was looked at.
    pub(super) fn end(&mut self) {
        self.looks = self.looks.saturating_sub(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_wait_and_so_many_are_looked_at_at_once() {
        let mut strangers = Strangers::default();
        (0..2 * MAX_WAITING).for_each(|n| strangers.add(n.to_string().into()));
        assert_eq!(strangers.waiting.len(), MAX_WAITING);
        for _ in 0..MAX_LOOKS {
            assert!(strangers.next().is_some());
            strangers.begin();
        }
        assert_eq!(strangers.next(), None);
        strangers.end();
        assert!(strangers.next().is_some());
        strangers.add("one more".into());
        assert_eq!(strangers.next(), Some("one more".into()));
    }
}
