//! The rule by which a message is sent again, or not. Knows neither sockets nor the time of this
//! machine; both are given to it.

use std::time::Duration;

use crate::clock::Clock;
use crate::error::{Error, ErrorKind};
use crate::models::{ChatMessageId, RetryInfo, SendChatMessageResult};

/// How a message is delivered.
pub(super) struct Delivery<'a> {
    pub(super) clock: &'a dyn Clock,
    pub(super) settle: Duration,
    pub(super) max_resends: u32,
}

/// What became of it.
#[derive(Debug)]
pub(super) struct Delivered {
    pub(super) id: ChatMessageId,
    pub(super) duplicates: Vec<ChatMessageId>,
    pub(super) resends: u32,
    pub(super) retry_info: RetryInfo,
}

impl Delivered {
    /// Of copies, oldest first.
    fn of(mut found: Vec<ChatMessageId>, resends: u32) -> Option<Self> {
        (!found.is_empty()).then(|| Self {
            id: found.remove(0),
            duplicates: found,
            resends,
            retry_info: RetryInfo::default(),
        })
    }
}

impl Delivery<'_> {
    /// Sends, and whenever it is not known what became of it, looks for the message before it
    /// sends again. `fresh` says that nobody can have sent it before.
    ///
    /// `send` makes one attempt; `look` finds the copies that are there, oldest first.
    pub(super) async fn run<S, SF, L, LF>(
        &self,
        fresh: bool,
        mut send: S,
        mut look: L,
    ) -> Result<Delivered, Error>
    where
        S: FnMut() -> SF,
        SF: Future<Output = Result<SendChatMessageResult, Error>>,
        L: FnMut() -> LF,
        LF: Future<Output = Result<Vec<ChatMessageId>, Error>>,
    {
        let mut resends = 0;
        let mut doubt = (!fresh).then(|| {
            Error::new(ErrorKind::OutcomeUnknown).with_context("the key has been used before")
        });
        loop {
            if let Some(error) = doubt.take() {
                match self.look_twice(&mut look).await {
                    Ok(found) => {
                        if let Some(delivered) = Delivered::of(found, resends) {
                            return Ok(delivered);
                        }
                    }
                    Err(cause) => return Err(error.with_source(cause)),
                }
                if resends == self.max_resends || error.kind() == ErrorKind::InvalidResponse {
                    return Err(error);
                }
                resends += 1;
            }
            match send().await {
                Ok(sent) => return Ok(delivered(sent.id, sent.retry_info, resends, look).await),
                Err(error) => match error.created_message_id() {
                    // Stored, and its id came before the answer broke off.
                    Some(id) => {
                        return Ok(delivered(id, error.retry_info(), resends, look).await);
                    }
                    // Stored, but under which id is to be found out; or perhaps stored.
                    None if error.kind() == ErrorKind::InvalidResponse => doubt = Some(error),
                    None if error.is_outcome_unknown() => doubt = Some(error),
                    None => return Err(error),
                },
            }
        }
    }

    /// What is found at once is there; what is not there is looked for again when the service has
    /// had its time.
    async fn look_twice<L, LF>(&self, look: &mut L) -> Result<Vec<ChatMessageId>, Error>
    where
        L: FnMut() -> LF,
        LF: Future<Output = Result<Vec<ChatMessageId>, Error>>,
    {
        let found = look().await?;
        if !found.is_empty() {
            return Ok(found);
        }
        tracing::info!(settle = ?self.settle, "waiting for the message to turn up");
        self.clock.sleep(self.settle).await;
        look().await
    }
}

/// A message that is stored. After a second send, another copy may have turned up.
async fn delivered<L, LF>(
    id: ChatMessageId,
    retry_info: RetryInfo,
    resends: u32,
    mut look: L,
) -> Delivered
where
    L: FnMut() -> LF,
    LF: Future<Output = Result<Vec<ChatMessageId>, Error>>,
{
    let mut duplicates = match resends {
        0 => Vec::new(),
        // The message is stored; not being able to look is no reason to say otherwise.
        _ => look().await.unwrap_or_default(),
    };
    duplicates.retain(|other| *other != id);
    Delivered {
        id,
        duplicates,
        resends,
        retry_info,
    }
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
