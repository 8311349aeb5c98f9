//! What one user may read of a thread.

use chat::models::{ChatAttachment, ChatThreadProperties};
use chat::operations::AttachmentDownload;
use chat::paging::PageStream;
use chat::{ChatThreadClient, Error};
use futures_util::{Stream, StreamExt, TryStreamExt, future, stream};
use time::OffsetDateTime;

use super::messages::MessagePages;
use super::record::{ListedParticipant, Record};

/// What one user may read of a thread.
#[derive(Clone, Debug)]
pub struct ThreadAccess {
    user: String,
    client: ChatThreadClient,
}

impl ThreadAccess {
    pub(super) fn new(user: String, client: ChatThreadClient) -> Self {
        Self { user, client }
    }

    /// The raw id of the user.
    #[must_use]
    pub fn user(&self) -> &str {
        &self.user
    }

    /// The properties, and when the thread was created; `GET /chat/threads/{id}`.
    ///
    /// # Errors
    /// Those of [`ChatThreadClient::properties`].
    pub async fn properties(&self) -> Result<(Record, OffsetDateTime), Error> {
        let response = self.client.properties().keep_raw().send_with_info().await?;
        let created_on = ChatThreadProperties::created_on(response.value());
        let json = response.info().raw_json().unwrap_or_default();
        Ok((Record::new(json), created_on))
    }

    /// The participants; `GET /chat/threads/{id}/participants`.
    ///
    /// # Errors
    /// Those of [`ChatThreadClient::list_participants`], from the stream.
    pub fn participants(
        &self,
    ) -> impl Stream<Item = Result<ListedParticipant, Error>> + Send + use<> {
        let pages = self.client.list_participants().keep_raw().into_pages();
        raw_items(pages).try_filter_map(|json| future::ready(Ok(ListedParticipant::new(&json))))
    }

    /// The read receipts; `GET /chat/threads/{id}/readReceipts`.
    ///
    /// # Errors
    /// Those of [`ChatThreadClient::list_read_receipts`], from the stream.
    pub fn receipts(&self) -> impl Stream<Item = Result<Record, Error>> + Send + use<> {
        let pages = self.client.list_read_receipts().keep_raw().into_pages();
        raw_items(pages).map_ok(|json| Record::new(&json))
    }

    /// The messages, newest change first, page by page; `GET /chat/threads/{id}/messages`. After `since`, only
    /// what has changed since that was the newest sequence id. With a continuation, from there on.
    ///
    /// # Errors
    /// Those of [`ChatThreadClient::list_messages`], from the stream.
    pub fn messages(
        &self,
        since: Option<u64>,
        continuation: Option<chat::paging::Continuation>,
    ) -> MessagePages {
        MessagePages::new(&self.client, since, continuation)
    }

    /// The sequence id of the newest message that the user sees; nothing if it sees none. Reads that message;
    /// `GET /chat/threads/{id}/messages`.
    ///
    /// # Errors
    /// Those of [`ChatThreadClient::list_messages`].
    pub async fn newest(&self) -> Result<Option<u64>, Error> {
        let mut messages = self.client.list_messages().latest(1).into_stream();
        let newest = messages.try_next().await?;
        Ok(newest.and_then(|message| message.sequence_id().as_u64()))
    }

    /// Begins to download the picture of an attachment, or its preview.
    ///
    /// # Errors
    /// Those of [`ChatThreadClient::download_attachment`].
    pub async fn picture(
        &self,
        attachment: &ChatAttachment,
        preview: bool,
    ) -> Result<AttachmentDownload, Error> {
        match preview {
            true => self.client.download_attachment_preview(attachment).await,
            false => self.client.download_attachment(attachment).await,
        }
    }
}

/// The JSON of all items of a list, also of those that this version cannot read.
fn raw_items<T: Send + Sync + 'static>(
    pages: PageStream<T>,
) -> impl Stream<Item = Result<String, Error>> + Send {
    let items = pages.map_ok(|page| {
        let items: Vec<_> = page.raw_items().into_iter().map(str::to_owned).collect();
        stream::iter(items.into_iter().map(Ok))
    });
    until_error(items.try_flatten())
}

/// The stream up to its first error: the list could be asked again, and the call has had its time.
pub(super) fn until_error<T: Send>(
    stream: impl Stream<Item = Result<T, Error>> + Send,
) -> impl Stream<Item = Result<T, Error>> + Send {
    stream.scan(false, |failed, item| {
        let ended = std::mem::replace(failed, *failed || item.is_err());
        future::ready((!ended).then_some(item))
    })
}
