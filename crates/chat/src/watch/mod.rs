//! Following threads: every event is given once, and none is missed.
//! [`ChatThreadClient::watch`](crate::ChatThreadClient::watch) follows one thread,
//! [`ChatClient::watch`](crate::ChatClient::watch) all threads of a user.
//!
//! # How it works
//! **The source** is the thread's list of messages. The service gives a sequence id to everything
//! that happens in a thread, and moves the message it is about to the top of that list. So the
//! messages above a sequence id are exactly those that have changed since. A
//! [`Cursor`](crate::models::Cursor) is such a sequence id, with the thread it belongs to.
//!
//! **Reading.** The list is read from the top down to the cursor. What was found is given oldest
//! first, and the cursor moves with each event. A message is in the list once, in its newest version:
//! edits that follow each other before it is read come as one event.
//!
//! **When it reads.** A watch polls: its timer is fast while something happens and slows down while
//! nothing does ([`poll_between`](WatchThread::poll_between)). [`WatchHandle::ring`] makes it read at
//! once; whatever learns that something has happened may call it. Calling it too early, twice, or not
//! at all does no harm. Calls while the list is being read are answered by one more reading.
//!
//! **Webhooks.** Azure Event Grid delivers events at least once, in no order, and some never. So a
//! webhook should use them only as a trigger, and call [`WatchHandle::ring_thread`] with the id of
//! the thread: what the watch then reads is complete and in order. With a webhook the timer may be
//! slow, such as minutes.
//!
//! **Received or edited.** A changed message is given as *received* if it was not given before, and
//! as *edited* otherwise. Ids of messages are times of creation, and every message up to the newest
//! id that was given has been given, except those that changed before the reading came to them. The
//! cursor lists these exceptions.
//!
//! **A long backlog.** At most 2,000 messages are held in memory: the oldest ones. Of the pages above
//! them every fifth link is kept, and the next reading begins there.
//!
//! **Late changes.** The list may show a change before it shows another one with a lower sequence id.
//! Therefore each reading also covers what was first seen in the last 5 seconds
//! ([`allowed_lateness`](WatchThread::allowed_lateness)), and a change that is found there late is
//! given once, after those with higher sequence ids. To tell them apart, the cursor holds up to 64 of
//! the newest changes one by one. The list may also lag behind as a whole, for any time; if it shows
//! changes out of order besides, both together must stay within the allowed lateness.
//!
//! # Limits
//! - What was overwritten between two readings is not seen.
//! - What turns up later than the allowed lateness is not given.
//! - A message that is edited while a backlog of several pages is read, before the reading has come to
//!   it, comes as edited although it was not given as received.
//! - Items of the list that can't be decoded are skipped.
//! - A user who is removed from the thread gets that as the last event, since the service lists what
//!   was there before. The watch goes on, in case the user is added again.
//!
//! # All threads of a user
//! The cursor of all threads, [`UserCursor`](crate::models::UserCursor), says how far each was
//! followed. Each thread has a timer of its own, and each reading begins with its newest 20 messages.
//! Up to 16 threads are read at the same time; where there are more than 20 new messages, the rest is
//! read for one thread at a time. Events are given in turn, one of each thread, and while the events
//! of 16 threads wait to be taken, no others are read.
//!
//! **New messages and new threads** are seen in the list of threads. Its first page is read every 1 to
//! 10 seconds, and a thread whose newest message is another than before is read at once. The whole
//! list is read every minute, and at the start. A new thread begins with its oldest message.
//!
//! **Edits and deletions** are not seen there: nothing published says that they move a thread up. They
//! are found when the timer of the thread is due: within 60 seconds, or as
//! [`poll_between`](WatchUser::poll_between) says, and within 1 to 5 seconds where something happened
//! just before. Timers begin at most 10 readings a second. With more than 600 threads in which nothing
//! happens, all wait proportionally longer: with `n` threads, `n`/10 seconds.
//!
//! **What it costs.** With 100 threads in which nothing happens, about 100 requests for messages and 8
//! for threads a minute. That is far below the documented limits, which count requests for messages by
//! thread. A [`RateGovernor`](crate::RateGovernor) of the client counts these requests, too. Such a
//! thread takes less than 1.5 KB of memory.
//!
//! **Threads that were deleted while the watch was not running** are reported only if the service
//! still lists them: the cursor knows threads by fingerprints of their ids.

mod doorbell;
mod driver;
mod event;
mod follower;
mod handle;
mod look;
mod pace;
mod position;
mod reader;
mod receipts;
mod source;
#[cfg(test)]
mod testing;
mod thread_watch;
mod user;

pub use crate::models::chat_event::ChatEvent;
pub use event::WatchedEvent;
pub use handle::{WatchHandle, WatchState};
pub use thread_watch::{ThreadWatch, WatchThread};
pub use user::{UserWatch, WatchUser};
