//! Fetching what is attached to messages.

use reqwest::{Method, Request, Response, Url};

use crate::{
    Error, Operation, Repeat, ResponseValue, chat,
    interceptor::{observe, prepare},
};

/// Fetching the bytes of an attachment from the URL that the message names. No document describes
/// it: the service's tutorial on images from Microsoft Teams does
/// (<https://learn.microsoft.com/azure/communication-services/tutorials/chat-interop/meeting-interop-features-inline-image>).
pub static DOWNLOAD_ATTACHMENT: Operation = Operation {
    id: "downloadAttachment",
    function: "download",
    method: Method::GET,
    path: "/chat/threads/{chatThreadId}/images/{imageId}",
    media_type: None,
    accept: "*/*",
    success: &[200],
    repeat: Repeat::Safe,
    repeat_because: "it changes nothing",
    rate_group: "downloadAttachment",
    no_wait: false,
};

impl chat::Client {
    /// Begins to fetch what a URL in a message leads to. The body stays to be read.
    ///
    /// The URL is sent as it is; it goes through the same [`Interceptor`](crate::Interceptor) as all
    /// other requests. Whether it leads to a host that may see the caller's credentials is for the
    /// caller to check.
    ///
    /// # Errors
    ///
    /// [`Error::UnexpectedResponse`] for any status but 200, and those of the connection.
    pub async fn download(&self, url: Url) -> Result<ResponseValue<Response>, Error<()>> {
        let mut request = Request::new(Method::GET, url);
        prepare(self, &DOWNLOAD_ATTACHMENT, &mut request)?;
        let response = observe(self, Some(&DOWNLOAD_ATTACHMENT), request).await?;
        let status = response.status();
        if !DOWNLOAD_ATTACHMENT.success.contains(&status.as_u16()) {
            return Err(Error::UnexpectedResponse(response));
        }
        let headers = response.headers().clone();
        Ok(ResponseValue::new(response, status, headers))
    }
}
