//! Recordings that the newest version of the service would answer in another way.

use super::{Exchange, Session};

/// Who does not hold to a recording any more. The client speaks the newest version alone; the emulator goes on
/// speaking the one that was recorded, so that its answers differ only where it was wrong before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// What the client asks for, beside what was recorded, and what it makes of the answer.
    Client,
    /// What the emulator answers to a recorded request.
    Emulator,
}

/// Who; a session, or [`EACH`]; an operation in it, and what is different since which version.
type Entry = (Side, &'static str, &'static str, &'static str);

/// Stands for every session.
const EACH: &str = "*";

/// They are not held against anything, but their requests are still made. All that was recorded still
/// fits.
const NO_LONGER_FIT: &[Entry] = &[];

/// Why a recorded exchange is not held against a side, if it is not.
pub fn no_longer_fits(side: Side, session: &Session, exchange: &Exchange) -> Option<&'static str> {
    find(NO_LONGER_FIT, side, &session.name, &exchange.operation)
}

/// The entries that name nothing that was recorded.
pub fn stale(sessions: &[Session]) -> Vec<String> {
    let is_recorded = |(_, name, operation, _): &&Entry| {
        let is_meant = |session: &&Session| *name == EACH || session.name == *name;
        let mut sessions = sessions.iter().filter(is_meant);
        sessions.any(|session| {
            let mut exchanges = session.exchanges.iter();
            exchanges.any(|exchange| exchange.operation == *operation)
        })
    };
    let stale = NO_LONGER_FIT.iter().filter(|entry| !is_recorded(entry));
    stale
        .map(|(_, name, operation, _)| format!("{name} {operation}"))
        .collect()
}

fn find(entries: &[Entry], side: Side, name: &str, operation: &str) -> Option<&'static str> {
    let mut entries = entries.iter();
    let found = entries
        .find(|entry| entry.0 == side && [name, EACH].contains(&entry.1) && entry.2 == operation)?;
    Some(found.3)
}

#[test]
fn an_entry_is_of_one_side_and_of_one_operation_of_one_session_or_of_each() {
    use Side::{Client, Emulator};

    let entries = [
        (
            Client,
            "js",
            "listChatThreads",
            "ids are numbers since 2030-01-01",
        ),
        (
            Client,
            EACH,
            "getChatMessage",
            "there is no such thing since 2030-01-01",
        ),
    ];
    let ids = Some(entries[0].3);
    assert_eq!(find(&entries, Client, "js", "listChatThreads"), ids);
    assert_eq!(find(&entries, Emulator, "js", "listChatThreads"), None);
    assert_eq!(find(&entries, Client, "js", "createChatThread"), None);
    assert_eq!(find(&entries, Client, "ios", "listChatThreads"), None);
    let gone = Some(entries[1].3);
    assert_eq!(find(&entries, Client, "ios", "getChatMessage"), gone);
}
