//! What an access token permits.

use super::open_enum;

open_enum! {
    /// What an access token permits.
    #[doc(alias("CommunicationTokenScope"))]
    pub enum TokenScope {
        /// Everything in chat.
        Chat = "chat",
        /// Everything in calls.
        Voip = "voip",
        /// Taking part in chats, without creating, changing or deleting threads.
        ChatJoin = "chat.join",
        /// Taking part in chats, without adding or removing participants either.
        ChatJoinLimited = "chat.join.limited",
        /// Taking part in calls, without starting them.
        VoipJoin = "voip.join",
    }
}
