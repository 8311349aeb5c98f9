//! The JSON of a seed.

use std::collections::HashSet;
use std::fmt;

use bytes::Bytes;
use serde::Deserialize;

use crate::store::limits::DEFAULT_TOKEN_MINUTES;
use crate::store::timestamp::Timestamp;
use crate::store::{AttachmentKind, ContentType, MessageId, Metadata, Scope, ThreadId};

use crate::store::base64;

use super::SeedError;

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Document {
    #[serde(default)]
    pub(super) users: Vec<SeedUser>,
    #[serde(default)]
    pub(super) threads: Vec<SeedThread>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct SeedUser {
    pub(super) name: Name,
    #[serde(default = "chat")]
    pub(super) scopes: Vec<ScopeName>,
    #[serde(default = "default_minutes")]
    pub(super) token_minutes: u32,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct SeedThread {
    pub(super) id: Option<ThreadId>,
    pub(super) topic: String,
    pub(super) created_by: Name,
    pub(super) created_on: Option<Timestamp>,
    #[serde(default)]
    pub(super) participants: Vec<SeedParticipant>,
    #[serde(default)]
    pub(super) metadata: Metadata,
    pub(super) delete_thread_after_days: Option<u32>,
    #[serde(default)]
    pub(super) messages: Vec<SeedMessage>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct SeedParticipant {
    pub(super) user: Name,
    pub(super) display_name: Option<String>,
    pub(super) share_history_time: Option<Timestamp>,
    #[serde(default)]
    pub(super) metadata: Metadata,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct SeedMessage {
    pub(super) id: Option<SeedMessageId>,
    pub(super) from: Name,
    #[serde(default)]
    pub(super) r#type: SeedContentType,
    pub(super) content: String,
    #[serde(default)]
    pub(super) sender_display_name: String,
    #[serde(default)]
    pub(super) metadata: Metadata,
    #[serde(default)]
    pub(super) attachments: Vec<SeedAttachment>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct SeedAttachment {
    pub(super) id: Option<String>,
    #[serde(default = "image")]
    pub(super) attachment_type: AttachmentKind,
    pub(super) name: Option<String>,
    #[serde(default = "png")]
    pub(super) media_type: String,
    pub(super) bytes: Option<Base64>,
    pub(super) preview: Option<Base64>,
    pub(super) url: Option<String>,
    pub(super) preview_url: Option<String>,
}

/// Bytes in base64.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Base64(#[serde(with = "base64")] pub(super) Bytes);

/// The id of a message, a text as on the wire.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct SeedMessageId(pub(super) MessageId);

impl TryFrom<String> for SeedMessageId {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let id = MessageId::parse(&text)
            .filter(|id| id.0 <= Timestamp::MAX.millis())
            .map(Self);
        id.ok_or_else(|| format!("{text:?} is no id of a message: milliseconds since 1970"))
    }
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum SeedContentType {
    #[default]
    Text,
    Html,
}

impl From<SeedContentType> for ContentType {
    fn from(content_type: SeedContentType) -> Self {
        match content_type {
            SeedContentType::Text => Self::Text,
            SeedContentType::Html => Self::Html,
        }
    }
}

/// The name of a user in a seed. It is printed as part of `user.NAME=…`, so it has no spaces and no `=`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Name(String);

impl Name {
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Name {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let letter = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_');
        if (1..=64).contains(&text.len()) && text.bytes().all(letter) {
            Ok(Self(text))
        } else {
            Err(format!(
                "{text:?} is no name of 1 to 64 of the letters A-Z, a-z, 0-9, '.', '-' and '_'"
            ))
        }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct ScopeName(pub(super) Scope);

impl TryFrom<String> for ScopeName {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let scope = Scope::parse(&text).map(Self);
        scope.ok_or_else(|| format!("there is no scope {text:?}"))
    }
}

fn chat() -> Vec<ScopeName> {
    vec![ScopeName(Scope::Chat)]
}

fn image() -> AttachmentKind {
    AttachmentKind::Image
}

fn png() -> String {
    "image/png".to_owned()
}

fn default_minutes() -> u32 {
    DEFAULT_TOKEN_MINUTES
}

impl Document {
    /// Finds what the form alone does not show: names used twice or never given, lists and texts that
    /// must not be empty.
    pub(super) fn check(&self) -> Result<(), SeedError> {
        let mut names = HashSet::new();
        for (u, user) in self.users.iter().enumerate() {
            if !names.insert(&user.name) {
                let reason = format!("the name {} is taken", user.name);
                return Err(SeedError::new(format!("users[{u}].name"), reason));
            }
            if user.scopes.is_empty() {
                let path = format!("users[{u}].scopes");
                return Err(SeedError::new(path, "a token has at least one scope"));
            }
        }
        let known = |path: String, name: &Name| match names.contains(name) {
            true => Ok(()),
            false => Err(SeedError::new(path, format!("there is no user {name}"))),
        };
        let mut ids = HashSet::new();
        for (t, thread) in self.threads.iter().enumerate() {
            let path = format!("threads[{t}]");
            if let Some(id) = &thread.id
                && !ids.insert(id)
            {
                let reason = format!("the id {} is taken", id.as_str());
                return Err(SeedError::new(format!("{path}.id"), reason));
            }
            if thread.topic.is_empty() {
                let path = format!("{path}.topic");
                return Err(SeedError::new(path, "a topic is not empty"));
            }
            known(format!("{path}.createdBy"), &thread.created_by)?;
            for (p, participant) in thread.participants.iter().enumerate() {
                known(format!("{path}.participants[{p}].user"), &participant.user)?;
            }
            for (m, message) in thread.messages.iter().enumerate() {
                let path = format!("{path}.messages[{m}]");
                known(format!("{path}.from"), &message.from)?;
                for (a, attachment) in message.attachments.iter().enumerate() {
                    let (is_there, field) = match attachment.attachment_type {
                        AttachmentKind::Image => (attachment.bytes.is_some(), "bytes"),
                        AttachmentKind::File => {
                            let is_there =
                                attachment.url.is_some() || attachment.preview_url.is_some();
                            (is_there, "previewUrl")
                        }
                    };
                    if !is_there {
                        let path = format!("{path}.attachments[{a}].{field}");
                        let reason = "an image has bytes, and a file has the URL where it is";
                        return Err(SeedError::new(path, reason));
                    }
                }
            }
        }
        Ok(())
    }
}
