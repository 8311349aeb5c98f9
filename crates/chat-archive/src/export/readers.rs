//! With whose tokens a thread is read, and the lists of messages that are read with them.

use std::path::Path;

use chat::{Error, ErrorKind};
use time::OffsetDateTime;

use super::pages::{PageLog, Place};
use super::stop::Stop;
use crate::format::Covered;
use crate::progress::Progress;
use crate::source::{ListedParticipant, ThreadAccess};

/// How often is looked for what has changed since the look before. A thread that is busier than that goes on
/// with the next export.
const LOOKS: usize = 10;

/// Those with whose tokens all of a thread is read.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Readers {
    /// Their raw ids.
    pub(super) users: Vec<String>,
    /// Whether they see all of it.
    pub(super) is_whole: bool,
}

impl Readers {
    /// One participant who sees the whole history, if there is one. Otherwise the one who sees most of it, and
    /// with it those who take part no more, of whom nobody says what they see. `available` says who can have a
    /// token; those who found the thread in their lists come first.
    pub(super) fn of(
        participants: &[ListedParticipant],
        created_on: Option<OffsetDateTime>,
        candidates: &[String],
        available: impl Fn(&str) -> bool,
    ) -> Self {
        let found = |who: &&ListedParticipant| candidates.contains(&who.id);
        let can_read = |who: &&ListedParticipant| found(who) || available(&who.id);
        let start = |who: &&ListedParticipant| {
            who.history_start
                .filter(|start| created_on.is_none_or(|created| *start > created))
        };
        let mut readers: Vec<_> = participants.iter().filter(can_read).collect();
        readers.sort_by_key(|who| (start(who), !found(who)));
        let best = readers.first();
        if let Some(best) = best.filter(|who| created_on.is_some() && start(who).is_none()) {
            return Self {
                users: vec![best.id.clone()],
                is_whole: true,
            };
        }
        let mut users: Vec<_> = best.map(|who| who.id.clone()).into_iter().collect();
        let takes_part = |user: &&String| participants.iter().any(|who| who.id == **user);
        let former = candidates.iter().filter(|user| !takes_part(user));
        users.extend(former.cloned());
        Self {
            users,
            is_whole: false,
        }
    }
}

/// Lists what a reader sees, or what has changed since a place, until nothing more has changed. Each list is
/// kept in a log in the folder, and goes on where it broke off. Gives the logs that have messages, what they
/// cover, and how many messages had no id or no place.
pub(super) async fn follow(
    thread: &ThreadAccess,
    reader: usize,
    since: Option<u64>,
    is_whole: bool,
    folder: &Path,
    progress: &Progress,
) -> Result<(Vec<PageLog>, Option<Covered>, usize), Stop> {
    let mut logs = Vec::new();
    let (mut since, mut covered) = (since, None::<Covered>);
    let mut unreadable = 0;
    for look in 0..LOOKS {
        let path = folder.join(format!("{reader}-{look}.pages"));
        let mut log = PageLog::open(&path, thread.user(), since)?;
        progress.read_messages(usize::try_from(log.count()).unwrap_or_default());
        unreadable += read(thread, since, &mut log, progress).await?;
        let Some(top) = log.top() else { break };
        let below = match (since, is_whole) {
            (Some(since), _) => since,
            (None, true) => 0,
            (None, false) => log.lowest().unwrap_or(top).saturating_sub(1),
        };
        let after = covered.map_or(below, |covered| covered.after);
        covered = Some(Covered { after, up_to: top });
        since = Some(top);
        logs.push(log);
    }
    Ok((logs, covered, unreadable))
}

/// Reads a list to its end.
async fn read(
    thread: &ThreadAccess,
    since: Option<u64>,
    log: &mut PageLog,
    progress: &Progress,
) -> Result<usize, Stop> {
    let continuation = match log.place() {
        Place::End => return Ok(0),
        Place::Beginning => None,
        Place::At(link) => link.parse().ok(),
    };
    let is_resumed = continuation.is_some();
    if !is_resumed {
        log.restart(thread.user(), since)?;
    }
    let mut pages = thread.messages(since, continuation);
    let mut unreadable = 0;
    let mut is_first = true;
    loop {
        match pages.try_next().await {
            Ok(Some(page)) => {
                unreadable += page.unreadable;
                progress.read_messages(log.append(&page)?);
            }
            Ok(None) => break,
            // The link of another time is not taken any more: the list begins again.
            Err(error) if is_resumed && is_first && is_stale(&error) => {
                log.restart(thread.user(), since)?;
                pages = thread.messages(since, None);
            }
            Err(error) => return Err(error.into()),
        }
        is_first = false;
    }
    if log.place() != &Place::End {
        log.end()?;
    }
    Ok(unreadable)
}

