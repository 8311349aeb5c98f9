//! Conversations through the public interface of `chat`.
//!
//! They run against an emulator in this process. With `COMMUNICATION_SERVICES_CONNECTION_STRING` set
//! they run against that resource instead: the same code, and users that are deleted afterwards.
//! What only the emulator can do (moving the clock, hundreds of messages a second) says that it is
//! skipped there.

mod access;
mod blocking;
mod conversations;
mod history;
mod paging;
mod participants;
mod pictures;
mod receipts_and_typing;
mod stage;
mod thread_lifecycle;
mod tokens;
mod watching;
mod windows;
