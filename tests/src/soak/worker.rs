//! What each task does.

use std::time::Duration;

use chat::models::{ChatParticipant, ChatThreadId, IdempotencyToken, SendKey, TokenScope};
use chat::{
    ChatClient, ChatThreadClient, CommunicationIdentityClient, CommunicationTokenCredential,
    RetryOptions,
};
use futures_util::future::join_all;

use super::ledger::{Thread, Told, Work};
use super::progress::Progress;
use super::{Failure, Plan, verify};

/// How often a request is repeated, or a message sent again.
const RETRIES: u32 = 6;

/// One task: it creates threads, to each of which its users write at the same time.
pub(super) struct Worker {
    task: usize,
    /// The first creates the threads.
    writers: Vec<ChatClient>,
    /// All but the first.
    others: Vec<ChatParticipant>,
    threads: usize,
    sends: usize,
    settle: Duration,
    progress: Progress,
}

/// What becomes of calls.
#[derive(Default)]
struct Calls {
    attempts: u64,
    begun_again: u64,
}

impl Calls {
    fn add_to(self, work: &mut Work) {
        work.attempts += self.attempts;
        work.begun_again += self.begun_again;
    }
}

/// The share of `all` that falls to `index` of `count`.
fn share(all: usize, index: usize, count: usize) -> usize {
    all / count + usize::from(index < all % count)
}

impl Worker {
    pub(super) async fn new(
        plan: &Plan,
        identity: &CommunicationIdentityClient,
        task: usize,
        progress: &Progress,
    ) -> Result<Self, Failure> {
        let (mut writers, mut others) = (Vec::new(), Vec::new());
        for writer in 0..plan.writers {
            let (user, token) = identity.create_user_and_token([TokenScope::Chat]).await?;
            let credential = CommunicationTokenCredential::new(token)?;
            let retry = RetryOptions::exponential()
                .max_retries(RETRIES)
                .initial_delay(Duration::from_millis(5))
                .max_delay(Duration::from_millis(100))
                .without_budget();
            let client = ChatClient::builder(identity.endpoint(), credential)
                .retry(retry)
                .timeout(plan.call_timeout())
                .build()?;
            writers.push(client);
            if writer > 0 {
                others.push(ChatParticipant::new(user));
            }
        }
        Ok(Self {
            task,
            writers,
            others,
            threads: share(plan.threads, task, plan.tasks).max(1),
            sends: share(plan.sends, task, plan.tasks),
            settle: plan.settle,
            progress: progress.clone(),
        })
    }

    pub(super) async fn run(self) -> Work {
        let mut work = Work::default();
        for index in 0..self.threads {
            let topic = format!("thread {index} of task {}", self.task);
            let id = self.create(&topic, &mut work).await;
            let sends = share(self.sends, index, self.threads);
            let writing = self.writers.iter().enumerate().map(|(writer, client)| {
                let sends = share(sends, writer, self.writers.len());
                self.write(client.chat_thread_client(&id), writer, sends)
            });
            let mut writers = Vec::new();
            for (told, calls) in join_all(writing).await {
                writers.push(told);
                calls.add_to(&mut work);
            }
            let id = id.to_string();
            work.threads.push(Thread { topic, id, writers });
        }
        work
    }

    /// Creates a thread, whatever it takes: an error says with which token to begin again, or
    /// which thread was created after all.
    async fn create(&self, topic: &str, work: &mut Work) -> ChatThreadId {
        let mut token = IdempotencyToken::new();
        let mut calls = Calls::default();
        let id = loop {
            let create = self.writers[0]
                .create_chat_thread(topic)
                .participants(self.others.clone())
                .idempotency_token(&token);
            match create.send_with_info().await {
                Ok(created) => {
                    calls.attempts += u64::from(created.info().retry_info().attempts());
                    break created.value().chat_thread().id().clone();
                }
                Err(error) => {
                    calls.attempts += u64::from(error.retry_info().attempts());
                    if let Some(id) = error.created_thread_id() {
                        break id;
                    }
                    calls.begun_again += 1;
                    tokio::task::yield_now().await;
                    token = error.idempotency_token().cloned().unwrap_or(token);
                }
            }
        };
        calls.add_to(work);
        self.progress.created();
        id
    }

    /// Sends so many messages one after another, and gives what was said of each.
    async fn write(
        &self,
        thread: ChatThreadClient,
        writer: usize,
        sends: usize,
    ) -> (Vec<Told>, Calls) {
        let (mut told, mut calls) = (Vec::new(), Calls::default());
        for number in 0..sends {
            let text = verify::text(writer, number);
            told.push(self.send(&thread, &text, &mut calls).await);
            self.progress.sent();
        }
        (told, calls)
    }

    /// Sends a message, whatever it takes: an error says with which key to begin again.
    async fn send(&self, thread: &ChatThreadClient, text: &str, calls: &mut Calls) -> Told {
        let mut key: Option<SendKey> = None;
        let mut told = Told::default();
        loop {
            let message = thread.send_message(text);
            let send = match &key {
                Some(key) => message.exactly_once_with(key),
                None => message.exactly_once(),
            };
            match send.settle(self.settle).send_with_info().await {
                Ok(sent) => {
                    let (sent, info) = sent.into_parts();
                    calls.attempts += u64::from(info.retry_info().attempts());
                    told.id = sent.id().to_string();
                    if let Some(report) = sent.exactly_once() {
                        told.resends = report.resends();
                        let duplicates = report.duplicates().iter();
                        told.duplicates = duplicates.map(ToString::to_string).collect();
                    }
                    return told;
                }
                Err(error) => {
                    let attempts = error.retry_info().attempts();
                    calls.attempts += u64::from(attempts);
                    calls.begun_again += 1;
                    if error.in_doubt() {
                        // Some of the attempts were searches.
                        told.doubted += attempts.min(1 + RETRIES);
                    }
                    key = error.send_key().cloned().or(key);
                    // Whoever watches is to have a chance, whatever the error.
                    tokio::task::yield_now().await;
                }
            }
        }
    }
}
