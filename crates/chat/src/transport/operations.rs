//! What may be repeated.

use chat_rest::Operation;

/// Whether an operation may be carried out twice without doing harm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Repeat {
    /// The second time leaves things as the first did.
    Safe,
    /// The second time does something more.
    Unsafe,
}

/// Each operation, and why it may be repeated or not.
const TABLE: [(&str, Repeat, &str); 21] = [
    (
        "createChatThread",
        Repeat::Safe,
        "the service knows the token again",
    ),
    ("listChatThreads", Repeat::Safe, "it changes nothing"),
    (
        "deleteChatThread",
        Repeat::Safe,
        "the end state is the same",
    ),
    (
        "getChatThreadProperties",
        Repeat::Safe,
        "it changes nothing",
    ),
    (
        "updateChatThreadProperties",
        Repeat::Safe,
        "the same values again",
    ),
    ("listChatMessages", Repeat::Safe, "it changes nothing"),
    (
        "sendChatMessage",
        Repeat::Unsafe,
        "each call stores another message",
    ),
    ("getChatMessage", Repeat::Safe, "it changes nothing"),
    ("updateChatMessage", Repeat::Safe, "the same values again"),
    (
        "deleteChatMessage",
        Repeat::Safe,
        "the end state is the same",
    ),
    ("listChatParticipants", Repeat::Safe, "it changes nothing"),
    (
        "addChatParticipants",
        Repeat::Safe,
        "who is there is left as they are",
    ),
    (
        "removeChatParticipant",
        Repeat::Safe,
        "the end state is the same",
    ),
    ("listChatReadReceipts", Repeat::Safe, "it changes nothing"),
    ("sendChatReadReceipt", Repeat::Safe, "the latest wins"),
    ("sendTypingNotification", Repeat::Safe, "the latest wins"),
    (
        "createIdentity",
        Repeat::Safe,
        "at worst an unused identity stays behind",
    ),
    ("deleteIdentity", Repeat::Safe, "the end state is the same"),
    ("issueAccessToken", Repeat::Safe, "each token stands alone"),
    (
        "revokeAccessTokens",
        Repeat::Safe,
        "the end state is the same",
    ),
    (
        "exchangeTeamsUserAccessToken",
        Repeat::Safe,
        "each token stands alone",
    ),
];

pub(super) fn repeat(operation: &Operation) -> Repeat {
    TABLE
        .iter()
        .find(|(id, ..)| *id == operation.id)
        .map_or(Repeat::Unsafe, |(_, repeat, _)| *repeat)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_operation_of_the_documents_is_in_the_table_and_no_other() {
        let generated = chat_rest::chat::operations::ALL
            .iter()
            .chain(chat_rest::identity::operations::ALL)
            .map(|operation| operation.id)
            .collect::<BTreeSet<_>>();
        let table = TABLE.iter().map(|(id, ..)| *id).collect::<BTreeSet<_>>();
        assert_eq!(table, generated);
    }

    #[test]
    fn sending_a_message_is_what_must_not_be_repeated() {
        let unsafe_ones: Vec<_> = TABLE
            .iter()
            .filter(|(_, repeat, _)| *repeat == Repeat::Unsafe)
            .collect();
        assert_eq!(unsafe_ones.len(), 1);
        assert_eq!(
            repeat(&chat_rest::chat::operations::SEND_CHAT_MESSAGE),
            Repeat::Unsafe
        );
    }
}
