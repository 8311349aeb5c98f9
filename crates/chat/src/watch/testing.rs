//! A service of the tests: threads in memory, virtual time, and the documented rates.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use futures_util::stream;
use serde_json::json;
use time::macros::datetime;
use tokio::time::Instant;

use super::reader::thread::{Row, Thread};
use super::source::{Pages, Source};
use crate::clock::Clock;
use crate::clock::testing::TokioClock;
use crate::error::{Error, ErrorKind};
use crate::models::{ChatMessage, ChatMessageReadReceipt, ChatThreadId, ChatThreadItem};
use crate::paging::{Continuation, Page};

/// How long an answer takes.
const LATENCY: Duration = Duration::from_millis(50);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    Messages,
    Receipts,
    Threads,
}

/// What the service documents for one user: so many requests, in so many seconds.
fn limits(kind: Kind) -> &'static [(usize, u64)] {
    match kind {
        Kind::Messages => &[(50, 10), (200, 60)],
        Kind::Receipts => &[(5, 10)],
        Kind::Threads => &[(50, 10)],
    }
}

/// The service, as one user sees it.
pub(crate) struct FakeService {
    clock: Arc<TokioClock>,
    start: Instant,
    state: Mutex<State>,
}

#[derive(Default)]
pub(crate) struct State {
    pub(crate) threads: BTreeMap<String, FakeThread>,
    /// Requests within the longest window, by what they ask for.
    recent: HashMap<(Kind, String), VecDeque<Instant>>,
    pub(crate) requests: HashMap<Kind, usize>,
    /// How many requests were more than the documented rates allow.
    pub(crate) refused: usize,
    /// What the next requests fail with.
    pub(crate) failures: VecDeque<ErrorKind>,
    /// By how much all lists lag.
    pub(crate) lag: Duration,
}

#[derive(Default)]
pub(crate) struct FakeThread {
    pub(crate) thread: Thread,
    /// When something was sent last, as the list of threads says.
    received: Duration,
    pub(crate) is_deleted: bool,
    /// What every reading of the thread fails with.
    pub(crate) fails: Option<ErrorKind>,
    /// Whether readings of it never end.
    pub(crate) hangs: bool,
    pub(crate) receipts: Vec<(&'static str, u64)>,
}

impl FakeService {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self {
            clock: TokioClock::at(datetime!(2026-01-01 00:00 UTC)),
            start: Instant::now(),
            state: Mutex::default(),
        })
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    pub(crate) fn now(&self) -> Duration {
        self.start.elapsed()
    }

    /// A new thread with what the service tells at its beginning.
    pub(crate) fn create(&self, thread: &str) {
        self.write(thread, |thread, now| {
            thread.add("participantAdded", now, Duration::ZERO);
        });
    }

    pub(crate) fn send(&self, thread: &str) {
        self.write(thread, |thread, now| {
            thread.add("text", now, Duration::ZERO)
        });
    }

    /// An edit does not move the thread up the list of threads.
    pub(crate) fn edit(&self, thread: &str, index: usize) {
        let now = self.now();
        let mut state = self.state();
        let thread = state.threads.get_mut(thread).unwrap();
        thread.thread.change(index, false, now, Duration::ZERO);
    }

    pub(crate) fn write(&self, thread: &str, write: impl FnOnce(&mut Thread, Duration)) {
        let now = self.now();
        let mut state = self.state();
        let thread = state.threads.entry(thread.to_owned()).or_default();
        thread.received = now;
        write(&mut thread.thread, now);
    }

    /// Counts a request, and gives its failure.
    fn count(&self, kind: Kind, thread: &str) -> Result<(), Error> {
        let now = Instant::now();
        let mut state = self.state();
        *state.requests.entry(kind).or_default() += 1;
        let recent = state.recent.entry((kind, thread.to_owned())).or_default();
        recent.retain(|at| now.duration_since(*at) < Duration::from_secs(60));
        recent.push_back(now);
        let within = |seconds| {
            let window = Duration::from_secs(seconds);
            recent
                .iter()
                .filter(|at| now.duration_since(**at) < window)
                .count()
        };
        let mut limits = limits(kind).iter();
        if limits.any(|(count, seconds)| within(*seconds) > *count) {
            state.refused += 1;
            return Err(Error::new(ErrorKind::TooManyRequests));
        }
        match state.failures.pop_front() {
            Some(kind) => Err(Error::new(kind)),
            None => Ok(()),
        }
    }

