//! What is attached to messages, and where it is.

use percent_encoding::utf8_percent_encode;
use serde::Serialize;

use crate::store::{Attachment, AttachmentKind, MessageId, ThreadId};

use super::RESERVED;
use super::version::ChatVersion;

/// What the URLs of a thread's attachments are made of.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Links<'a> {
    /// Scheme and authority; nothing where nobody is there to be called.
    pub(crate) base: &'a str,
    pub(crate) thread: &'a ThreadId,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ChatAttachment<'a> {
    id: &'a str,
    attachment_type: AttachmentKind,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    preview_url: Option<String>,
}

impl<'a> ChatAttachment<'a> {
    pub(crate) fn new(
        attachment: &'a Attachment,
        message: MessageId,
        version: ChatVersion,
        links: Links<'_>,
    ) -> Self {
        let id = utf8_percent_encode(&attachment.id, RESERVED);
        let thread = format!("{}/chat/threads/{}", links.base, links.thread.as_str());
        let version = version.as_str();
        // A picture is here or nowhere: a token for the emulator is not for another service.
        let is_here = attachment.original.is_some() || attachment.kind == AttachmentKind::Image;
        let original = || format!("{thread}/images/{id}/views/original?api-version={version}");
        let small = || {
            format!(
                "{thread}/messages/{message}/teamsInterop/images/{id}/views/small?api-version={version}"
            )
        };
        Self {
            id: &attachment.id,
            attachment_type: attachment.kind,
            name: attachment.name.as_deref(),
            url: match is_here {
                true => Some(original()),
                false => attachment.url.clone(),
            },
            preview_url: match attachment.preview {
                Some(_) => Some(small()),
                None => attachment.preview_url.clone(),
            },
        }
    }
}
