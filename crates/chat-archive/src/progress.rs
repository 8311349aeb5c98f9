//! How far an export has come, for those who watch it.

use std::sync::atomic::{AtomicU64, Ordering};

/// How far an export has come. It can be read at any time from anywhere.
#[derive(Debug, Default)]
pub struct Progress {
    users_found: AtomicU64,
    users_done: AtomicU64,
    threads_found: AtomicU64,
    threads_done: AtomicU64,
    messages: AtomicU64,
    pictures: AtomicU64,
    failures: AtomicU64,
}

macro_rules! counters {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        impl Progress {
            $(
                $(#[$doc])*
                #[must_use]
                pub fn $name(&self) -> u64 {
                    self.$name.load(Ordering::Relaxed)
                }
            )*
        }
    };
}

counters! {
    /// Users whose threads are to be listed.
    users_found,
    /// Users whose threads have been listed.
    users_done,
    /// Threads that were found.
    threads_found,
    /// Threads that are done with, well or not.
    threads_done,
    /// Messages that were read.
    messages,
    /// Pictures that were downloaded.
    pictures,
    /// Users and threads that could not be read.
    failures,
}

impl Progress {
    pub(crate) fn found_users(&self, count: usize) {
        self.users_found.fetch_add(count as u64, Ordering::Relaxed);
    }

    pub(crate) fn user_done(&self) {
        self.users_done.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn found_threads(&self, count: usize) {
        self.threads_found
            .fetch_add(count as u64, Ordering::Relaxed);
    }

    pub(crate) fn thread_done(&self) {
        self.threads_done.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn read_messages(&self, count: usize) {
        self.messages.fetch_add(count as u64, Ordering::Relaxed);
    }

    pub(crate) fn read_picture(&self) {
        self.pictures.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn failed(&self) {
        self.failures.fetch_add(1, Ordering::Relaxed);
    }
}