fn is_stale(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::BadRequest
            | ErrorKind::NotFound
            | ErrorKind::InvalidArgument
            | ErrorKind::InvalidNextLink
            | ErrorKind::UnexpectedStatus
    )
}

/// Puts parts of a history together where they meet.
pub(super) fn join(parts: impl IntoIterator<Item = Covered>) -> Vec<Covered> {
    let mut parts: Vec<_> = parts.into_iter().collect();
    parts.sort_by_key(|part| (part.after, part.up_to));
    let mut joined: Vec<Covered> = Vec::new();
    for part in parts {
        match joined.last_mut() {
            Some(last) if part.after <= last.up_to => last.up_to = last.up_to.max(part.up_to),
            _ => joined.push(part),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    fn who(id: &str, start: &str) -> ListedParticipant {
        let json = format!(
            r#"{{"communicationIdentifier":{{"rawId":"{id}","communicationUser":{{"id":"{id}"}}}},"shareHistoryTime":"{start}"}}"#
        );
        ListedParticipant::new(&json).unwrap()
    }

    const CREATED: OffsetDateTime = time::macros::datetime!(2026-01-01 12:00 UTC);
    const ALL: &str = "1970-01-01T00:00:00Z";
    const LATE: &str = "2026-02-01T00:00:00Z";
    const LATER: &str = "2026-03-01T00:00:00Z";

    fn readers(
        participants: &[ListedParticipant],
        candidates: &[&str],
        available: &[&str],
    ) -> (Vec<String>, bool) {
        let candidates: Vec<_> = candidates.iter().map(|&id| id.to_owned()).collect();
        let can_have = |id: &str| available.contains(&id);
        let readers = Readers::of(participants, Some(CREATED), &candidates, can_have);
        (readers.users, readers.is_whole)
    }

    #[test]
    fn one_who_sees_all_reads_alone_and_one_whose_token_is_there_comes_first() {
        let all = [
            who("8:acs:r_a", ALL),
            who("8:acs:r_b", ALL),
            who("8:acs:r_c", LATE),
        ];
        let one = |id: &str| (vec![id.to_owned()], true);
        let ids = ["8:acs:r_a", "8:acs:r_b", "8:acs:r_c"];
        assert_eq!(
            readers(&all, &["8:acs:r_b", "8:acs:r_c"], &ids),
            one("8:acs:r_b")
        );
        assert_eq!(readers(&all, &["8:acs:r_c"], &ids), one("8:acs:r_a"));
    }

    #[test]
    fn where_nobody_sees_all_whoever_was_removed_reads_too() {
        let all = [
            who("8:acs:r_c", LATER),
            who("8:acs:r_b", LATE),
            who("8:orgid:t", ALL),
        ];
        let candidates = ["8:acs:r_c", "8:acs:r_gone"];
        let expected = vec!["8:acs:r_c".to_owned(), "8:acs:r_gone".to_owned()];
        assert_eq!(readers(&all, &candidates, &[]), (expected, false));
        let expected = vec!["8:acs:r_b".to_owned(), "8:acs:r_gone".to_owned()];
        assert_eq!(
            readers(&all, &candidates, &["8:acs:r_b"]),
            (expected, false)
        );
        let expected = vec!["8:acs:r_gone".to_owned()];
        assert_eq!(readers(&[], &["8:acs:r_gone"], &[]), (expected, false));
    }

    #[test]
    fn parts_of_a_history_are_joined_where_they_meet() {
        let part = |after, up_to| Covered { after, up_to };
        assert_eq!(join([part(5, 9), part(0, 5)]), [part(0, 9)]);
        assert_eq!(join([part(0, 9), part(3, 5)]), [part(0, 9)]);
        assert_eq!(join([part(6, 9), part(0, 5)]), [part(0, 5), part(6, 9)]);
        assert_eq!(join([]), []);
    }
}
