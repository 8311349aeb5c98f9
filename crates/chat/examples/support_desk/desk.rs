//! Tickets, and the chat threads they are.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use chat::models::{ChatMessageType, ChatParticipant, CommunicationUserIdentifier, TokenScope};
use chat::{
    ChatClient, ChatThreadClient, CommunicationIdentityClient, CommunicationTokenCredential,
};

/// Who writes a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Author {
    Customer,
    Agent,
}

/// What was said.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) from: String,
    pub(crate) text: String,
}

/// A ticket, as either side sees its thread.
#[derive(Clone)]
struct Ticket {
    customer: ChatThreadClient,
    customer_name: String,
    agent: ChatThreadClient,
}

/// A clone is the same desk.
#[derive(Clone)]
pub(crate) struct Desk {
    shared: Arc<Shared>,
}

struct Shared {
    identity: CommunicationIdentityClient,
    agent: CommunicationUserIdentifier,
    at_agent: ChatClient,
    /// By number. The ids of threads are nothing that a customer needs to know.
    tickets: Mutex<HashMap<String, Ticket>>,
}

impl Desk {
    pub(crate) async fn open(identity: CommunicationIdentityClient) -> Result<Self, chat::Error> {
        let agent = identity.create_user().await?;
        let credential = credential(&identity, &agent);
        let at_agent = ChatClient::new(identity.endpoint(), credential)?;
        Ok(Self {
            shared: Arc::new(Shared {
                identity,
                agent,
                at_agent,
                tickets: Mutex::default(),
            }),
        })
    }

    /// Opens a ticket with what a customer says first, and gives its number.
    pub(crate) async fn open_ticket(
        &self,
        customer_name: String,
        text: String,
    ) -> Result<String, chat::Error> {
        let Shared {
            identity,
            agent,
            at_agent,
            tickets,
        } = &*self.shared;
        let customer = identity.create_user().await?;
        let at_customer = at_agent.with_credential(credential(identity, &customer));
        let created = at_customer
            .create_chat_thread(format!("Ticket of {customer_name}"))
            .participant(ChatParticipant::new(agent).with_display_name("Support"))
            .await?;
        let thread = created.chat_thread().id();
        let ticket = Ticket {
            customer: at_customer.chat_thread_client(thread),
            agent: at_agent.chat_thread_client(thread),
            customer_name,
        };
        ticket.say(Author::Customer, text).await?;
        let mut tickets = tickets.lock().unwrap_or_else(PoisonError::into_inner);
        let number = (tickets.len() + 1).to_string();
        tickets.insert(number.clone(), ticket);
        Ok(number)
    }

    /// Nothing if there is no such ticket, as in what follows.
    pub(crate) async fn say(
        &self,
        number: &str,
        author: Author,
        text: String,
    ) -> Option<Result<(), chat::Error>> {
        let ticket = self.ticket(number)?;
        Some(ticket.say(author, text).await)
    }

    /// What was said, the first first.
    pub(crate) async fn conversation(
        &self,
        number: &str,
    ) -> Option<Result<Vec<Said>, chat::Error>> {
        let ticket = self.ticket(number)?;
        Some(ticket.conversation().await)
    }

    pub(crate) async fn close(&self, number: &str) -> Option<Result<(), chat::Error>> {
        let ticket = self.ticket(number)?;
        let thread = ticket.agent.thread_id();
        Some(self.shared.at_agent.delete_chat_thread(thread).await)
    }

    fn ticket(&self, number: &str) -> Option<Ticket> {
        let tickets = self.shared.tickets.lock();
        let tickets = tickets.unwrap_or_else(PoisonError::into_inner);
        tickets.get(number).cloned()
    }
}

impl Ticket {
    async fn say(&self, author: Author, text: String) -> Result<(), chat::Error> {
        let (thread, name) = match author {
            Author::Customer => (&self.customer, self.customer_name.as_str()),
            Author::Agent => (&self.agent, "Support"),
        };
        thread
            .send_message(text)
            .sender_display_name(name)
            .await
            .map(drop)
    }

    async fn conversation(&self) -> Result<Vec<Said>, chat::Error> {
        let texts = [ChatMessageType::Text];
        let mut messages = self.agent.list_messages().only(texts).into_stream();
        let mut conversation = Vec::new();
        while let Some(message) = messages.try_next().await? {
            conversation.push(Said {
                from: message.sender_display_name().unwrap_or_default().to_owned(),
                text: message.content().message().unwrap_or_default().to_owned(),
            });
        }
        conversation.reverse();
        Ok(conversation)
    }
}

/// A token for this user is issued when one is needed.
fn credential(
    identity: &CommunicationIdentityClient,
    user: &CommunicationUserIdentifier,
) -> CommunicationTokenCredential {
    let (identity, user) = (identity.clone(), user.clone());
    CommunicationTokenCredential::refreshing(move || {
        identity.issue_token(&user, [TokenScope::Chat]).send()
    })
}
