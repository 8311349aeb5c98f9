//! Following a thread: what happens in it, as it happens, nothing missed and nothing twice.
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
//! so does [`WatchHandle::ring`], which anything may call that has heard of news: a webhook, say. A
//! ring that is lost, early or doubled does no harm. Rings while the list is read become one more
//! reading.
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

mod event;
mod follower;
mod handle;
mod look;
mod pace;
mod position;
mod reader;
mod receipts;
mod source;
mod stream;

pub use crate::models::chat_event::ChatEvent;
pub use event::WatchedEvent;
pub use handle::{WatchHandle, WatchState};
pub use stream::{ThreadWatch, WatchThread};
