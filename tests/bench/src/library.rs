//! The requests as the library makes them.

use chat::models::{ChatMessage, ChatParticipant, CommunicationIdentifier};
use chat::{ChatClient, ChatThreadClient, CommunicationTokenCredential};

use crate::bodies;
use crate::operation::{Operation, Outcome, Target};

pub(crate) struct Client {
    client: ChatClient,
    thread: ChatThreadClient,
}

impl Client {
    pub(crate) fn new(target: &Target) -> Outcome<Self> {
        let credential = CommunicationTokenCredential::new(target.token.clone())?;
        let client = ChatClient::new(&target.endpoint, credential)?;
        let thread = client.chat_thread_client(&target.thread);
        Ok(Self { client, thread })
    }

    pub(crate) async fn repeat(&self, operation: Operation, count: u32) -> Outcome {
        let thread = &self.thread;
        for _ in 0..count {
            let is_as_expected = match operation {
                Operation::Send => {
                    let sent = thread.send_message(bodies::CONTENT).send().await?;
                    !sent.id().as_str().is_empty()
                }
                Operation::Get => {
                    let message = thread.message(bodies::MESSAGE).send().await?;
                    message.id().as_str() == bodies::MESSAGE
                }
                Operation::Create => {
                    let created = self.client.create_chat_thread(bodies::TOPIC).send().await?;
                    created.chat_thread().id().as_str() == bodies::THREAD
                }
                Operation::Add => {
                    let participants = (0..bodies::PAGE).map(|number| {
                        let id = CommunicationIdentifier::from_raw_id(bodies::user(number));
                        ChatParticipant::new(id).with_display_name(format!("User {number}"))
                    });
                    let added = thread.add_participants(participants).send().await?;
                    added.is_complete()
                }
                Operation::Participants => {
                    let page = thread.list_participants().into_pages().try_next().await?;
                    page.is_some_and(|page| page.items().len() == bodies::PAGE)
                }
                Operation::Messages => {
                    let list = thread.list_messages().page_size(200);
                    let page = list.into_pages().try_next().await?;
                    page.is_some_and(|page| page.items().len() == bodies::PAGE)
                }
            };
            if !is_as_expected {
                return Err("another response was expected".into());
            }
        }
        Ok(())
    }
}

pub(crate) fn print_sizes() -> Outcome {
    let Client { client, thread } = Client::new(&Target {
        endpoint: "http://127.0.0.1:1".to_owned(),
        token: bodies::TOKEN.to_owned(),
        thread: bodies::THREAD.to_owned(),
    })?;
    for (what, size) in [
        ("send", size_of_val(&thread.send_message("").send())),
        ("get", size_of_val(&thread.message("1").send())),
        ("create", size_of_val(&client.create_chat_thread("").send())),
        ("ChatMessage", size_of::<ChatMessage>()),
        ("ChatClient", size_of::<ChatClient>()),
        ("Error", size_of::<chat::Error>()),
    ] {
        println!("{what} {size}");
    }
    Ok(())
}
