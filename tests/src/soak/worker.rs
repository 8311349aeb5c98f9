//! What each task does.

use std::time::Duration;

use chat::models::{ChatThreadId, IdempotencyToken, SendKey, TokenScope};
use chat::{ChatClient, CommunicationIdentityClient, CommunicationTokenCredential, RetryOptions};

use super::service::Progress;
use super::{Failure, Plan};

/// One task: a user who creates threads and sends messages to them.
pub(super) struct Worker {
    task: usize,
    client: ChatClient,
    threads: usize,
    sends: usize,
    settle: Duration,
}

/// What a task has done.
pub(super) struct Work {
    pub(super) client: ChatClient,
    pub(super) threads: Vec<Thread>,
    pub(super) attempts: u64,
    pub(super) resends: u64,
    pub(super) begun_again: u64,
    /// The keys of messages that were sent more than once, and the thread they are in.
    pub(super) suspects: Vec<(ChatThreadId, SendKey)>,
}

/// A thread, and how many messages were sent to it.
pub(super) struct Thread {
    pub(super) topic: String,
    pub(super) id: ChatThreadId,
    pub(super) sends: usize,
}

/// The share of `all` that falls to `task` of `tasks`.
fn share(all: usize, task: usize, tasks: usize) -> usize {
    all / tasks + usize::from(task < all % tasks)
}

impl Worker {
    pub(super) async fn new(
        plan: &Plan,
        identity: &CommunicationIdentityClient,
        task: usize,
    ) -> Result<Self, Failure> {
        let (_, token) = identity.create_user_and_token([TokenScope::Chat]).await?;
        let credential = CommunicationTokenCredential::new(token)?;
        let retry = RetryOptions::exponential()
            .max_retries(6)
            .initial_delay(Duration::from_millis(5))
            .max_delay(Duration::from_millis(100))
            .without_budget();
        let client = ChatClient::builder(identity.endpoint(), credential)
            .retry(retry)
            .timeout(Duration::from_secs(10))
            .build()?;
        Ok(Self {
            task,
            client,
            threads: share(plan.threads, task, plan.tasks).max(1),
            sends: share(plan.sends, task, plan.tasks),
            settle: plan.settle,
        })
    }

    pub(super) async fn run(self, progress: Progress) -> Work {
        let mut work = Work {
            client: self.client.clone(),
            threads: Vec::new(),
            attempts: 0,
            resends: 0,
            begun_again: 0,
            suspects: Vec::new(),
        };
        for index in 0..self.threads {
            let topic = format!("thread {index} of task {}", self.task);
            let id = self.create(&topic, &mut work).await;
            let sends = share(self.sends, index, self.threads);
            for number in 0..sends {
                self.send(&id, number, &mut work).await;
                progress.advance();
            }
            work.threads.push(Thread { topic, id, sends });
        }
        work
    }

    /// Creates a thread, whatever it takes: an error says with which token to begin again, or
    /// which thread was created after all.
    async fn create(&self, topic: &str, work: &mut Work) -> ChatThreadId {
        let mut token = IdempotencyToken::new();
        loop {
            let create = self
                .client
                .create_chat_thread(topic)
                .idempotency_token(&token);
            match create.send_with_info().await {
                Ok(created) => {
                    work.attempts += u64::from(created.info().retry_info().attempts());
                    return created.value().chat_thread().id().clone();
                }
                Err(error) => {
                    work.attempts += u64::from(error.retry_info().attempts());
                    if let Some(id) = error.created_thread_id() {
                        return id;
                    }
                    work.begun_again += 1;
                    token = error.idempotency_token().cloned().unwrap_or(token);
                }
            }
        }
    }

    /// Sends a message, whatever it takes: an error says with which key to begin again.
    async fn send(&self, thread: &ChatThreadId, number: usize, work: &mut Work) {
        let client = self.client.chat_thread_client(thread);
        let mut key: Option<SendKey> = None;
        loop {
            let message = client.send_message(number.to_string());
            let send = match &key {
                Some(key) => message.exactly_once_with(key),
                None => message.exactly_once(),
            };
            match send.settle(self.settle).send_with_info().await {
                Ok(sent) => {
                    let (sent, info) = sent.into_parts();
                    work.attempts += u64::from(info.retry_info().attempts());
                    if let Some(report) = sent.exactly_once() {
                        work.resends += u64::from(report.resends());
                        if report.resends() > 0 || key.is_some() {
                            work.suspects.push((thread.clone(), report.key().clone()));
                        }
                    }
                    return;
                }
                Err(error) => {
                    work.attempts += u64::from(error.retry_info().attempts());
                    work.begun_again += 1;
                    key = error.send_key().cloned().or(key);
                }
            }
        }
    }
}
