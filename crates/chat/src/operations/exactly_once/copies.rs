//! The copies of a message, and which of them may be deleted.

use crate::models::{ChatMessage, ChatMessageId};

/// A copy that was found in a list, or whose id came with a response.
#[derive(Clone, Debug)]
pub(super) struct Copy {
    pub(super) id: ChatMessageId,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Seen in a list as it was sent.
    Untouched,
    Edited,
    Deleted,
    /// Not seen in a list.
    Unseen,
}

impl Copy {
    /// When it was stored, in milliseconds since 1970: this is what ids are.
    fn stored_at(&self) -> Option<u64> {
        self.id.as_str().parse().ok()
    }
}

impl From<&ChatMessage> for Copy {
    fn from(message: &ChatMessage) -> Self {
        let state = match (message.deleted_on(), message.edited_on()) {
            (Some(_), _) => State::Deleted,
            (None, Some(_)) => State::Edited,
            (None, None) => State::Untouched,
        };
        let id = message.id().clone();
        Self { id, state }
    }
}

/// All copies of a message that are known, at least one.
#[derive(Clone, Debug)]
pub(super) struct Copies {
    pub(super) oldest: Copy,
    /// The others, oldest first.
    pub(super) others: Vec<Copy>,
}

impl Copies {
    /// The copies that were found; `None` if there are none.
    pub(super) fn of(mut found: Vec<Copy>) -> Option<Self> {
        let copy = found.pop()?;
        Some(Self::sorted(copy, found))
    }

    /// A message that is stored, and what was found.
    pub(super) fn including(id: ChatMessageId, mut found: Vec<Copy>) -> Self {
        let copy = match found.iter().position(|copy| copy.id == id) {
            Some(index) => found.swap_remove(index),
            None => Copy {
                id,
                state: State::Unseen,
            },
        };
        Self::sorted(copy, found)
    }

    fn sorted(copy: Copy, mut others: Vec<Copy>) -> Self {
        others.push(copy);
        // What is no number comes first: nothing is provably younger than it.
        others.sort_by_key(Copy::stored_at);
        let oldest = others.remove(0);
        Self { oldest, others }
    }

    /// Whether one of the others may be deleted: it is provably younger than the oldest, which is
    /// not deleted itself, and it was not edited. Another caller that looks for the same message finds
    /// the same oldest copy, or an even older one, so that one copy always stays.
    pub(super) fn may_delete(&self, other: &Copy) -> bool {
        let oldest = self.oldest.stored_at();
        oldest.is_some()
            && other.stored_at() > oldest
            && other.state == State::Untouched
            && self.oldest.state != State::Deleted
    }
}

#[cfg(test)]
mod tests {
    use super::State::{Deleted, Edited, Unseen, Untouched};
    use super::*;

    fn copies<const N: usize>(copies: [(&str, State); N]) -> Copies {
        let copy = |(id, state): (&str, State)| Copy {
            id: id.into(),
            state,
        };
        Copies::of(copies.map(copy).into()).unwrap()
    }

    /// The oldest, and which of the others may be deleted.
    fn judged<const N: usize>(given: [(&str, State); N]) -> (String, Vec<String>) {
        let copies = copies(given);
        let deletable = copies.others.iter().filter(|copy| copies.may_delete(copy));
        let deletable = deletable.map(|copy| copy.id.to_string()).collect();
        (copies.oldest.id.to_string(), deletable)
    }

    #[test]
    fn the_lowest_number_is_the_oldest_wherever_it_stands() {
        for given in [
            [("10", Untouched), ("9", Untouched), ("100", Untouched)],
            [("9", Unseen), ("100", Untouched), ("10", Untouched)],
            [("100", Untouched), ("10", Untouched), ("9", Edited)],
        ] {
            let expected = ("9".to_owned(), vec!["10".to_owned(), "100".to_owned()]);
            assert_eq!(judged(given), expected);
        }
    }

    #[test]
    fn a_copy_that_was_touched_or_not_seen_is_not_deleted() {
        let given = [
            ("1", Untouched),
            ("2", Edited),
            ("3", Deleted),
            ("4", Unseen),
            ("5", Untouched),
        ];
        assert_eq!(judged(given), ("1".to_owned(), vec!["5".to_owned()]));
    }

    #[test]
    fn nothing_is_deleted_that_is_not_provably_younger_than_what_stays() {
        let none = Vec::<String>::new();
        for given in [
            [("x", Untouched), ("1", Untouched)],
            [("1", Untouched), ("x", Untouched)],
            [("x", Untouched), ("y", Untouched)],
            [("1", Untouched), ("1", Untouched)],
            [("1", Deleted), ("2", Untouched)],
        ] {
            assert_eq!(judged(given).1, none, "{given:?}");
        }
    }

    #[test]
    fn a_message_that_is_stored_is_a_copy_whether_it_is_found_or_not() {
        let found = copies([("1", Untouched), ("2", Untouched)]);
        let found = [vec![found.oldest], found.others].concat();
        for (id, oldest, deletable) in [("1", "1", 1), ("2", "1", 1), ("3", "1", 1), ("0", "0", 2)]
        {
            let copies = Copies::including(id.into(), found.clone());
            assert_eq!(copies.oldest.id.as_str(), oldest, "{id}");
            let others = copies.others.iter();
            let deletable_others = others.filter(|copy| copies.may_delete(copy));
            assert_eq!(deletable_others.count(), deletable, "{id}");
        }
    }

    #[test]
    fn where_nothing_is_found_there_are_no_copies() {
        assert!(Copies::of(Vec::new()).is_none());
    }
}
