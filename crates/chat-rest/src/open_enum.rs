//! The open enums of the documents: a newer version of the service may know more values, and a
//! value that is not known must not fail the page it comes in.

use std::{fmt, marker::PhantomData};

use serde::de::{self, Visitor};

/// Defines an open enum over strings.
macro_rules! open_enum {
    (
        $(#[$attribute:meta])*
        pub enum $name:ident {
            $($(#[$variant_attribute:meta])* $variant:ident = $value:literal,)+
        }
    ) => {
        $(#[$attribute])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_attribute])* $variant,)+
            /// A value that this version of the library does not know, as the service wrote it.
            UnknownValue(String),
        }

        impl $name {
            /// The values that are known, as the service writes them.
            pub const KNOWN: &[&str] = &[$($value),+];

            /// The value as it is written on the wire.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $value,)+
                    Self::UnknownValue(value) => value,
                }
            }

            fn known(value: &str) -> Option<Self> {
                // The service's clients compare these without regard to case.
                $(if value.eq_ignore_ascii_case($value) { return Some(Self::$variant); })+
                None
            }
        }

        impl From<&str> for $name {
            fn from(value: &str) -> Self {
                Self::known(value).unwrap_or_else(|| Self::UnknownValue(value.to_owned()))
            }
        }

        impl From<String> for $name {
            fn from(value: String) -> Self {
                Self::known(&value).unwrap_or(Self::UnknownValue(value))
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_str($crate::open_enum::OpenEnumVisitor(::std::marker::PhantomData))
            }
        }
    };
}

/// Reads an open enum from the text where it stands, so that a known value costs no allocation.
struct OpenEnumVisitor<T>(PhantomData<T>);

impl<T: for<'a> From<&'a str> + From<String>> Visitor<'_> for OpenEnumVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<T, E> {
        Ok(value.into())
    }

    fn visit_string<E: de::Error>(self, value: String) -> Result<T, E> {
        Ok(value.into())
    }
}

open_enum! {
    /// The type of a message.
    ///
    /// ```
    /// # mod chat { pub mod models { pub use chat_rest::*; } }
    /// use chat::models::ChatMessageType;
    ///
    /// assert_eq!(ChatMessageType::from("text"), ChatMessageType::Text);
    /// assert!(!ChatMessageType::TopicUpdated.is_written_by_participants());
    ///
    /// // A newer version of the service may have more.
    /// let new = ChatMessageType::from("poll");
    /// assert_eq!(new.as_str(), "poll");
    /// ```
    pub enum ChatMessageType {
        /// Plain text, written by a participant.
        Text = "text",
        /// HTML, written by a participant.
        Html = "html",
        /// A system message: the topic has changed.
        TopicUpdated = "topicUpdated",
        /// A system message: participants were added.
        ParticipantAdded = "participantAdded",
        /// A system message: participants were removed.
        ParticipantRemoved = "participantRemoved",
    }
}

impl ChatMessageType {
    /// Whether participants write messages of this type, as opposed to system messages.
    #[must_use]
    pub fn is_written_by_participants(&self) -> bool {
        matches!(self, Self::Text | Self::Html)
    }
}

open_enum! {
    /// The type of an attachment.
    ///
    /// ```
    /// # mod chat { pub mod models { pub use chat_rest::*; } }
    /// use chat::models::ChatAttachmentType;
    ///
    /// let kind = ChatAttachmentType::from("image");
    /// let shown = match kind {
    ///     ChatAttachmentType::Image => "show it",
    ///     _ => "offer it for download",
    /// };
    /// assert_eq!(shown, "show it");
    /// ```
    pub enum ChatAttachmentType {
        /// An image, shown within the text.
        Image = "image",
        /// A file of Microsoft Teams.
        File = "file",
    }
}

open_enum! {
    /// The Azure cloud an identifier belongs to.
    ///
    /// ```
    /// # mod chat { pub mod models { pub use chat_rest::*; } }
    /// use chat::models::CommunicationCloudEnvironment;
    ///
    /// assert_eq!(CommunicationCloudEnvironment::default(), CommunicationCloudEnvironment::Public);
    /// assert_eq!(CommunicationCloudEnvironment::Gcch.as_str(), "gcch");
    /// ```
    #[derive(Default)]
    pub enum CommunicationCloudEnvironment {
        /// The public cloud, which the service means when it names none.
        #[default]
        Public = "public",
        /// The cloud of the US Department of Defense.
        Dod = "dod",
        /// The US Government Community Cloud High.
        Gcch = "gcch",
    }
}

