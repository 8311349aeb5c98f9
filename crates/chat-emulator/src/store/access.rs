//! Who calls, and what the scopes of the token allow.

use crate::store::identifier::RawId;
use crate::store::timestamp::Timestamp;

use super::refusal::Refusal;

/// What a token may be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    Chat,
    ChatJoin,
    ChatJoinLimited,
    Voip,
    VoipJoin,
}

impl Scope {
    const ALL: [Self; 5] = [
        Self::Chat,
        Self::ChatJoin,
        Self::ChatJoinLimited,
        Self::Voip,
        Self::VoipJoin,
    ];

    pub(crate) fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == text)
    }

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::ChatJoin => "chat.join",
            Self::ChatJoinLimited => "chat.join.limited",
            Self::Voip => "voip",
            Self::VoipJoin => "voip.join",
        }
    }
}

/// A token before it is signed, and after its signature was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Grant {
    pub(crate) user: RawId,
    pub(crate) scopes: Vec<Scope>,
    /// Counts the tokens of the user: revoking draws a line below the next one.
    pub(crate) serial: u64,
    pub(crate) issued: Timestamp,
    pub(crate) expires: Timestamp,
}

/// A user whose token has been found good.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub(crate) user: RawId,
    scopes: Vec<Scope>,
    /// Lists do not show the caller what came after this.
    pub(super) lists_until: Timestamp,
}

/// What an operation needs of a token.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Permission {
    /// To create, change and delete threads.
    Manage,
    /// To add and remove participants.
    Invite,
    /// To read and write in threads one has been added to.
    TakePart,
}

impl Caller {
    pub(super) fn new(grant: &Grant) -> Self {
        Self::with_scopes(grant.user.clone(), grant.scopes.clone())
    }

    pub(super) fn with_scopes(user: RawId, scopes: Vec<Scope>) -> Self {
        Self {
            user,
            scopes,
            lists_until: Timestamp::MAX,
        }
    }

    /// Lets the caller's lists lag behind.
    pub(crate) fn with_lists_until(mut self, until: Timestamp) -> Self {
        self.lists_until = until;
        self
    }

    /// Refuses a token that is not for chat at all.
    pub(crate) fn require_taking_part(&self) -> Result<(), Refusal> {
        self.require(Permission::TakePart)
    }

    /// Refuses what the scopes do not allow.
    pub(super) fn require(&self, permission: Permission) -> Result<(), Refusal> {
        let (enough, names): (&[Scope], _) = match permission {
            Permission::Manage => (&[Scope::Chat], "chat"),
            Permission::Invite => (&[Scope::Chat, Scope::ChatJoin], "chat or chat.join"),
            Permission::TakePart => (
                &[Scope::Chat, Scope::ChatJoin, Scope::ChatJoinLimited],
                "chat, chat.join or chat.join.limited",
            ),
        };
        if self.scopes.iter().any(|scope| enough.contains(scope)) {
            Ok(())
        } else {
            Err(Refusal::ScopeTooSmall(names))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(scopes: &[Scope]) -> Caller {
        let user = RawId::communication_user(uuid::Uuid::nil(), uuid::Uuid::nil());
        Caller {
            user,
            scopes: scopes.to_vec(),
            lists_until: Timestamp::MAX,
        }
    }

    #[test]
    fn scopes_allow_what_the_documentation_says() {
        for (scope, manage, invite, take_part) in [
            (Scope::Chat, true, true, true),
            (Scope::ChatJoin, false, true, true),
            (Scope::ChatJoinLimited, false, false, true),
            (Scope::Voip, false, false, false),
            (Scope::VoipJoin, false, false, false),
        ] {
            let caller = caller(&[scope]);
            assert_eq!(
                caller.require(Permission::Manage).is_ok(),
                manage,
                "{scope:?}"
            );
            assert_eq!(
                caller.require(Permission::Invite).is_ok(),
                invite,
                "{scope:?}"
            );
            assert_eq!(
                caller.require(Permission::TakePart).is_ok(),
                take_part,
                "{scope:?}"
            );
        }
        assert!(caller(&[]).require(Permission::TakePart).is_err());
        assert!(
            caller(&[Scope::Voip, Scope::Chat])
                .require(Permission::Manage)
                .is_ok()
        );
    }
}
