//! Pictures and files that go with a message.

use bytes::Bytes;
use serde::{Deserialize, Serialize};

/// A picture or a file that goes with a message. Nobody can attach one through the API: they come from seeds
/// and archives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Attachment {
    pub(crate) id: String,
    pub(crate) kind: AttachmentKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
    /// Where a file is that is kept elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) url: Option<String>,
    /// Where people look at such a file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) preview_url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) original: Option<Content>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) preview: Option<Content>,
}

/// What sort of attachment it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum AttachmentKind {
    Image,
    File,
}

/// How large a picture is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum PictureSize {
    Original,
    Small,
}

/// Bytes of a media type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Content {
    pub(crate) media_type: String,
    #[serde(with = "base64")]
    pub(crate) bytes: Bytes,
}

impl Attachment {
    /// What there is in a size. Where there is no preview, the picture is small enough.
    pub(crate) fn content(&self, size: PictureSize) -> Option<&Content> {
        let preview = self.preview.as_ref().filter(|_| size == PictureSize::Small);
        preview.or(self.original.as_ref())
    }

    /// Bytes that it holds.
    pub(super) fn size(&self) -> usize {
        let contents = self.original.iter().chain(&self.preview);
        contents.map(|content| content.bytes.len()).sum()
    }
}

/// Bytes as a text.
pub(crate) mod base64 {
    use ::base64::Engine;
    use ::base64::engine::general_purpose::STANDARD;
    use bytes::Bytes;
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(crate) fn serialize<S: Serializer>(bytes: &Bytes, to: S) -> Result<S::Ok, S::Error> {
        STANDARD.encode(bytes).serialize(to)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Bytes, D::Error> {
        let text = String::deserialize(from)?;
        STANDARD
            .decode(text)
            .map(Bytes::from)
            .map_err(D::Error::custom)
    }
}
