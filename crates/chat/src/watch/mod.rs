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
//! **Limits.** The list must show a thread's changes in the order of their sequence ids: it may show
//! an earlier state, but not a later change without the ones before it. What was overwritten between
//! two looks is not seen. Items of the list that can't be read are passed over. A user who is removed
//! sees that as the last event: the service lists what was there before, and the watch goes on in case
//! the user is added again.

mod event;
mod follower;
mod handle;
mod pace;
mod reader;
mod stream;

pub use crate::models::chat_event::ChatEvent;
pub use event::WatchedEvent;
pub use handle::{WatchHandle, WatchState};
pub use stream::{ThreadWatch, WatchThread};
