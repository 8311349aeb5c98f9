//! What has changed since somebody last asked, by name.

use crate::store::identifier::RawId;

use super::ids::ThreadId;

/// Something that has changed, come or gone; what it has become is looked up when somebody asks.
#[derive(Debug)]
pub(super) enum Mark {
    User(RawId),
    Thread(ThreadId),
    Progress(ThreadId),
    /// What has this sequence id.
    Message(ThreadId, u64),
    /// What was answered to this user and repeatability id.
    Created(RawId, String),
}

/// The marks, if anybody ever asks for them, and how many there were.
#[derive(Debug, Default)]
pub(super) struct Marks {
    kept: Option<Vec<Mark>>,
    count: u64,
}

impl Marks {
    /// Keeps all marks from now on, for [`Self::take`].
    pub(super) fn keep(&mut self) {
        self.kept.get_or_insert_default();
    }

    pub(super) fn are_kept(&self) -> bool {
        self.kept.is_some()
    }

    /// Notes a change, where that is of use.
    pub(super) fn add(&mut self, mark: impl FnOnce() -> Mark) {
        self.count_one();
        if let Some(marks) = &mut self.kept {
            marks.push(mark());
        }
    }

    /// Counts a change that nobody has to look up.
    pub(super) fn count_one(&mut self) {
        self.count += 1;
    }

    /// How many changes there were so far.
    pub(super) fn count(&self) -> u64 {
        self.count
    }

    /// All marks since this was called last.
    pub(super) fn take(&mut self) -> Vec<Mark> {
        self.kept.as_mut().map(std::mem::take).unwrap_or_default()
    }
}