    /// A list of pages, each after a request.
    fn pages<T: Send + 'static>(
        self: &Arc<Self>,
        kind: Kind,
        thread: &str,
        page_size: u32,
        start: Option<Continuation>,
        list: impl Fn(&State, Duration) -> Result<Vec<T>, Error> + Send + 'static,
    ) -> Pages<T> {
        let at = start.map_or(0, |start| {
            let start = start.to_string();
            start.rsplit_once('?').unwrap().1.parse().unwrap()
        });
        let (service, thread, size) = (Arc::clone(self), thread.to_owned(), page_size as usize);
        Box::pin(stream::try_unfold((Some(at), list), move |(at, list)| {
            let (service, thread) = (Arc::clone(&service), thread.clone());
            async move {
                let Some(at) = at else {
                    return Ok(None);
                };
                tokio::time::sleep(LATENCY).await;
                if service
                    .state()
                    .threads
                    .get(&thread)
                    .is_some_and(|thread| thread.hangs)
                {
                    std::future::pending::<()>().await;
                }
                service.count(kind, &thread)?;
                let state = service.state();
                let items = list(&state, service.now().saturating_sub(state.lag))?;
                let next = (items.len() > at + size).then_some(at + size);
                let link = next.map(|next| {
                    let link = format!("v1 https://contoso.communication.azure.com/list?{next}");
                    link.parse().unwrap()
                });
                let items: Vec<_> = items.into_iter().skip(at).take(size).collect();
                let page = (!items.is_empty()).then(|| (Page::of(items, link), (next, list)));
                drop(state);
                Ok(page)
            }
        }))
    }
}

/// The service as a watch reads it.
pub(crate) struct FakeSource(pub(crate) Arc<FakeService>);

impl Source for FakeSource {
    fn endpoint(&self) -> &str {
        "https://contoso.communication.azure.com"
    }

    fn user(&self) -> Option<String> {
        Some("8:acs:me".to_owned())
    }

    fn clock(&self) -> &dyn Clock {
        &*self.0.clock
    }

    fn messages(
        &self,
        thread: &ChatThreadId,
        page_size: u32,
        start: Option<Continuation>,
    ) -> Pages<ChatMessage> {
        let id = thread.as_str().to_owned();
        let list = move |state: &State, at| {
            let thread = state.threads.get(&id).filter(|thread| !thread.is_deleted);
            let thread = thread.ok_or_else(|| Error::new(ErrorKind::NotFound))?;
            match thread.fails {
                Some(kind) => Err(Error::new(kind)),
                None => Ok(thread.thread.list(at).map(Row::message).collect()),
            }
        };
        self.0
            .pages(Kind::Messages, thread.as_str(), page_size, start, list)
    }

    fn receipts(&self, thread: &ChatThreadId) -> Pages<ChatMessageReadReceipt> {
        let id = thread.as_str().to_owned();
        let list = move |state: &State, _| {
            let receipts = state.threads[&id].receipts.iter();
            Ok(receipts
                .map(|(user, message)| receipt(user, *message))
                .collect())
        };
        self.0
            .pages(Kind::Receipts, thread.as_str(), 100, None, list)
    }

    fn threads(&self, page_size: u32) -> Pages<ChatThreadItem> {
        let list = |state: &State, _| {
            let mut threads: Vec<_> = state.threads.iter().collect();
            threads.sort_by_key(|(_, thread)| std::cmp::Reverse(thread.received));
            Ok(threads
                .into_iter()
                .map(|(id, thread)| item(id, thread))
                .collect())
        };
        self.0.pages(Kind::Threads, "", page_size, None, list)
    }
}

fn item(id: &str, thread: &FakeThread) -> ChatThreadItem {
    // To the second, as the service has it.
    let received = datetime!(2026-01-01 00:00 UTC) + Duration::from_secs(thread.received.as_secs());
    let form = &time::format_description::well_known::Rfc3339;
    let received = received.format(form).unwrap();
    let mut item = json!({ "id": id, "topic": "", "lastMessageReceivedOn": received });
    if thread.is_deleted {
        item["deletedOn"] = received.into();
    }
    serde_json::from_value(item).unwrap()
}

fn receipt(user: &str, message: u64) -> ChatMessageReadReceipt {
    serde_json::from_value(json!({
        "senderCommunicationIdentifier": { "rawId": user, "communicationUser": { "id": user } },
        "chatMessageId": message.to_string(),
        "readOn": "2021-09-07T19:57:38Z",
    }))
    .unwrap()
}
