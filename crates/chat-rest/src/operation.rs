//! What the tables of operations hold.

use reqwest::Method;

/// An operation of the service, as its document describes it.
///
/// The operations themselves are statics: [`chat::operations`](crate::chat::operations) and
/// [`identity::operations`](crate::identity::operations).
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Operation {
    /// The operation's id in the document, such as `createChatThread`.
    pub id: &'static str,
    /// The name of the client's function for it, such as `create_chat_thread`.
    pub function: &'static str,
    /// The HTTP method.
    pub method: Method,
    /// The template of the path, with the names of ids in braces.
    pub path: &'static str,
    /// The media type of the request's body, if it has one.
    pub media_type: Option<&'static str>,
    /// The value of the request's `accept` header: the media types of its answers.
    pub accept: &'static str,
    /// The statuses of success. An answer with another one arrives as
    /// [`Error::UnexpectedResponse`](crate::Error::UnexpectedResponse).
    pub success: &'static [u16],
    /// Whether a request that may have been carried out may be made again.
    pub repeat: Repeat,
    /// Why that is so, as part of a sentence: "because it changes nothing".
    pub repeat_because: &'static str,
    /// The name of the operations whose requests the service counts together for its rate limits.
    pub rate_group: &'static str,
    /// Whether a late request is worth nothing: it is not made to wait, and not made again.
    pub no_wait: bool,
}

/// Whether an operation may be carried out twice without doing harm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeat {
    /// The second time leaves things as the first did.
    Safe,
    /// The second time does something more.
    Unsafe,
}

impl Operation {
    /// Whether the body of an answer of success is JSON.
    pub(crate) fn answers_json(&self) -> bool {
        self.accept == "application/json"
    }

    /// The operation of a table whose function has that name.
    pub(crate) fn of_function(table: &[&'static Self], function: &str) -> Option<&'static Self> {
        let found = table
            .iter()
            .find(|operation| operation.function == function);
        found.copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{chat, identity};

    #[test]
    fn an_operation_is_found_by_the_name_of_its_function() {
        for table in [chat::operations::ALL, identity::operations::ALL] {
            for operation in table {
                assert_eq!(
                    Operation::of_function(table, operation.function),
                    Some(*operation)
                );
            }
        }
        assert_eq!(Operation::of_function(chat::operations::ALL, "fly"), None);
    }

    #[test]
    fn sending_and_typing_are_what_must_not_be_repeated_and_typing_does_not_wait() {
        let ids = |holds: fn(&Operation) -> bool| -> Vec<_> {
            let all = chat::operations::ALL
                .iter()
                .chain(identity::operations::ALL);
            let found = all.filter(|operation| holds(operation));
            found.map(|operation| operation.id).collect()
        };
        let meant =
            "by `x-repeat` and `x-no-wait` of the documents; if that is meant, it belongs here";
        assert_eq!(
            ids(|operation| operation.repeat == Repeat::Unsafe),
            ["sendChatMessage", "sendTypingNotification"],
            "{meant}"
        );
        assert_eq!(
            ids(|operation| operation.no_wait),
            ["sendTypingNotification"],
            "{meant}"
        );
    }
}
