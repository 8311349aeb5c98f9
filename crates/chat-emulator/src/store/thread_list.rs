//! The list of a user's threads.

use std::ops::Bound;

use crate::store::timestamp::Timestamp;

use super::access::{Caller, Permission};
use super::ids::ThreadId;
use super::machine::{Page, Store};
use super::refusal::Refusal;
use super::thread::Thread;
use super::thread_activity::Activity;

/// Which threads to list.
#[derive(Clone, Debug)]
pub(crate) struct ListThreads {
    pub(crate) page_size: usize,
    pub(crate) start: Timestamp,
    /// Nothing for the first page.
    pub(crate) after: Option<ListedThreads>,
}

/// What the pages of a list have shown so far: everything that happened between these two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ListedThreads {
    pub(crate) oldest: Activity,
    pub(crate) newest: Activity,
}

/// A thread in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ThreadItem {
    pub(crate) id: ThreadId,
    pub(crate) topic: String,
    pub(crate) deleted_on: Option<Timestamp>,
    pub(crate) last_message_received_on: Timestamp,
}

impl ThreadItem {
    /// The thread as it stands in a list at `activity`: whoever was removed from it sees nothing later.
    fn new(thread: &Thread, activity: Activity, now: Timestamp) -> Self {
        let received_on = thread.progress.last_message_received_on;
        Self {
            id: thread.properties.id.clone(),
            topic: thread.properties.topic.clone(),
            deleted_on: thread.deleted_on(now),
            last_message_received_on: received_on.min(activity.at),
        }
    }
}

impl Store {
    /// The caller's threads, the one where something happened last first. A further page begins with
    /// the threads in which something happened since the page before, so that none is missed; some
    /// of them come twice for it.
    pub(crate) fn list_threads(
        &self,
        caller: &Caller,
        list: &ListThreads,
    ) -> Result<Page<ThreadItem, ListedThreads>, Refusal> {
        caller.require(Permission::TakePart)?;
        let user = self.users.get(&caller.user).ok_or(Refusal::UnknownCaller)?;
        let shown = |(_, id): &(&Activity, &ThreadId)| {
            let thread = self.threads.get(*id);
            let listed = thread.and_then(|thread| thread.listed_for(&caller.user));
            listed.is_some_and(|(_, added_on)| added_on <= caller.lists_until)
        };
        let start = Activity {
            at: list.start,
            ordinal: 0,
        };
        let (mut page, mut more) = (Vec::new(), false);
        let mut listed = ListedThreads {
            oldest: start,
            newest: self.totals.last_activity,
        };
        if let Some(after) = list.after {
            // Those nearest to what has been shown come first: it has to stay in one piece.
            let since = (Bound::Excluded(after.newest.max(start)), Bound::Unbounded);
            let mut newer = user.threads.range(since).filter(shown);
            page.extend(newer.by_ref().take(list.page_size));
            page.reverse();
            more = newer.next().is_some();
            if more && let Some((newest, _)) = page.first() {
                listed.newest = **newest;
            }
            listed.oldest = after.oldest;
        }
        let before = list
            .after
            .map_or(Bound::Unbounded, |after| Bound::Excluded(after.oldest));
        // What has been shown may begin before the start, if the caller has changed it in the link.
        if list.after.is_none_or(|after| start < after.oldest) {
            let older = user.threads.range((Bound::Included(start), before)).rev();
            let mut older = older.filter(shown);
            let left = list.page_size - page.len();
            for thread in older.by_ref().take(left) {
                listed.oldest = *thread.0;
                page.push(thread);
            }
            more |= older.next().is_some();
        }
        let now = self.now();
        let items = page
            .iter()
            .filter_map(|(at, id)| Some(ThreadItem::new(self.threads.get(*id)?, **at, now)));
        Ok(Page {
            items: items.collect(),
            next: more.then_some(listed),
        })
    }
}
