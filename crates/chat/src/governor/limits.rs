//! How often what may be asked for.

use std::time::Duration;

/// No limit of the service is counted over more time, and times can be added up within it.
const LONGEST_WINDOW: Duration = Duration::from_secs(24 * 60 * 60);

/// Operations whose requests the service counts together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RateGroup {
    /// Creating threads.
    CreateThread,
    /// Deleting threads.
    DeleteThread,
    /// Changing topic, metadata or retention policy.
    UpdateThread,
    /// Reading properties and listing threads.
    ReadThreads,
    /// Adding and removing participants.
    ChangeParticipants,
    /// Listing participants.
    ListParticipants,
    /// Sending, editing and deleting messages.
    WriteMessages,
    /// Reading single messages.
    GetMessage,
    /// Listing messages.
    ListMessages,
    /// Sending read receipts.
    SendReadReceipt,
    /// Listing read receipts.
    ListReadReceipts,
    /// Sending typing notifications.
    SendTypingNotification,
    /// Creating users, with or without a token.
    CreateUser,
    /// Deleting users.
    DeleteUser,
    /// Issuing tokens.
    IssueToken,
    /// Revoking tokens.
    RevokeTokens,
}

impl RateGroup {
    /// The group of an operation of the service, if it is counted at all.
    pub(super) fn of(operation: &str) -> Option<Self> {
        Some(match operation {
            "createChatThread" => Self::CreateThread,
            "deleteChatThread" => Self::DeleteThread,
            "updateChatThreadProperties" => Self::UpdateThread,
            "getChatThreadProperties" | "listChatThreads" => Self::ReadThreads,
            "addChatParticipants" | "removeChatParticipant" => Self::ChangeParticipants,
            "listChatParticipants" => Self::ListParticipants,
            "sendChatMessage" | "updateChatMessage" | "deleteChatMessage" => Self::WriteMessages,
            "getChatMessage" => Self::GetMessage,
            "listChatMessages" => Self::ListMessages,
            "sendChatReadReceipt" => Self::SendReadReceipt,
            "listChatReadReceipts" => Self::ListReadReceipts,
            "sendTypingNotification" => Self::SendTypingNotification,
            "createIdentity" => Self::CreateUser,
            "deleteIdentity" => Self::DeleteUser,
            "issueAccessToken" => Self::IssueToken,
            "revokeAccessTokens" => Self::RevokeTokens,
            _ => return None,
        })
    }
}

/// Whose requests are counted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RateScope {
    /// Those of all clients of a governor.
    Resource,
    /// Those of one client, which acts for one user.
    User,
    /// Those of all clients of a governor in one thread.
    Thread,
    /// Those of one client in one thread.
    UserAndThread,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Rule {
    pub(super) group: RateGroup,
    pub(super) scope: RateScope,
    pub(super) count: u32,
    pub(super) window: Duration,
}

/// How often what may be asked for: so many requests of a group, for whom, in what time.
///
/// ```
/// use std::time::Duration;
/// use chat::{RateGroup, RateLimits, RateScope};
///
/// // Half of what is documented for messages: another program writes to the same threads.
/// let limits = RateLimits::documented()
///     .without(RateGroup::WriteMessages)
///     .limit(RateGroup::WriteMessages, RateScope::Thread, 15, Duration::from_secs(60));
/// assert_ne!(limits, RateLimits::documented());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct RateLimits {
    pub(super) rules: Vec<Rule>,
}

impl RateLimits {
    /// No limits, to begin with.
    pub fn none() -> Self {
        Self { rules: Vec::new() }
    }

    /// The limits of the service's public documentation. They are advisory: a resource may have
    /// others.
    pub fn documented() -> Self {
        use RateGroup as G;
        use RateScope as S;
        const TEN_SECONDS: Duration = Duration::from_secs(10);
        const HALF_MINUTE: Duration = Duration::from_secs(30);
        const MINUTE: Duration = Duration::from_secs(60);
        Self::none()
            .limit(G::CreateThread, S::User, 10, TEN_SECONDS)
            .limit(G::DeleteThread, S::User, 10, TEN_SECONDS)
            .limit(G::UpdateThread, S::Thread, 5, TEN_SECONDS)
            .limit(G::ReadThreads, S::User, 50, TEN_SECONDS)
            .limit(G::ChangeParticipants, S::Thread, 10, TEN_SECONDS)
            .limit(G::ChangeParticipants, S::Thread, 30, MINUTE)
            .limit(G::ListParticipants, S::UserAndThread, 10, TEN_SECONDS)
            .limit(G::ListParticipants, S::Thread, 250, TEN_SECONDS)
            .limit(G::WriteMessages, S::Thread, 10, TEN_SECONDS)
            .limit(G::WriteMessages, S::Thread, 30, MINUTE)
            .limit(G::GetMessage, S::UserAndThread, 50, TEN_SECONDS)
            .limit(G::GetMessage, S::Thread, 250, TEN_SECONDS)
            .limit(G::ListMessages, S::UserAndThread, 50, TEN_SECONDS)
            .limit(G::ListMessages, S::UserAndThread, 200, MINUTE)
            .limit(G::ListMessages, S::Thread, 250, TEN_SECONDS)
            .limit(G::ListMessages, S::Thread, 400, MINUTE)
            .limit(G::SendReadReceipt, S::UserAndThread, 10, TEN_SECONDS)
            .limit(G::SendReadReceipt, S::UserAndThread, 30, MINUTE)
            .limit(G::ListReadReceipts, S::UserAndThread, 5, TEN_SECONDS)
            .limit(G::ListReadReceipts, S::Thread, 100, TEN_SECONDS)
            .limit(G::SendTypingNotification, S::UserAndThread, 5, TEN_SECONDS)
            .limit(G::SendTypingNotification, S::UserAndThread, 15, MINUTE)
            .limit(G::SendTypingNotification, S::Thread, 10, TEN_SECONDS)
            .limit(G::SendTypingNotification, S::Thread, 30, MINUTE)
            .limit(G::CreateUser, S::Resource, 1000, HALF_MINUTE)
            .limit(G::IssueToken, S::Resource, 1000, HALF_MINUTE)
            .limit(G::DeleteUser, S::Resource, 500, HALF_MINUTE)
            .limit(G::RevokeTokens, S::Resource, 500, HALF_MINUTE)
    }

    /// Adds a limit: no more than `count` requests of the group in any time as long as `window`.
    /// A count of 0 is taken for 1, and a window of more than a day for a day.
    pub fn limit(
        mut self,
        group: RateGroup,
        scope: RateScope,
        count: u32,
        window: Duration,
    ) -> Self {
        self.rules.push(Rule {
            group,
            scope,
            count: count.max(1),
            window: window.min(LONGEST_WINDOW),
        });
        self
    }

    /// Takes away all limits of a group.
    pub fn without(mut self, group: RateGroup) -> Self {
        self.rules.retain(|rule| rule.group != group);
        self
    }
}

impl Default for RateLimits {
    /// [`documented`](Self::documented).
    fn default() -> Self {
        Self::documented()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_but_the_exchange_of_tokens_is_limited() {
        let operations = chat_rest::chat::operations::ALL
            .iter()
            .chain(chat_rest::identity::operations::ALL);
        let limits = RateLimits::documented();
        for operation in operations {
            let group = RateGroup::of(operation.id);
            let limited = limits.rules.iter().any(|rule| Some(rule.group) == group);
            assert_eq!(
                limited,
                operation.id != "exchangeTeamsUserAccessToken",
                "{}",
                operation.id
            );
        }
    }
}
