//! Who writes.

use chat::models::{ChatMessageId, ChatParticipant, ChatThreadId, IdempotencyToken};
use chat::{ChatClient, ChatThreadClient};

use super::Plan;
use crate::soak::Failure;

/// A user who writes to threads of its own.
pub(super) struct Writer {
    client: ChatClient,
    /// Who follows.
    follower: ChatParticipant,
    threads: Vec<ChatThreadClient>,
    /// How many threads are created while the others are followed, and how often is written.
    late_threads: usize,
    writes: usize,
}

/// A thread, and how often it was written to.
pub(super) struct Written {
    pub(super) id: ChatThreadId,
    pub(super) writes: usize,
}

impl Writer {
    pub(super) async fn new(
        plan: &Plan,
        client: ChatClient,
        follower: ChatParticipant,
        number: usize,
    ) -> Result<Self, Failure> {
        let share = |all: usize| all / plan.writers + usize::from(number < all % plan.writers);
        let threads = share(plan.threads);
        let mut writer = Self {
            client,
            follower,
            threads: Vec::new(),
            late_threads: threads / 10,
            writes: share(plan.writes),
        };
        for _ in 0..threads - writer.late_threads {
            if let Some(thread) = writer.create().await {
                writer.threads.push(thread);
            }
        }
        match writer.threads.is_empty() {
            true => Err("a writer has no threads".into()),
            false => Ok(writer),
        }
    }

    /// With the same token again, until it is there.
    async fn create(&self) -> Option<ChatThreadClient> {
        let token = IdempotencyToken::new();
        for _ in 0..100 {
            let create = self.client.create_chat_thread("Soak");
            let create = create.participant(self.follower.clone());
            if let Ok(created) = create.idempotency_token(token.clone()).await {
                let id = created.chat_thread().id();
                return Some(self.client.chat_thread_client(id));
            }
        }
        None
    }

    /// Writes, and gives what was written to. What fails is left alone: the service counts.
    pub(super) async fn run(mut self) -> Vec<Written> {
        let mut writes = vec![0; self.threads.len() + self.late_threads];
        let mut sent: Vec<Option<ChatMessageId>> = vec![None; writes.len()];
        for write in 0..self.writes {
            let is_time = self.late_threads > 0 && write % 5 == 4;
            if is_time && let Some(thread) = self.create().await {
                self.late_threads -= 1;
                self.threads.push(thread);
            }
            // Most goes to a few threads.
            let index = match write % 3 {
                0 => scattered(write) % self.threads.len(),
                _ => write % self.threads.len().min(3),
            };
            let (thread, last) = (&self.threads[index], &mut sent[index]);
            let is_done = match (write % 7, &*last) {
                (3 | 5, Some(id)) => thread.update_message(id).content("edited").await.is_ok(),
                (6, Some(id)) => {
                    let deleted = thread.delete_message(id).await.is_ok();
                    *last = None;
                    deleted
                }
                (2, _) if write % 21 == 2 => thread.update_topic("Another").await.is_ok(),
                _ => match thread.send_message("hello").await {
                    Ok(message) => {
                        *last = Some(message.id().clone());
                        true
                    }
                    Err(_) => false,
                },
            };
            writes[index] += usize::from(is_done);
        }
        let threads = self.threads.iter().zip(writes);
        threads
            .map(|(thread, writes)| Written {
                id: thread.thread_id().clone(),
                writes,
            })
            .collect()
    }
}

/// Numbers that jump about, the same in each run.
fn scattered(number: usize) -> usize {
    number.wrapping_mul(0x9e37_79b9) >> 7
}
