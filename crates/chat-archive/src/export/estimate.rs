//! How long an export will take.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use futures_util::{StreamExt, TryStreamExt, stream};

use super::context::{Context, Found};
use super::survey::Survey;
use crate::error::ArchiveError;
use crate::format::UserLine;

/// The most messages of a page.
const PAGE: u64 = 200;

/// The documented limits on what an export asks for: how many requests in what time.
const MESSAGES: [(usize, u64); 2] = [(50, 10), (200, 60)];
const THREADS: [(usize, u64); 1] = [(50, 10)];
const TOKENS: [(usize, u64); 1] = [(1000, 30)];

/// How much there is to be read, and how long that takes at least.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Estimate {
    /// Users whose threads were listed.
    pub users: u64,
    /// Threads that were found.
    pub threads: u64,
    /// Messages, at the most: each edit and each deletion counts as one.
    pub messages: u64,
    /// Requests for all that, without pictures.
    pub requests: u64,
    /// The time that the documented limits allow for it, if the service answers at once.
    pub duration: Duration,
}

/// Lists all threads, and reads the newest message of each.
pub(super) async fn estimate(
    context: &Context,
    mut survey: Survey,
    concurrency: usize,
) -> Result<Estimate, ArchiveError> {
    let mut sizes: HashMap<String, u64> = HashMap::new();
    loop {
        survey.run(context, None, concurrency).await?;
        let new = survey
            .threads
            .iter()
            .filter(|(id, _)| !sizes.contains_key(*id));
        let new: Vec<_> = new.map(|(id, found)| (id.clone(), found.clone())).collect();
        let looks = stream::iter(new).map(async |(id, found): (String, Found)| {
            let looked = look(context, &id, &found).await;
            (id, looked)
        });
        let mut looks = std::pin::pin!(looks.buffer_unordered(concurrency));
        while let Some((id, (size, people))) = looks.next().await {
            context.progress.thread_done();
            sizes.insert(id, size);
            for id in people.into_iter().filter(|id| context.gives_tokens_to(id)) {
                survey.add(UserLine {
                    id,
                    name: None,
                    deleted: false,
                });
            }
        }
        if !survey.has_pending() {
            break;
        }
    }
    Ok(reckon(&survey, &sizes, concurrency))
}

/// The sequence id of the newest message of a thread, and who takes part. What cannot be read counts nothing.
async fn look(context: &Context, id: &str, found: &Found) -> (u64, Vec<String>) {
    for user in &found.candidates {
        let Ok(access) = context.access(user).await else {
            continue;
        };
        let thread = access.thread(id);
        let Ok(newest) = thread.newest().await else {
            continue;
        };
        let people: Result<Vec<_>, _> = thread.participants().try_collect().await;
        let people = people.unwrap_or_default().into_iter().map(|who| who.id);
        return (newest.unwrap_or_default(), people.collect());
    }
    (0, Vec::new())
}

fn reckon(survey: &Survey, sizes: &HashMap<String, u64>, concurrency: usize) -> Estimate {
    let mut estimate = Estimate {
        users: survey.users.len() as u64,
        threads: sizes.len() as u64,
        messages: sizes.values().sum(),
        // A token and a list of threads for each user.
        requests: 2 * survey.users.len() as u64,
        duration: Duration::ZERO,
    };
    let mut of_user: HashMap<&str, u64> = HashMap::new();
    let (mut longest, mut all) = (0, 0);
    for (id, found) in &survey.threads {
        let size = sizes.get(id).copied().unwrap_or_default();
        // After the last page it is asked once more whether something has changed.
        let pages = size.div_ceil(PAGE) + 1;
        // Properties, participants and receipts.
        estimate.requests += pages + 3;
        if let Some(reader) = found.candidates.first() {
            *of_user.entry(reader).or_default() += 1;
        }
        let seconds = seconds(pages, &MESSAGES);
        longest = longest.max(seconds);
        all += seconds;
    }
    let users = of_user
        .values()
        .map(|threads| seconds(threads + 1, &THREADS));
    let bounds = [
        users.max().unwrap_or_default(),
        longest,
        all / concurrency as u64,
    ];
    let tokens = seconds(survey.users.len() as u64, &TOKENS);
    let bound = bounds.into_iter().max().unwrap_or_default();
    estimate.duration = Duration::from_secs(tokens + bound);
    estimate
}

/// In which second the last of so many requests can be made, if each limit of a count in some seconds is kept.
fn seconds(requests: u64, limits: &[(usize, u64)]) -> u64 {
    let mut recent: Vec<VecDeque<u64>> = vec![VecDeque::new(); limits.len()];
    let mut now = 0;
    for _ in 0..requests {
        for ((count, window), recent) in limits.iter().zip(&mut recent) {
            if recent.len() == *count {
                let oldest = recent.pop_front().unwrap_or_default();
                now = now.max(oldest + window);
            }
        }
        for recent in &mut recent {
            recent.push_back(now);
        }
    }
    now
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_kept_together() {
        for (requests, expected) in [
            (0, 0),
            (1, 0),
            (50, 0),
            (51, 10),
            (200, 30),
            (201, 60),
            (300, 70),
            (400, 90),
            (401, 120),
        ] {
            assert_eq!(seconds(requests, &MESSAGES), expected, "{requests}");
        }
    }
}
