//! What a builder sends.

use chat_rest::Operation;

use super::attempt::{RestClient, RestResult};
use super::call::Call;
use crate::error::Error;
#[cfg(feature = "identity")]
use crate::models::CommunicationUserIdentifier;
use crate::models::{ChatMessageId, ChatThreadId};

/// What a builder sends: one operation of the service, with its arguments.
pub(crate) trait OperationRequest: Send + Sync + Sized {
    /// What its document says about the operation.
    const OPERATION: &'static Operation;

    /// The generated client that has the operation.
    type Client: RestClient;

    /// What the generated function returns.
    type Wire: Send;

    /// What the caller gets.
    type Output: Send;

    /// What it is sent through.
    fn call(&self) -> &Call;

    /// The ids that go into the path, in its order. They are checked before anything is sent.
    fn path_ids(&self) -> impl IntoIterator<Item = PathId<'_>>;

    /// The thread it is about.
    fn thread(&self) -> Option<&ChatThreadId> {
        self.path_ids().into_iter().find_map(|id| match id {
            PathId::Thread(thread) => Some(thread),
            _ => None,
        })
    }

    /// Refuses what can't be asked for, before anything is sent.
    fn check(&self) -> Result<(), Error> {
        Ok(())
    }

    /// Makes one request; again for each attempt.
    fn request(&self, client: &Self::Client)
    -> impl Future<Output = RestResult<Self::Wire>> + Send;

    /// Reads the response of success, or says what it lacks. An error is completed with what was
    /// seen of the response.
    fn output(&mut self, wire: Self::Wire) -> Result<Self::Output, Error>;

    /// After an attempt that may have been carried out, the next one failed like this. If that
    /// shows that the first was carried out, here is its result.
    fn done_by_earlier_attempt(&self, _error: &Error, _user: Option<&str>) -> Option<Self::Output> {
        None
    }

    /// Adds to an error what the caller needs in order to go on.
    fn complete_error(&self, error: Error) -> Error {
        error
    }
}

/// An id that is to become a segment of a path.
#[derive(Clone, Copy, Debug)]
pub(crate) enum PathId<'a> {
    Thread(&'a ChatThreadId),
    Message(&'a ChatMessageId),
    #[cfg(feature = "identity")]
    User(&'a CommunicationUserIdentifier),
}

impl<'a> PathId<'a> {
    /// What it is called, and the id.
    fn parts(self) -> (&'static str, &'a str) {
        match self {
            Self::Thread(id) => ("thread id", id.as_str()),
            Self::Message(id) => ("message id", id.as_str()),
            #[cfg(feature = "identity")]
            Self::User(id) => ("user id", id.id()),
        }
    }

    pub(crate) fn as_str(self) -> &'a str {
        self.parts().1
    }

    /// Refuses ids that would not stay the one path segment they are meant to be.
    pub(crate) fn check(self) -> Result<(), Error> {
        let (name, id) = self.parts();
        chat_rest::check_id(id)
            .map_err(|error| Error::invalid_argument(format!("the {name} {error}")))
    }
}
