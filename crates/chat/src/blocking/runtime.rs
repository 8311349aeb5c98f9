//! The runtime behind blocking calls.

use std::fmt;
use std::future::Future;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

use tokio::runtime::{Builder, Handle};

use crate::error::{Error, ErrorKind};

/// What all clients of a program share.
static SHARED: Shared = Shared::new();

/// A client's hold on the shared runtime: nothing before its first blocking call.
#[derive(Clone, Default)]
pub(crate) struct Runtime(Arc<OnceLock<Arc<Running>>>);

impl Runtime {
    fn get(&self) -> Result<&Arc<Running>, Error> {
        if let Some(running) = self.0.get() {
            return Ok(running);
        }
        let running = SHARED.running()?;
        Ok(self.0.get_or_init(|| running))
    }

    /// Whether the code that asks runs on this runtime.
    pub(crate) fn is_current(&self) -> bool {
        let id = self.0.get().and_then(|running| running.id());
        id.is_some() && id == Handle::try_current().ok().map(|current| current.id())
    }
}

impl fmt::Debug for Runtime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Runtime")
    }
}

/// Waits for what `future` gives.
///
/// # Errors
/// Where the thread belongs to a tokio runtime, which it would stop; and when the library's own
/// runtime can't be started.
pub(crate) fn block_on<F: Future>(runtime: &Runtime, future: F) -> Result<F::Output, Error> {
    if Handle::try_current().is_ok() {
        return Err(Error::invalid_argument(
            "a blocking call can't be made within a tokio runtime: await the builder instead",
        ));
    }
    Ok(runtime.get()?.block_on(future))
}

struct Running(Option<tokio::runtime::Runtime>);

impl Running {
    /// Has a thread of its own, so that pooled connections and refreshes of tokens go on between
    /// calls.
    fn start() -> std::io::Result<Self> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("chat-blocking")
            .enable_all()
            .build()?;
        Ok(Self(Some(runtime)))
    }

    fn id(&self) -> Option<tokio::runtime::Id> {
        self.0.as_ref().map(|runtime| runtime.handle().id())
    }

    fn block_on<F: Future>(&self, future: F) -> F::Output {
        match &self.0 {
            Some(runtime) => runtime.block_on(future),
            None => unreachable!("the runtime is there until this is dropped"),
        }
    }
}

impl Drop for Running {
    /// Waits for nothing: the last client may be dropped within a runtime, where waiting panics.
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

/// One runtime for all who ask, as long as one of them holds it.
struct Shared(Mutex<Weak<Running>>);

impl Shared {
    const fn new() -> Self {
        Self(Mutex::new(Weak::new()))
    }

    fn running(&self) -> Result<Arc<Running>, Error> {
        let mut shared = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(running) = shared.upgrade() {
            return Ok(running);
        }
        let running = Running::start().map_err(|error| {
            Error::new(ErrorKind::Connect)
                .with_context("the runtime for blocking calls could not be started")
                .with_source(error)
        })?;
        let running = Arc::new(running);
        *shared = Arc::downgrade(&running);
        Ok(running)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_runtime_is_shared_and_ends_with_the_last_who_holds_it() {
        // Not the program's own: other tests make blocking calls at the same time.
        let shared = Shared::new();
        let (one, other) = (shared.running().unwrap(), shared.running().unwrap());
        assert!(Arc::ptr_eq(&one, &other));
        let (id, ended) = (one.id(), Arc::downgrade(&one));
        drop(one);
        assert!(Arc::ptr_eq(&other, &shared.running().unwrap()));
        drop(other);
        assert!(ended.upgrade().is_none());
        assert_ne!(id, shared.running().unwrap().id());
    }

    #[test]
    fn a_client_keeps_the_runtime_that_the_others_have() {
        let (one, other) = (Runtime::default(), Runtime::default());
        let id = |runtime: &Runtime| block_on(runtime, async { Handle::current().id() }).unwrap();
        let first = id(&one);
        assert_eq!(first, id(&other));
        drop(one);
        assert_eq!(first, id(&other));
    }

    #[tokio::test]
    async fn within_a_runtime_a_call_is_refused_and_a_client_can_be_dropped() {
        let runtime = Runtime::default();
        let error = block_on(&runtime, async {}).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument);
        assert!(error.to_string().contains("await the builder"), "{error}");

        let used = std::thread::spawn(move || {
            block_on(&runtime, async {}).unwrap();
            runtime
        });
        drop(used.join().unwrap());
    }
}
