//! The ids by which the contract names its operations, and what their answers are made of.

use std::fmt;
use std::str::FromStr;

use super::{ChatOperation, IdentityOperation, NotificationOperation, Operation};

const ALL: [(Operation, &str); 32] = {
    use ChatOperation as C;
    use IdentityOperation as I;
    use NotificationOperation as N;
    use Operation::{Chat, Identity, Notification};
    [
        (Chat(C::ListChatThreads), "listChatThreads"),
        (Chat(C::CreateChatThread), "createChatThread"),
        (Chat(C::GetChatThreadProperties), "getChatThreadProperties"),
        (
            Chat(C::UpdateChatThreadProperties),
            "updateChatThreadProperties",
        ),
        (Chat(C::DeleteChatThread), "deleteChatThread"),
        (Chat(C::ListChatMessages), "listChatMessages"),
        (Chat(C::SendChatMessage), "sendChatMessage"),
        (Chat(C::GetChatMessage), "getChatMessage"),
        (Chat(C::GetChatImage), "getChatImage"),
        (Chat(C::UpdateChatMessage), "updateChatMessage"),
        (Chat(C::DeleteChatMessage), "deleteChatMessage"),
        (Chat(C::ListChatParticipants), "listChatParticipants"),
        (Chat(C::AddChatParticipants), "addChatParticipants"),
        (Chat(C::RemoveChatParticipant), "removeChatParticipant"),
        (Chat(C::ListChatReadReceipts), "listChatReadReceipts"),
        (Chat(C::SendChatReadReceipt), "sendChatReadReceipt"),
        (Chat(C::SendTypingNotification), "sendTypingNotification"),
        (Identity(I::Create), "createIdentity"),
        (Identity(I::Delete), "deleteIdentity"),
        (Identity(I::IssueAccessToken), "issueAccessToken"),
        (Identity(I::RevokeAccessTokens), "revokeAccessTokens"),
        (
            Identity(I::ExchangeTeamsUserAccessToken),
            "exchangeTeamsUserAccessToken",
        ),
        (
            Notification(N::GetNotificationConfiguration),
            "getNotificationConfiguration",
        ),
        (
            Notification(N::AllocateNotificationEndpoint),
            "allocateNotificationEndpoint",
        ),
        (
            Notification(N::OpenNotificationSession),
            "openNotificationSession",
        ),
        (
            Notification(N::ConnectNotificationSocket),
            "connectNotificationSocket",
        ),
        (Notification(N::PollNotifications), "pollNotifications"),
        (
            Notification(N::PostNotificationPackets),
            "postNotificationPackets",
        ),
        (
            Notification(N::RegisterNotifications),
            "registerNotifications",
        ),
        (
            Notification(N::UnregisterNotifications),
            "unregisterNotifications",
        ),
        (Notification(N::DeliverNotification), "deliverNotification"),
        (Notification(N::PingNotifications), "pingNotifications"),
    ]
};

impl Operation {
    /// All operations: of both APIs, and of notifications.
    pub fn all() -> impl Iterator<Item = Self> {
        ALL.into_iter().map(|(operation, _)| operation)
    }

    /// The `operationId` of the contract, such as `sendChatMessage`. [`FromStr`] reads it.
    pub fn id(self) -> &'static str {
        ALL.iter()
            .find(|(operation, _)| *operation == self)
            .map_or("", |(_, id)| id)
    }

    /// Whether a success is a page of a list.
    pub(crate) fn is_list(self) -> bool {
        use ChatOperation as C;
        matches!(
            self,
            Self::Chat(
                C::ListChatThreads
                    | C::ListChatMessages
                    | C::ListChatParticipants
                    | C::ListChatReadReceipts
            )
        )
    }

    /// Whether a success has a JSON body.
    pub(crate) fn answers_json(self) -> bool {
        use ChatOperation as C;
        use IdentityOperation as I;
        use NotificationOperation as N;
        self.is_list()
            || matches!(
                self,
                Self::Chat(
                    C::CreateChatThread
                        | C::GetChatThreadProperties
                        | C::SendChatMessage
                        | C::GetChatMessage
                        | C::AddChatParticipants
                ) | Self::Identity(
                    I::Create | I::IssueAccessToken | I::ExchangeTeamsUserAccessToken
                ) | Self::Notification(
                    N::GetNotificationConfiguration | N::AllocateNotificationEndpoint
                )
            )
    }

    /// Whether a client asks for it by a request: other operations are done over its connection.
    pub(crate) fn is_request(self) -> bool {
        use NotificationOperation as N;
        !matches!(
            self,
            Self::Notification(N::DeliverNotification | N::PingNotifications)
        )
    }

    /// Whether a success tells messages.
    pub(crate) fn answers_messages(self) -> bool {
        use ChatOperation as C;
        matches!(self, Self::Chat(C::ListChatMessages | C::GetChatMessage))
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

impl From<ChatOperation> for Operation {
    fn from(operation: ChatOperation) -> Self {
        Self::Chat(operation)
    }
}

impl From<NotificationOperation> for Operation {
    fn from(operation: NotificationOperation) -> Self {
        Self::Notification(operation)
    }
}

impl From<IdentityOperation> for Operation {
    fn from(operation: IdentityOperation) -> Self {
        Self::Identity(operation)
    }
}

/// A text that is the id of no operation.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no operation {0:?}")]
pub struct UnknownOperation(String);

impl FromStr for Operation {
    type Err = UnknownOperation;

    fn from_str(text: &str) -> Result<Self, UnknownOperation> {
        ALL.iter()
            .find(|(_, id)| *id == text)
            .map(|(operation, _)| *operation)
            .ok_or_else(|| UnknownOperation(text.to_owned()))
    }
}

impl TryFrom<&str> for Operation {
    type Error = UnknownOperation;

    fn try_from(text: &str) -> Result<Self, UnknownOperation> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_id_is_read_back_and_others_are_not() {
        for operation in Operation::all() {
            assert_eq!(operation.id().parse(), Ok(operation));
        }
        assert_eq!(
            "sendChatMessage".parse(),
            Ok(Operation::Chat(ChatOperation::SendChatMessage))
        );
        for text in ["", "sendchatmessage", "send"] {
            assert!(text.parse::<Operation>().is_err(), "{text}");
        }
    }
}
