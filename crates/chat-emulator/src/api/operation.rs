//! The operations of the service.

mod id;

pub use id::UnknownOperation;

/// An operation of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Operation {
    /// One of the chat API.
    Chat(ChatOperation),
    /// One of the identity API.
    Identity(IdentityOperation),
    /// One of real-time notifications.
    Notification(NotificationOperation),
}

/// An operation of the chat API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ChatOperation {
    /// `GET /chat/threads`.
    ListChatThreads,
    /// `POST /chat/threads`.
    CreateChatThread,
    /// `GET /chat/threads/{id}`.
    GetChatThreadProperties,
    /// `PATCH /chat/threads/{id}`.
    UpdateChatThreadProperties,
    /// `DELETE /chat/threads/{id}`.
    DeleteChatThread,
    /// `GET /chat/threads/{id}/messages`.
    ListChatMessages,
    /// `POST /chat/threads/{id}/messages`.
    SendChatMessage,
    /// `GET /chat/threads/{id}/messages/{id}`.
    GetChatMessage,
    /// `GET /chat/threads/{id}/images/{id}/views/{view}`, and the same below a message: where a message says
    /// that its pictures are. No stable contract has it.
    GetChatImage,
    /// `PATCH /chat/threads/{id}/messages/{id}`.
    UpdateChatMessage,
    /// `DELETE /chat/threads/{id}/messages/{id}`.
    DeleteChatMessage,
    /// `GET /chat/threads/{id}/participants`.
    ListChatParticipants,
    /// `POST /chat/threads/{id}/participants/:add`.
    AddChatParticipants,
    /// `POST /chat/threads/{id}/participants/:remove`.
    RemoveChatParticipant,
    /// `GET /chat/threads/{id}/readReceipts`.
    ListChatReadReceipts,
    /// `POST /chat/threads/{id}/readReceipts`.
    SendChatReadReceipt,
    /// `POST /chat/threads/{id}/typing`.
    SendTypingNotification,
}

/// An operation of the identity API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum IdentityOperation {
    /// `POST /identities`.
    Create,
    /// `DELETE /identities/{id}`.
    Delete,
    /// `POST /identities/{id}/:issueAccessToken`.
    IssueAccessToken,
    /// `POST /identities/{id}/:revokeAccessTokens`.
    RevokeAccessTokens,
    /// `POST /teamsUser/:exchangeAccessToken`.
    ExchangeTeamsUserAccessToken,
}

/// An operation of real-time notifications. No published contract has them; faults and the journal know them by
/// these names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NotificationOperation {
    /// `GET /chat/config/realTimeNotifications`.
    GetNotificationConfiguration,
    /// `POST /v4/a`.
    AllocateNotificationEndpoint,
    /// `GET /socket.io/1/`.
    OpenNotificationSession,
    /// `GET /socket.io/1/websocket/{session}`.
    ConnectNotificationSocket,
    /// `GET /socket.io/1/xhr-polling/{session}`.
    PollNotifications,
    /// `POST /socket.io/1/xhr-polling/{session}`.
    PostNotificationPackets,
    /// `POST /registrar/prod/v3/registrations`.
    RegisterNotifications,
    /// `DELETE /registrar/prod/v3/registrations/{id}`.
    UnregisterNotifications,
    /// A notification on its way to a registered client, which is no request of the client. Only faults know
    /// it.
    DeliverNotification,
    /// A ping of a client over its connection, which is no request either. Only faults know it.
    PingNotifications,
}
