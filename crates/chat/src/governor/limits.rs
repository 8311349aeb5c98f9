//! The limits: how many requests of what kind, for whom, in what time.

use std::time::Duration;

/// No limit of the service is counted over more time, and times can be added up within it.
const LONGEST_WINDOW: Duration = Duration::from_secs(24 * 60 * 60);

/// Timers are no more exact than this.
const SHORTEST_WINDOW: Duration = Duration::from_millis(1);

/// Operations whose requests the service counts together.
///
/// ```
/// use std::time::Duration;
/// use chat::governor::{RateGroup, RateLimits, RateScope};
///
/// let ten_seconds = Duration::from_secs(10);
/// let one = RateLimits::none()
///     .limit(RateGroup::WriteMessages, RateScope::Thread, 10, ten_seconds);
/// let two = one.clone()
///     .limit(RateGroup::ListMessages, RateScope::UserAndThread, 50, ten_seconds);
/// assert_eq!(two.without(RateGroup::ListMessages), one);
/// ```
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
    /// Downloading attachments, for which no limit is documented.
    DownloadAttachment,
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
    /// Exchanging tokens of Teams users.
    ExchangeToken,
}

impl RateGroup {
    /// The group with the name that the documents of the service's interface give it.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "createThread" => Self::CreateThread,
            "deleteThread" => Self::DeleteThread,
            "updateThread" => Self::UpdateThread,
            "readThreads" => Self::ReadThreads,
            "changeParticipants" => Self::ChangeParticipants,
            "listParticipants" => Self::ListParticipants,
            "writeMessages" => Self::WriteMessages,
            "getMessage" => Self::GetMessage,
            "listMessages" => Self::ListMessages,
            "sendReadReceipt" => Self::SendReadReceipt,
            "listReadReceipts" => Self::ListReadReceipts,
            "downloadAttachment" => Self::DownloadAttachment,
            "sendTypingNotification" => Self::SendTypingNotification,
            "createUser" => Self::CreateUser,
            "deleteUser" => Self::DeleteUser,
            "issueToken" => Self::IssueToken,
            "revokeTokens" => Self::RevokeTokens,
            "exchangeToken" => Self::ExchangeToken,
            _ => return None,
        })
    }
}

/// Whose requests are counted together.
///
/// ```
/// use std::time::Duration;
/// use chat::governor::{RateGroup, RateLimits, RateScope};
///
/// // 10 threads for each user, and 100 for all users together.
/// let minute = Duration::from_secs(60);
/// let limits = RateLimits::none()
///     .limit(RateGroup::CreateThread, RateScope::User, 10, minute)
///     .limit(RateGroup::CreateThread, RateScope::Resource, 100, minute);
/// assert_ne!(limits, RateLimits::none());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RateScope {
    /// Those of all clients of a governor.
    Resource,
    /// Those of one user.
    User,
    /// Those of all clients of a governor in one thread.
    Thread,
    /// Those of one user in one thread.
    UserAndThread,
}

impl RateScope {
    pub(super) fn by_user(self) -> bool {
        matches!(self, Self::User | Self::UserAndThread)
    }