open_enum! {
    /// The kind of an identifier.
    pub enum CommunicationIdentifierModelKind {
        /// None of the sorts that the sender knew.
        Unknown = "unknown",
        /// A user of a Communication Services resource.
        CommunicationUser = "communicationUser",
        /// A phone number.
        PhoneNumber = "phoneNumber",
        /// A user of Microsoft Teams.
        MicrosoftTeamsUser = "microsoftTeamsUser",
        /// An application of Microsoft Teams.
        MicrosoftTeamsApp = "microsoftTeamsApp",
        /// A user of Microsoft Teams who is reached through a Communication Services resource.
        TeamsExtensionUser = "teamsExtensionUser",
    }
}

open_enum! {
    /// The kind of a retention policy.
    pub enum RetentionPolicyKind {
        /// The thread is deleted some days after its creation.
        ThreadCreationDate = "threadCreationDate",
        /// The thread is not deleted.
        None = "none",
    }
}

open_enum! {
    /// What an access token permits.
    ///
    /// ```
    /// # mod chat { pub mod models { pub use chat_rest::*; } }
    /// use chat::models::TokenScope;
    ///
    /// assert_eq!(TokenScope::from("chat.join"), TokenScope::ChatJoin);
    /// assert_eq!(TokenScope::Chat.to_string(), "chat");
    /// ```
    #[doc(alias("CommunicationTokenScope", "CommunicationIdentityTokenScope"))]
    pub enum TokenScope {
        /// Everything in chats.
        Chat = "chat",
        /// Everything in calls.
        Voip = "voip",
        /// Taking part in chats, without creating, changing or deleting threads.
        ChatJoin = "chat.join",
        /// Taking part in chats, without adding or removing participants either.
        ChatJoinLimited = "chat.join.limited",
        /// Taking part in calls, without starting them.
        VoipJoin = "voip.join",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    /// The open enums of the documents, by their names.
    fn documented() -> BTreeMap<String, Vec<String>> {
        let mut enums = BTreeMap::new();
        for document in ["chat", "identity"] {
            let path = format!("{}/../../spec/{document}.json", env!("CARGO_MANIFEST_DIR"));
            let text = std::fs::read_to_string(path).unwrap();
            let document: serde_json::Value = serde_json::from_str(&text).unwrap();
            for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
                if let Some(values) = schema.get("x-extensible-enum") {
                    let values = serde_json::from_value(values.clone()).unwrap();
                    enums.insert(name.clone(), values);
                }
            }
        }
        enums
    }

    #[test]
    fn the_known_values_are_those_of_the_documents() {
        let known: [(&str, &[&str]); 6] = [
            ("ChatAttachmentType", ChatAttachmentType::KNOWN),
            ("ChatMessageType", ChatMessageType::KNOWN),
            (
                "CommunicationCloudEnvironmentModel",
                CommunicationCloudEnvironment::KNOWN,
            ),
            (
                "CommunicationIdentifierModelKind",
                CommunicationIdentifierModelKind::KNOWN,
            ),
            ("CommunicationIdentityTokenScope", TokenScope::KNOWN),
            ("RetentionPolicyKind", RetentionPolicyKind::KNOWN),
        ];
        let known = BTreeMap::from(known);
        let mut different = Vec::new();
        for (name, values) in documented() {
            let known = known.get(&*name).copied().unwrap_or_default();
            let missing = values
                .iter()
                .filter(|value| !known.contains(&value.as_str()));
            different.extend(missing.map(|value| format!("{name} lacks {value}")));
            let gone = known
                .iter()
                .filter(|value| !values.contains(&(**value).to_owned()));
            different.extend(gone.map(|value| format!("{name} no longer has {value}")));
        }
        assert_eq!(
            different,
            Vec::<String>::new(),
            "values to add to the types in {}, or to take away",
            file!()
        );
        assert_eq!(documented().len(), known.len(), "a type of no enum");
    }

    #[test]
    fn every_known_value_is_read_and_written() {
        for value in ChatMessageType::KNOWN {
            let read: ChatMessageType = serde_json::from_value((*value).into()).unwrap();

            assert!(!matches!(read, ChatMessageType::UnknownValue(_)), "{value}");
            assert_eq!(read.as_str(), *value);
            assert_eq!(read, ChatMessageType::from((*value).to_owned()));
            assert_eq!(read, ChatMessageType::from(&*value.to_uppercase()));
            assert_eq!(serde_json::to_value(&read).unwrap(), *value);
        }
    }

    #[test]
    fn a_value_that_is_not_known_is_kept() {
        // The escape makes the reader build the text: it arrives owned rather than borrowed.
        for wire in [r#""poll""#, r#""\u0070oll""#] {
            let read: ChatMessageType = serde_json::from_str(wire).unwrap();

            assert_eq!(read, ChatMessageType::UnknownValue("poll".to_owned()));
            assert_eq!(read.to_string(), "poll");
            assert_eq!(serde_json::to_string(&read).unwrap(), "\"poll\"");
        }
    }

    #[test]
    fn what_is_not_a_text_is_an_error() {
        assert!(serde_json::from_str::<ChatMessageType>("7").is_err());
    }
}
