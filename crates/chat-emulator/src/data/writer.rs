//! The thread that writes: one commit for everything that has gathered while the last one was written.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::watch;

use super::batch::Batch;
use super::file::DataFile;

/// How often somebody looks whether the file is still there while nothing is written.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Why something is not written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotWritten {
    /// Something was lost, so that nothing more can be answered.
    #[error("the data file cannot be written")]
    Ended,
    /// Nothing is lost, and it goes on when there is room again.
    #[error("the disk of the data file is full")]
    NoRoom,
}

/// Writes batches in the order in which they come. Dropping it writes what is left.
#[derive(Debug)]
pub(crate) struct Writer {
    shared: Arc<Shared>,
    file: Arc<DataFile>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    queue: Mutex<Queue>,
    wake: Condvar,
    written: watch::Sender<Progress>,
}

#[derive(Debug, Default)]
struct Queue {
    batch: Batch,
    /// How many batches there ever were.
    count: u64,
    closed: bool,
}

/// How many of the batches are on the disk, and whether no more will be.
#[derive(Clone, Copy, Debug)]
struct Progress {
    count: u64,
    ended: bool,
}

/// Tells those who wait that the thread has ended, however it did.
struct End<'a>(&'a watch::Sender<Progress>);

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.0.send_modify(|progress| progress.ended = true);
    }
}

impl Writer {
    /// Starts the thread.
    pub(crate) fn start(file: DataFile) -> std::io::Result<Self> {
        let (written, _) = watch::channel(Progress {
            count: 0,
            ended: false,
        });
        let shared = Arc::new(Shared {
            queue: Mutex::default(),
            wake: Condvar::new(),
            written,
        });
        let file = Arc::new(file);
        let thread = std::thread::Builder::new()
            .name("chat-emulator-data".to_owned())
            .spawn({
                let (shared, file) = (Arc::clone(&shared), Arc::clone(&file));
                move || shared.run(&file)
            })?;
        Ok(Self {
            shared,
            file,
            thread: Some(thread),
        })
    }

    /// Takes a batch to be written soon. It goes by the order of the calls, so whoever has made the batch
    /// under a lock calls this under it.
    pub(crate) fn enqueue(&self, batch: Batch) {
        // What will never be written is not kept.
        if batch.is_empty() || self.has_failed() {
            return;
        }
        let mut queue = self.shared.queue();
        queue.count += 1;
        queue.batch.add(batch);
        drop(queue);
        self.shared.wake.notify_one();
    }

    /// Whether nothing more is written, so that nothing should be carried out.
    pub(super) fn has_failed(&self) -> bool {
        self.shared.written.borrow().ended
    }

    /// Waits until nothing more is written.
    #[cfg(test)]
    pub(super) async fn failed(&self) {
        let mut written = self.shared.written.subscribe();
        assert!(written.wait_for(|progress| progress.ended).await.is_ok());
    }

    /// Refuses to carry out what could not be written. A request that `changes` nothing needs no room.
    pub(crate) fn writable(&self, changes: bool) -> Result<(), NotWritten> {
        if self.has_failed() || changes && self.file.check_place().is_err() {
            Err(NotWritten::Ended)
        } else if changes && !self.file.has_room() {
            Err(NotWritten::NoRoom)
        } else {
            Ok(())
        }
    }

    /// Waits until everything that has been taken so far is on the disk.
    pub(crate) async fn written(&self) -> Result<(), NotWritten> {
        let count = self.shared.queue().count;
        let mut written = self.shared.written.subscribe();
        let done = |progress: &Progress| progress.ended || progress.count >= count;
        // The sender lives as long as this does.
        match written.wait_for(done).await {
            Ok(progress) if progress.count >= count => Ok(()),
            _ => Err(NotWritten::Ended),
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.shared.queue().closed = true;
        self.shared.wake.notify_one();
        if let Some(thread) = self.thread.take() {
            // A thread that has panicked has said so.
            let _ = thread.join();
        }
    }
}

impl Shared {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn run(&self, file: &DataFile) {
        let _end = End(&self.written);
        loop {
            let written = match self.next() {
                Next::Batch(batch, count) => file.write(&batch).map(|()| Some(count)),
                Next::Nothing => file.check_place().map(|()| None),
                Next::End => return,
            };
            match written {
                Ok(Some(count)) => self.written.send_modify(|progress| progress.count = count),
                Ok(None) => {}
                Err(error) => {
                    let cause = std::error::Error::source(&error).map(ToString::to_string);
                    tracing::error!(%error, cause, "nothing is answered any more");
                    // What follows would miss what was lost.
                    self.queue().batch = Batch::default();
                    return;
                }
            }
        }
    }

    /// Waits for changes, or for the end, but not for long.
    fn next(&self) -> Next {
        let queue = self.queue();
        let idle = |queue: &mut Queue| queue.batch.is_empty() && !queue.closed;
        let waited = self.wake.wait_timeout_while(queue, LOOK_EVERY, idle);
        let (mut queue, _) = waited.unwrap_or_else(PoisonError::into_inner);
        if !queue.batch.is_empty() {
            return Next::Batch(std::mem::take(&mut queue.batch), queue.count);
        }
        if queue.closed {
            Next::End
        } else {
            Next::Nothing
        }
    }
}

/// What there is to do for the thread.
enum Next {
    /// To write a batch, with which so many have been written.
    Batch(Batch, u64),
    Nothing,
    End,
}
