//! The limits, as the service's documentation names them.

use crate::api::operation::{
    ChatOperation as C, IdentityOperation as I,
    Operation::{self, Chat, Identity},
};

/// Whose requests are counted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    Resource,
    User,
    Thread,
    UserInThread,
}

/// So many requests of some operations in one window.
#[derive(Debug)]
pub(super) struct Rule {
    pub(super) operations: &'static [Operation],
    pub(super) scope: Scope,
    pub(super) seconds: u64,
    pub(super) requests: u32,
}

const fn rule(operations: &'static [Operation], scope: Scope, seconds: u64, requests: u32) -> Rule {
    Rule {
        operations,
        scope,
        seconds,
        requests,
    }
}

const CREATE_THREAD: &[Operation] = &[Chat(C::CreateChatThread)];
const ADD_PARTICIPANTS: &[Operation] = &[Chat(C::AddChatParticipants)];
const EXCHANGE_TOKEN: &[Operation] = &[Identity(I::ExchangeTeamsUserAccessToken)];
const READ_THREADS: &[Operation] = &[Chat(C::GetChatThreadProperties), Chat(C::ListChatThreads)];
const CHANGE_PARTICIPANTS: &[Operation] =
    &[Chat(C::AddChatParticipants), Chat(C::RemoveChatParticipant)];
const WRITE_MESSAGES: &[Operation] = &[
    Chat(C::SendChatMessage),
    Chat(C::UpdateChatMessage),
    Chat(C::DeleteChatMessage),
];
const LIST_PARTICIPANTS: &[Operation] = &[Chat(C::ListChatParticipants)];
const GET_MESSAGE: &[Operation] = &[Chat(C::GetChatMessage)];
const LIST_MESSAGES: &[Operation] = &[Chat(C::ListChatMessages)];
const SEND_RECEIPT: &[Operation] = &[Chat(C::SendChatReadReceipt)];
const LIST_RECEIPTS: &[Operation] = &[Chat(C::ListChatReadReceipts)];
const TYPING: &[Operation] = &[Chat(C::SendTypingNotification)];

/// The documented table. Creating a user with a token is the same operation as creating one without.
pub(super) const RULES: &[Rule] = &[
    rule(CREATE_THREAD, Scope::User, 10, 10),
    rule(CREATE_THREAD, Scope::Resource, 60, 3000),
    rule(&[Chat(C::DeleteChatThread)], Scope::User, 10, 10),
    rule(&[Chat(C::UpdateChatThreadProperties)], Scope::Thread, 10, 5),
    rule(READ_THREADS, Scope::User, 10, 50),
    rule(CHANGE_PARTICIPANTS, Scope::Thread, 10, 10),
    rule(CHANGE_PARTICIPANTS, Scope::Thread, 60, 30),
    rule(ADD_PARTICIPANTS, Scope::Resource, 60, 3000),
    rule(LIST_PARTICIPANTS, Scope::UserInThread, 10, 10),
    rule(LIST_PARTICIPANTS, Scope::Thread, 10, 250),
    rule(WRITE_MESSAGES, Scope::Thread, 10, 10),
    rule(WRITE_MESSAGES, Scope::Thread, 60, 30),
    rule(GET_MESSAGE, Scope::UserInThread, 10, 50),
    rule(GET_MESSAGE, Scope::Thread, 10, 250),
    rule(LIST_MESSAGES, Scope::UserInThread, 10, 50),
    rule(LIST_MESSAGES, Scope::Thread, 10, 250),
    rule(LIST_MESSAGES, Scope::UserInThread, 60, 200),
    rule(LIST_MESSAGES, Scope::Thread, 60, 400),
    rule(SEND_RECEIPT, Scope::UserInThread, 10, 10),
    rule(SEND_RECEIPT, Scope::UserInThread, 60, 30),
    rule(LIST_RECEIPTS, Scope::UserInThread, 10, 5),
    rule(LIST_RECEIPTS, Scope::Thread, 10, 100),
    rule(TYPING, Scope::UserInThread, 10, 5),
    rule(TYPING, Scope::Thread, 10, 10),
    rule(TYPING, Scope::UserInThread, 60, 15),
    rule(TYPING, Scope::Thread, 60, 30),
    rule(&[Identity(I::Create)], Scope::Resource, 30, 1000),
    rule(&[Identity(I::IssueAccessToken)], Scope::Resource, 30, 1000),
    rule(&[Identity(I::Delete)], Scope::Resource, 30, 500),
    rule(&[Identity(I::RevokeAccessTokens)], Scope::Resource, 30, 500),
    rule(EXCHANGE_TOKEN, Scope::Resource, 30, 500),
];

/// Whether no limit is documented for an operation. It is counted by no rule: what is not known is not
/// made up.
#[cfg(test)]
pub(super) fn is_unknown(operation: Operation) -> bool {
    matches!(
        operation,
        Chat(C::GetChatImage) | Operation::Notification(_)
    )
}
