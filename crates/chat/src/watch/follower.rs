//! Reads a thread's list when it is time, and gives what the reader makes of it.

use std::pin::pin;

use futures_util::future::select;

use super::event::WatchedEvent;
use super::handle::{WatchHandle, WatchState};
use super::pace::{Pace, backoff};
use super::reader::{Position, Reader};
use crate::error::{Error, ErrorKind, Recovery};
use crate::models::chat_event::ChatEvent;
use crate::models::{ChatThreadId, Cursor};
use crate::operations::ListMessages;
use crate::paging::Continuation;
use crate::transport::Call;

/// The largest page the service gives.
const LARGEST_PAGE: u32 = 200;

/// The page of a look that mostly finds little.
const SMALL_PAGE: u32 = 20;

/// How often in a row there may be no access token.
const MAX_WITHOUT_TOKEN: u32 = 10;

/// Follows one thread.
pub(super) struct Follower {
    call: Call,
    thread: ChatThreadId,
    reader: Reader,
    pace: Pace,
    handle: WatchHandle,
    /// Whether the reader's first look is due.
    is_new: bool,
    failures: u32,
}

impl Follower {
    pub(super) fn new(
        call: Call,
        thread: ChatThreadId,
        position: Option<Position>,
        pace: Pace,
        handle: WatchHandle,
    ) -> Self {
        Self {
            call,
            thread,
            reader: Reader::new(position),
            pace,
            handle,
            is_new: true,
            failures: 0,
        }
    }

    /// The next event; an error ends the watch, and so does a thread that is gone.
    pub(super) async fn next(&mut self) -> Result<WatchedEvent, Error> {
        loop {
            if let Some(event) = self.reader.next_event()
                && let Some(cursor) = self.cursor()
            {
                self.pace.quicken();
                return Ok(WatchedEvent { event, cursor });
            }
            if !self.is_new && self.failures == 0 && !self.reader.is_behind() {
                self.wait().await;
            }
            // The future of a reading is large, and an idle watch should be small.
            match Box::pin(self.read()).await {
                Ok(()) => {
                    (self.is_new, self.failures) = (false, 0);
                    self.handle.set(WatchState::Following);
                }
                Err(error) => match self.cursor().filter(|cursor| is_gone(&error, cursor)) {
                    Some(mut cursor) => {
                        cursor.ended = true;
                        let event = ChatEvent::ThreadDeleted;
                        return Ok(WatchedEvent { event, cursor });
                    }
                    None => self.fail(error).await?,
                },
            }
        }
    }

    /// How far the thread was followed; nothing before the first reading of a watch from now on.
    pub(super) fn cursor(&self) -> Option<Cursor> {
        let position = self.reader.position()?;
        Some(Cursor {
            endpoint: self.call.endpoint().as_str().to_owned(),
            thread: self.thread.clone(),
            place: position.place,
            created: position.created,
            unseen: position.stored_unseen(),
            ended: false,
        })
    }

    /// Until the timer is due, or somebody rings.
    async fn wait(&mut self) {
        let clock = self.call.clock();
        let wait = clock.sleep(self.pace.next_wait(clock.fraction()));
        select(wait, pin!(self.handle.rung())).await;
    }

    /// Reads the list from the top, or from a page of the backlog, down to what was given.
    async fn read(&mut self) -> Result<(), Error> {
        let mut start = self.reader.begin();
        let is_near = !self.is_new || self.reader.position().is_none();
        if start.is_none() && is_near {
            if self.read_pages(SMALL_PAGE, None, 1).await? {
                return Ok(());
            }
            start = self.reader.begin();
        }
        let is_linked = start.is_some();
        let outcome = self.read_pages(LARGEST_PAGE, start, usize::MAX).await;
        if is_linked && outcome.as_ref().is_err_and(|error| !may_pass(error)) {
            // The link may be too old: the next reading begins at the top.
            self.reader.forget_links();
            return Ok(());
        }
        outcome.map(drop)
    }

    /// Reads so many pages at most. Gives whether what was given before was met, or the end.
    async fn read_pages(
        &mut self,
        page_size: u32,
        start: Option<Continuation>,
        limit: usize,
    ) -> Result<bool, Error> {
        let list = ListMessages::new(self.call.clone(), self.thread.clone());
        let mut list = list.page_size(page_size);
        if let Some(start) = start.clone() {
            list = list.continue_from(start);
        }
        let (mut pages, mut link) = (list.into_pages(), start);
        for _ in 0..limit {
            let Some(page) = pages.try_next().await? else {
                self.reader.end_list();
                return Ok(true);
            };
            let next = page.continuation().cloned();
            if !self.reader.take_page(page.into_items(), link.as_ref()) {
                return Ok(true);
            }
            link = next;
        }
        Ok(false)
    }

    /// Waits after a failed reading; an error if it can't pass.
    async fn fail(&mut self, error: Error) -> Result<(), Error> {
        self.failures = self.failures.saturating_add(1);
        let is_without_token = error.kind() == ErrorKind::Credential;
        if !may_pass(&error) || is_without_token && self.failures >= MAX_WITHOUT_TOKEN {
            return Err(match self.cursor() {
                Some(cursor) => error.with_recovery(Recovery::Watch(Box::new(cursor))),
                None => error,
            });
        }
        self.handle.set(WatchState::Retrying {
            failures: self.failures,
            kind: error.kind(),
        });
        let clock = self.call.clock();
        let wait = backoff(self.failures, clock.fraction(), error.retry_after());
        clock.sleep(wait).await;
        Ok(())
    }
}

/// Whether a thread is gone that was there: each begins with messages of the service.
fn is_gone(error: &Error, cursor: &Cursor) -> bool {
    error.is_not_found() && cursor.place > 0
}

/// Whether the same reading may go well later.
fn may_pass(error: &Error) -> bool {
    !matches!(
        error.kind(),
        ErrorKind::InvalidArgument
            | ErrorKind::BadRequest
            | ErrorKind::Unauthorized
            | ErrorKind::Forbidden
            | ErrorKind::NotFound
    )
}
