//! Recordings that the newest version of the service would answer in another way.

use super::{Exchange, Session};

/// A session, or [`EACH`]; an operation in it, and what is different since which version.
type Entry = (&'static str, &'static str, &'static str);

/// Stands for every session.
const EACH: &str = "*";

/// They are not held against anything, but their requests are still made. All that was recorded still
/// fits.
const NO_LONGER_FIT: &[Entry] = &[];

/// Why a recorded exchange is not held against anything, if it is not.
pub fn no_longer_fits(session: &Session, exchange: &Exchange) -> Option<&'static str> {
    find(NO_LONGER_FIT, &session.name, &exchange.operation)
}

/// The entries that name nothing that was recorded.
pub fn stale(sessions: &[Session]) -> Vec<String> {
    let is_recorded = |(name, operation, _): &&Entry| {
        let is_meant = |session: &&Session| *name == EACH || session.name == *name;
        let mut sessions = sessions.iter().filter(is_meant);
        sessions.any(|session| {
            let mut exchanges = session.exchanges.iter();
            exchanges.any(|exchange| exchange.operation == *operation)
        })
    };
    let stale = NO_LONGER_FIT.iter().filter(|entry| !is_recorded(entry));
    stale
        .map(|(name, operation, _)| format!("{name} {operation}"))
        .collect()
}

fn find(entries: &[Entry], name: &str, operation: &str) -> Option<&'static str> {
    let mut entries = entries.iter();
    let found = entries.find(|entry| [name, EACH].contains(&entry.0) && entry.1 == operation)?;
    Some(found.2)
}

#[test]
fn an_entry_is_of_one_operation_of_one_session_or_of_each() {
    let entries = [
        ("js", "listChatThreads", "ids are numbers since 2030-01-01"),
        (
            EACH,
            "getChatMessage",
            "there is no such thing since 2030-01-01",
        ),
    ];
    assert_eq!(find(&entries, "js", "listChatThreads"), Some(entries[0].2));
    assert_eq!(find(&entries, "js", "createChatThread"), None);
    assert_eq!(find(&entries, "ios", "listChatThreads"), None);
    assert_eq!(find(&entries, "ios", "getChatMessage"), Some(entries[1].2));
}
