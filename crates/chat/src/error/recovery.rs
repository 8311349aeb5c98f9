//! What a caller needs in order to go on after an error.

use crate::models::{
    CommunicationUserIdentifier, Cursor, IdempotencyToken, SendKey, UnfinishedAdd, UserCursor,
};
use crate::paging::continuation::Continuation;

/// What a caller needs in order to go on after an error. Each operation's page says which it is.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/scene.rs"));
/// # async fn example(Scene { thread, .. }: Scene) -> Done {
/// use chat::Recovery;
///
/// let error = thread.add_participants(["malformed"]).await.unwrap_err();
/// match error.recovery() {
///     Some(Recovery::AddParticipants(unfinished)) => assert_eq!(unfinished.remaining().len(), 1),
///     other => panic!("{other:?}"),
/// }
/// # Ok(()) }
/// # fn main() -> Done { run(example) }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Recovery {
    /// The token a thread was to be created with: give it again, so that no second one is created.
    CreateThread(IdempotencyToken),
    /// The key of a message that was to be sent exactly once: send it with the same key again, or
    /// look for it by [`find_messages`](crate::ChatThreadClient::find_messages).
    SendMessage(SendKey),
    /// Who was added before the error, and who remains to be.
    AddParticipants(Box<UnfinishedAdd>),
    /// A user that was created before the error.
    CreateUser(CommunicationUserIdentifier),
    /// Where a list can go on: the page that failed, whose link did, or that the unreadable item is
    /// on. Give it to [`continue_from`](crate::operations::ListMessages::continue_from).
    List(Continuation),
    /// How far a thread was followed: give it to [`after`](crate::watch::WatchThread::after).
    Watch(Box<Cursor>),
    /// How far all threads of a user were followed: give it to
    /// [`after`](crate::watch::WatchUser::after).
    WatchUser(Box<UserCursor>),
}
