//! What of a list is given to the caller, where that is not all of it.

use super::page::RawPage;

/// What becomes of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is given.
    Give,
    /// It is given, and the list ends after it.
    GiveLast,
    /// It is left out.
    Leave,
    /// It is left out, and the list ends before it.
    End,
}

/// Judges the items of a list in turn.
pub(crate) type Sieve<T> = Box<dyn FnMut(&T) -> Verdict + Send + Sync>;

/// A page, less what is left out.
pub(super) struct Sifted<T> {
    pub(super) page: RawPage<T>,
    /// How many items come before each unreadable one.
    pub(super) items_before: Vec<usize>,
    /// Whether the list ends with this page.
    pub(super) ends: bool,
}

/// Items that can't be read can't be judged: those before the end are kept.
pub(super) fn sift<T>(mut page: RawPage<T>, sieve: Option<&mut Sieve<T>>) -> Sifted<T> {
    let unreadable = page.unreadable.iter().enumerate();
    let mut items_before: Vec<_> = unreadable
        .map(|(index, item)| item.position.saturating_sub(index))
        .collect();
    let Some(sieve) = sieve else {
        let ends = false;
        return Sifted {
            page,
            items_before,
            ends,
        };
    };
    let (mut judged, mut given) = (0, 0);
    let (mut placed, mut ends) = (0, false);
    page.items.retain(|item| {
        if ends {
            return false;
        }
        while items_before.get(placed).is_some_and(|&at| at <= judged) {
            items_before[placed] = given;
            placed += 1;
        }
        let verdict = sieve(item);
        judged += 1;
        ends = matches!(verdict, Verdict::GiveLast | Verdict::End);
        let is_given = matches!(verdict, Verdict::Give | Verdict::GiveLast);
        given += usize::from(is_given);
        is_given
    });
    if ends {
        page.unreadable.truncate(placed);
        items_before.truncate(placed);
    } else {
        items_before[placed..].fill(given);
    }
    Sifted {
        page,
        items_before,
        ends,
    }
}