    pub(super) fn by_thread(self) -> bool {
        matches!(self, Self::Thread | Self::UserAndThread)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Rule {
    pub(super) group: RateGroup,
    pub(super) scope: RateScope,
    pub(super) count: u32,
    pub(super) window: Duration,
}

const TEN_SECONDS: Duration = Duration::from_secs(10);
const HALF_MINUTE: Duration = Duration::from_secs(30);
const MINUTE: Duration = Duration::from_secs(60);

/// What the page of [`RateLimits::documented`] says, and where on the page.
const DOCUMENTED: &[(RateGroup, RateScope, u32, Duration)] = {
    use RateGroup as G;
    use RateScope as S;
    &[
        // Chat, rate limits per 10 seconds and per minute. The counts by resource are in copies of
        // the page since the middle of 2025.
        (G::CreateThread, S::User, 10, TEN_SECONDS),
        (G::CreateThread, S::Resource, 3000, MINUTE),
        (G::DeleteThread, S::User, 10, TEN_SECONDS),
        (G::UpdateThread, S::Thread, 5, TEN_SECONDS),
        (G::ReadThreads, S::User, 50, TEN_SECONDS),
        (G::ChangeParticipants, S::Thread, 10, TEN_SECONDS),
        (G::ChangeParticipants, S::Thread, 30, MINUTE),
        // For adding alone; removals are counted with it, which is on the safe side.
        (G::ChangeParticipants, S::Resource, 3000, MINUTE),
        (G::ListParticipants, S::UserAndThread, 10, TEN_SECONDS),
        (G::ListParticipants, S::Thread, 250, TEN_SECONDS),
        (G::WriteMessages, S::Thread, 10, TEN_SECONDS),
        (G::WriteMessages, S::Thread, 30, MINUTE),
        (G::GetMessage, S::UserAndThread, 50, TEN_SECONDS),
        (G::GetMessage, S::Thread, 250, TEN_SECONDS),
        (G::ListMessages, S::UserAndThread, 50, TEN_SECONDS),
        (G::ListMessages, S::UserAndThread, 200, MINUTE),
        (G::ListMessages, S::Thread, 250, TEN_SECONDS),
        (G::ListMessages, S::Thread, 400, MINUTE),
        (G::SendReadReceipt, S::UserAndThread, 10, TEN_SECONDS),
        (G::SendReadReceipt, S::UserAndThread, 30, MINUTE),
        (G::ListReadReceipts, S::UserAndThread, 5, TEN_SECONDS),
        (G::ListReadReceipts, S::Thread, 100, TEN_SECONDS),
        (G::SendTypingNotification, S::UserAndThread, 5, TEN_SECONDS),
        (G::SendTypingNotification, S::UserAndThread, 15, MINUTE),
        (G::SendTypingNotification, S::Thread, 10, TEN_SECONDS),
        (G::SendTypingNotification, S::Thread, 30, MINUTE),
        // Identity, rate limits per 30 seconds. A user made with a token counts as a user made.
        (G::CreateUser, S::Resource, 1000, HALF_MINUTE),
        (G::DeleteUser, S::Resource, 500, HALF_MINUTE),
        (G::IssueToken, S::Resource, 1000, HALF_MINUTE),
        (G::RevokeTokens, S::Resource, 500, HALF_MINUTE),
        (G::ExchangeToken, S::Resource, 500, HALF_MINUTE),
    ]
};

/// The groups for which the page says nothing. They are not limited: what is not known is not made
/// up.
#[cfg(test)]
const UNKNOWN: &[RateGroup] = &[RateGroup::DownloadAttachment];

/// How many requests of a group may be made, for whom, in what time.
///
/// ```
/// use std::time::Duration;
/// use chat::governor::{RateGroup, RateLimits, RateScope};
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

    /// The limits of the service's documentation:
    /// <https://learn.microsoft.com/azure/communication-services/concepts/service-limits>, as it
    /// stood in November 2026. They are advisory: a resource may have others.
    pub fn documented() -> Self {
        let limits = DOCUMENTED.iter();
        limits.fold(Self::none(), |limits, &(group, scope, count, window)| {
            limits.limit(group, scope, count, window)
        })
    }

    /// Adds a limit: no more than `count` requests of the group in any time as long as `window`.
    /// A limit by thread does not apply to requests that are about no thread. A count of 0 is
    /// taken for 1, a window of less than a millisecond for a millisecond, and one of more than a
    /// day for a day.
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
            window: window.clamp(SHORTEST_WINDOW, LONGEST_WINDOW),
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
    fn every_operation_has_a_documented_limit_or_is_named_as_one_without() {
        let operations = chat_rest::chat::operations::ALL
            .iter()
            .chain(chat_rest::identity::operations::ALL)
            .copied()
            .chain([&chat_rest::DOWNLOAD_ATTACHMENT]);
        for operation in operations {
            let group = RateGroup::named(operation.rate_group);
            let group = group.unwrap_or_else(|| {
                panic!(
                    "{}: no `RateGroup` is named `{}`: add it in {}, with its documented limits, or \
                     to UNKNOWN where none are",
                    operation.id,
                    operation.rate_group,
                    file!()
                )
            });
            let is_limited = DOCUMENTED.iter().any(|(limited, ..)| *limited == group);
            let is_unknown = UNKNOWN.contains(&group);
            assert!(
                is_limited != is_unknown,
                "{}: a documented limit, or a place in UNKNOWN",
                operation.id
            );
        }
    }

    #[test]
    fn the_documented_limits_are_these() {
        let limits = RateLimits::documented();
        let limits: Vec<_> = limits
            .rules
            .iter()
            .map(|rule| {
                let (group, scope) = (rule.group, rule.scope);
                format!("{group:?}/{scope:?}: {} in {:?}", rule.count, rule.window)
            })
            .collect();
        let expected = [
            "CreateThread/User: 10 in 10s",
            "CreateThread/Resource: 3000 in 60s",
            "DeleteThread/User: 10 in 10s",
            "UpdateThread/Thread: 5 in 10s",
            "ReadThreads/User: 50 in 10s",
            "ChangeParticipants/Thread: 10 in 10s",
            "ChangeParticipants/Thread: 30 in 60s",
            "ChangeParticipants/Resource: 3000 in 60s",
            "ListParticipants/UserAndThread: 10 in 10s",
            "ListParticipants/Thread: 250 in 10s",
            "WriteMessages/Thread: 10 in 10s",
            "WriteMessages/Thread: 30 in 60s",
            "GetMessage/UserAndThread: 50 in 10s",
            "GetMessage/Thread: 250 in 10s",
            "ListMessages/UserAndThread: 50 in 10s",
            "ListMessages/UserAndThread: 200 in 60s",
            "ListMessages/Thread: 250 in 10s",
            "ListMessages/Thread: 400 in 60s",
            "SendReadReceipt/UserAndThread: 10 in 10s",
            "SendReadReceipt/UserAndThread: 30 in 60s",
            "ListReadReceipts/UserAndThread: 5 in 10s",
            "ListReadReceipts/Thread: 100 in 10s",
            "SendTypingNotification/UserAndThread: 5 in 10s",
            "SendTypingNotification/UserAndThread: 15 in 60s",
            "SendTypingNotification/Thread: 10 in 10s",
            "SendTypingNotification/Thread: 30 in 60s",
            "CreateUser/Resource: 1000 in 30s",
            "DeleteUser/Resource: 500 in 30s",
            "IssueToken/Resource: 1000 in 30s",
            "RevokeTokens/Resource: 500 in 30s",
            "ExchangeToken/Resource: 500 in 30s",
        ];
        assert_eq!(limits, expected);
    }

    #[test]
    fn limits_that_could_not_be_kept_are_taken_for_the_nearest_that_can() {
        let limit = |count, window| {
            let limits = RateLimits::none();
            let limits = limits.limit(RateGroup::GetMessage, RateScope::User, count, window);
            (limits.rules[0].count, limits.rules[0].window)
        };
        assert_eq!(limit(0, Duration::ZERO), (1, Duration::from_millis(1)));
        assert_eq!(limit(7, MINUTE), (7, MINUTE));
        assert_eq!(limit(7, Duration::MAX), (7, Duration::from_secs(86_400)));
    }

    #[test]
    fn a_group_is_without_limits_when_they_are_taken_away_and_the_others_keep_theirs() {
        let limits = RateLimits::default().without(RateGroup::WriteMessages);
        assert_eq!(limits.rules.len(), DOCUMENTED.len() - 2);
        let left = |group| limits.rules.iter().any(|rule| rule.group == group);
        assert!(!left(RateGroup::WriteMessages) && left(RateGroup::GetMessage));
    }
}
