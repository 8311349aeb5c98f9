//! Following threads: what happens in them, as it happens, nothing missed and nothing twice.
//! [`ChatThreadClient::watch`](crate::ChatThreadClient::watch) follows one thread,
//! [`ChatClient::watch`](crate::ChatClient::watch) all threads of a user.
//!
//! **The list is the truth.** Everything that happens in a thread has a sequence id, and the message
//! it is about moves to the top of the list of messages. So what is above a sequence id is exactly
//! what has changed since. A [`Cursor`](crate::models::Cursor) is such a sequence id, with the
//! thread it belongs to.
//!
//! **Reading.** When it is time to look, the list is read from the top down to the cursor. What was
//! found is given oldest first, and the cursor moves with each event. A message is in the list once,
//! in its newest version: so edits that follow each other quickly come as one event.
//!
//! **When to look.** A timer says so, fast while something happens and slower while nothing does, and
//! so does [`WatchHandle::ring`], which anything may call that has heard of news. A ring that is
//! lost, early or doubled does no harm. Rings while the list is read become one more reading.
//!
//! **Webhooks.** Events of Azure Event Grid come at least once, in no order, and not always. So a
//! webhook should take them for a doorbell, and call [`WatchHandle::ring_thread`] with the id of the
//! thread; what the watch then reads is complete and in order. With it the timer may be slow:
//! minutes.
//!
//! **Received or edited.** A message that was changed is *received* if it was not given before. Ids
//! of messages are times of creation: what was created up to the newest creation that was given was
//! given too, except what was changed before its turn came. The cursor names these exceptions.
//!
//! **A long backlog.** No more than 2,000 messages are held: the oldest ones. Of the pages above
//! them every fifth link is kept, and the next reading begins there.
//!
//! **What turns up late.** The list may show a change before one with a lower sequence id. So the
//! cursor names what was given lately, and for 5 seconds
//! ([`allowed_lateness`](WatchThread::allowed_lateness)) after a change was seen, the reading goes
//! down to where all that is given had been seen that long ago. What turned up between is given once,
//! when it is found, after what has higher sequence ids. No more than the 64 newest changes are known
//! one by one. A list may also lag, and show an earlier state whole: together with what turns up late
//! there, that must be within the same time; alone, it may lag by any time.
//!
//! **Limits.** What was overwritten between two looks is not seen. What turns up later than is allowed
//! for is not given. A message that is edited while a backlog of several pages is read, before the
//! reading has come to it, comes as edited though it was not received before. Items of the list that
//! can't be read are passed over. A user who is removed sees that as the last event: the service lists
//! what was there before, and the watch goes on in case the user is added again.
//!
//! # All threads of a user
//! The cursor of all threads, [`UserCursor`](crate::models::UserCursor), says how far each was
//! followed. Each thread has a timer of its own, and each look is at its newest 20 messages: up to 16
//! threads are looked at at once, and of one thread at a time more is read. What was found is given
//! in turn, one event of each thread, and while 16 threads wait for that no others are looked at.
//!
//! **New messages and new threads** are seen in the list of threads, whose first page is read every 1
//! to 10 seconds: a thread whose newest message is another is looked at at once. The list is read
//! whole every minute, and at the start. A new thread begins with its oldest message.
//!
//! **Edits and deletions** are not seen there: nothing published says that they move a thread up. They
//! are found when the thread is looked at in its turn: within 60 seconds, or as
//! [`poll_between`](WatchUser::poll_between) says, and within 1 to 5 seconds where something happened
//! just before. No more than 10 looks a second begin by the timer. With more than 600 threads
//! at rest, all wait longer in the same measure: with `n` threads, `n`/10 seconds.
//!
//! **What it costs.** With 100 threads at rest, some 100 listings of messages and 8 of threads a
//! minute. The documented limits count listings of messages for each thread, and are far away. A
//! [`RateGovernor`](crate::RateGovernor) of the client counts these requests, too. A thread at rest
//! holds less than 1.5 KB.
//!
//! **Threads that went while nobody looked.** The cursor knows threads by fingerprints of their ids.
//! So a thread that was deleted while the watch was not running is told of only if the service still
//! lists it.

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
