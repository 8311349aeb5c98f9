//! What the page beside the recordings says there is of them.

use super::Session;

/// How many sessions and exchanges there are to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Index {
    pub(super) sessions: usize,
    pub(super) exchanges: usize,
}

impl Index {
    /// Counts those that were read.
    pub(super) fn of(sessions: &[Session]) -> Self {
        let exchanges = sessions.iter().map(|session| session.exchanges.len());
        Self {
            sessions: sessions.len(),
            exchanges: exchanges.sum(),
        }
    }

    /// Reads the line ``- `recordings/`: 67 sessions, 155 exchanges``.
    pub(super) fn read(page: &str) -> Option<Self> {
        let mut lines = page.lines();
        let counts = lines.find_map(|line| line.strip_prefix("- `recordings/`: "))?;
        let (sessions, rest) = counts.split_once(" sessions, ")?;
        let (exchanges, _) = rest.split_once(" exchanges")?;
        Some(Self {
            sessions: sessions.parse().ok()?,
            exchanges: exchanges.parse().ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_counts_are_read_where_they_stand() {
        let page = "# Data\n- `recordings/`: 2 sessions, 31 exchanges (27 of them …)\n";
        let index = Index {
            sessions: 2,
            exchanges: 31,
        };
        assert_eq!(Index::read(page), Some(index));
        assert_eq!(Index::read("- `recordings/`: some"), None);
    }
}
