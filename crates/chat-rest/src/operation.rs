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
    /// The statuses of success. An answer with another one arrives as
    /// [`Error::UnexpectedResponse`](crate::Error::UnexpectedResponse).
    pub success: &'static [u16],
}

impl Operation {
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
    fn the_tables_hold_all_operations() {
        assert_eq!(chat::operations::ALL.len(), 16);
        assert_eq!(identity::operations::ALL.len(), 5);
    }
}
