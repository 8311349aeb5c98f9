//! The lists of the client, as if they were of one type.

use chat::models::{ChatMessage, ChatMessageReadReceipt, ChatParticipant, ChatThreadItem};
use chat::paging::{Page, PageStream};
use chat::{ChatClient, Error};
use serde_json::Value;

use super::{Exchange, given, views};

/// A list whose first page has been read.
#[derive(Debug)]
pub(super) enum List {
    Threads(PageStream<ChatThreadItem>),
    Messages(PageStream<ChatMessage>),
    Participants(PageStream<ChatParticipant>),
    ReadReceipts(PageStream<ChatMessageReadReceipt>),
}

impl List {
    /// Begins the list that was recorded.
    pub(super) fn begin(client: &ChatClient, exchange: &Exchange) -> Self {
        let size = exchange.request.parameter("maxPageSize");
        let size: Option<u32> = size.map(|size| size.parse().expect("a page size"));
        /// Sets the page size if one was recorded.
        macro_rules! pages {
            ($list:expr) => {
                match size {
                    Some(size) => $list.page_size(size).into_pages(),
                    None => $list.into_pages(),
                }
            };
        }
        let thread = || {
            let id = exchange.request.thread();
            client.chat_thread_client(id.expect("a thread in the path"))
        };
        let start = given::start_time(exchange);
        match exchange.operation.as_str() {
            "listChatThreads" => {
                let list = client.list_chat_threads();
                let list = start
                    .into_iter()
                    .fold(list, |list, start| list.start_time(start));
                Self::Threads(pages!(list))
            }
            "listChatMessages" => {
                let list = thread().list_messages();
                let list = start
                    .into_iter()
                    .fold(list, |list, start| list.start_time(start));
                Self::Messages(pages!(list))
            }
            "listChatParticipants" => Self::Participants(pages!(thread().list_participants())),
            "listChatReadReceipts" => Self::ReadReceipts(pages!(thread().list_read_receipts())),
            unknown => panic!("no public operation is known for {unknown}"),
        }
    }

    /// The next page.
    pub(super) async fn next(&mut self) -> Result<Value, Error> {
        match self {
            Self::Threads(pages) => Ok(page(pages.try_next().await?, views::thread_item)),
            Self::Messages(pages) => Ok(page(pages.try_next().await?, views::message)),
            Self::Participants(pages) => Ok(page(pages.try_next().await?, views::participant)),
            Self::ReadReceipts(pages) => Ok(page(pages.try_next().await?, views::read_receipt)),
        }
    }
}

/// A page; an empty one where there is none, as lists end with the last item.
fn page<T>(page: Option<Page<T>>, view: impl Fn(&T) -> Value) -> Value {
    let Some(page) = page else {
        return views::page(Value::Array(Vec::new()), None);
    };
    let continuation = page.continuation().map(ToString::to_string);
    let link = continuation
        .as_deref()
        .and_then(|text| text.split(' ').nth(1));
    views::page(page.items().iter().map(view).collect(), link)
}
