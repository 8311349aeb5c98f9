//! The rule by which a message is sent again, or not. Knows neither sockets nor the time of this
//! machine; both are given to it.

use std::time::Duration;

use super::copies::{Copies, Copy};
use crate::clock::Clock;
use crate::error::{Error, ErrorKind, RequestEffect};
use crate::models::{RetryInfo, SendChatMessageResult};
use crate::response::{Response, ResponseInfo};
use crate::transport::Deadline;

/// The pause after the first look that found nothing; it doubles with each.
const FIRST_PAUSE: Duration = Duration::from_millis(500);

/// The longest pause between two looks.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// How a message is delivered.
pub(super) struct Delivery<'a> {
    pub(super) clock: &'a dyn Clock,
    /// Bounds every send, look and wait.
    pub(super) deadline: Deadline,
    pub(super) settle: Duration,
    pub(super) max_resends: u32,
}

/// A message that is stored.
#[derive(Debug)]
pub(super) struct Delivered {
    pub(super) copies: Copies,
    pub(super) resends: u32,
    /// What came with the response to the send; nothing of one that was found.
    pub(super) info: ResponseInfo,
}

/// What a look finds, and what it took.
pub(super) type Found = Result<(Vec<Copy>, RetryInfo), Error>;

impl Delivery<'_> {
    /// Sends, and whenever it is not known what became of it, looks for the message before it
    /// sends again. `fresh` says that nobody can have sent it before.
    ///
    /// `send` makes one attempt; `look` finds the copies that are there.
    pub(super) async fn run<S, SF, L, LF>(
        &self,
        fresh: bool,
        send: S,
        look: L,
    ) -> (Result<Delivered, Error>, RetryInfo)
    where
        S: FnMut() -> SF,
        SF: Future<Output = Result<Response<SendChatMessageResult>, Error>>,
        L: FnMut() -> LF,
        LF: Future<Output = Found>,
    {
        let mut run = Run {
            delivery: self,
            look,
            info: RetryInfo::default(),
        };
        let outcome = run.deliver(fresh, send).await;
        (outcome, run.info)
    }
}

/// A delivery under way.
struct Run<'a, L> {
    delivery: &'a Delivery<'a>,
    look: L,
    info: RetryInfo,
}

impl<L, LF> Run<'_, L>
where
    L: FnMut() -> LF,
    LF: Future<Output = Found>,
{
    async fn deliver<S, SF>(&mut self, fresh: bool, mut send: S) -> Result<Delivered, Error>
    where
        S: FnMut() -> SF,
        SF: Future<Output = Result<Response<SendChatMessageResult>, Error>>,
    {
        let Delivery {
            clock, deadline, ..
        } = *self.delivery;
        let mut sends: u32 = 0;
        let mut doubt = (!fresh).then(|| {
            Error::new(ErrorKind::OutcomeUnknown).with_context("the key has been used before")
        });
        loop {
            if let Some(error) = doubt.take() {
                match self.look_until_settled().await {
                    Ok(found) => {
                        if let Some(copies) = Copies::of(found) {
                            let resends = sends.saturating_sub(1);
                            return Ok(Delivered {
                                copies,
                                resends,
                                info: ResponseInfo::default(),
                            });
                        }
                    }
                    Err(Some(cause)) => return Err(error.with_source(cause)),
                    Err(None) => return Err(error),
                }
                let stored = error.effect() == RequestEffect::CarriedOut;
                let over = deadline.left(clock).is_zero();
                if stored || over || sends > self.delivery.max_resends {
                    return Err(error);
                }
            }
            sends += 1;
            let Some(outcome) = deadline.within(clock, send()).await else {
                let error = Error::new(ErrorKind::OutcomeUnknown);
                return Err(error.with_context("the deadline is over"));
            };
            let mut info = ResponseInfo::default();
            let id = match outcome {
                Ok(sent) => {
                    let (sent, sent_info) = sent.into_parts();
                    self.info.add(sent_info.retry_info());
                    info = sent_info;
                    sent.id
                }
                Err(error) => {
                    self.info.add(error.retry_info());
                    match (error.created_message_id(), error.effect()) {
                        // Stored, and its id came before the answer broke off.
                        (Some(id), _) => id,
                        (None, RequestEffect::NotCarriedOut) => return Err(error),
                        // Stored under an id that is not known; or perhaps not stored.
                        (None, _) => {
                            doubt = Some(error);
                            continue;
                        }
                    }
                }
            };
            let found = match fresh && sends == 1 {
                true => Vec::new(),
                // Another copy may have turned up. The message is stored; not being able to look
                // is no reason to say otherwise.
                false => self.look().await.and_then(Result::ok).unwrap_or_default(),
            };
            return Ok(Delivered {
                copies: Copies::including(id, found),
                resends: sends - 1,
                info,
            });
        }
    }

    /// One look; nothing if the deadline is over.
    async fn look(&mut self) -> Option<Result<Vec<Copy>, Error>> {
        let look = (self.look)();
        let delivery = self.delivery;
        let found = delivery.deadline.within(delivery.clock, look).await?;
        let info = found
            .as_ref()
            .map_or_else(Error::retry_info, |(_, info)| *info);
        self.info.add(info);
        Some(found.map(|(copies, _)| copies))
    }

    /// Looks until something is found, or a look that began after the settle time finds nothing.
    /// A look whose failure may pass has seen nothing, and is no reason to send.
    ///
    /// Fails with why it can't look. When the deadline leaves no time for another look, this is what
    /// the last one failed with, if it did.
    async fn look_until_settled(&mut self) -> Result<Vec<Copy>, Option<Error>> {
        let Delivery {
            clock,
            deadline,
            settle,
            ..
        } = *self.delivery;
        let begun = clock.instant();
        let unsettled = || {
            let elapsed = clock.instant().saturating_duration_since(begun);
            settle.saturating_sub(elapsed)
        };
        let mut pause = FIRST_PAUSE;
        let mut failure: Option<Error> = None;
        loop {
            let settled = unsettled().is_zero();
            failure = match self.look().await {
                None => return Err(failure),
                Some(Ok(copies)) if settled || !copies.is_empty() => return Ok(copies),
                Some(Ok(_)) => None,
                Some(Err(error)) if may_pass(&error) => Some(error),
                Some(Err(error)) => return Err(Some(error)),
            };
            let mut wait = pause.mul_f64(0.5 + clock.fraction() / 2.0);
            pause = LONGEST_PAUSE.min(pause * 2);
            // The look that decides is due when the settle time is over.
            let unsettled = unsettled();
            if !unsettled.is_zero() {
                wait = wait.min(unsettled);
            }
            let asked = failure.as_ref().and_then(Error::retry_after);
            wait = wait.max(asked.unwrap_or_default());
            if wait >= deadline.left(clock) {
                return Err(failure);
            }
            tracing::info!(?wait, "waiting for the message to turn up");
            clock.sleep(wait).await;
            self.info.waited += wait;
        }
    }
}

/// Whether a look that failed like this may succeed later: the service was not reachable, there
/// were too many requests, or there was no token, which an outage can cause as well.
fn may_pass(error: &Error) -> bool {
    error.is_retryable() || error.kind() == ErrorKind::Credential
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
