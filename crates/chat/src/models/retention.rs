//! When the service deletes a thread by itself.

/// When the service deletes a thread by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChatRetentionPolicy {
    /// The thread is deleted a number of days after its creation.
    ThreadCreationDate {
        /// How many days after its creation the thread is deleted; the service takes 30 to 90.
        delete_thread_after_days: i32,
    },
    /// The thread is kept.
    None,
    /// A policy this version of the library does not know, by its kind.
    UnknownValue(String),
}

impl ChatRetentionPolicy {
    /// Deletes the thread `days` days after its creation; the service takes 30 to 90.
    #[must_use]
    pub fn thread_creation_date(days: i32) -> Self {
        Self::ThreadCreationDate {
            delete_thread_after_days: days,
        }
    }
}
