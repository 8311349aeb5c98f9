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
            /// A value that this version of the library does not know.
            UnknownValue(String),
        }

        impl $name {
            /// The values that are known.
            pub const KNOWN: &[&str] = &[$($value),+];

            /// The value on the wire.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $value,)+
                    Self::UnknownValue(value) => value,
                }
            }

            fn known(value: &str) -> Option<Self> {
                match value {
                    $($value => Some(Self::$variant),)+
                    _ => None,
                }
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
    /// What sort of message a message is.
    pub enum ChatMessageType {
        /// Plain text of a participant.
        Text = "text",
        /// HTML of a participant.
        Html = "html",
        /// The system tells of a new topic.
        TopicUpdated = "topicUpdated",
        /// The system tells of new participants.
        ParticipantAdded = "participantAdded",
        /// The system tells of participants who are gone.
        ParticipantRemoved = "participantRemoved",
    }
}

open_enum! {
    /// What sort of attachment an attachment is.
    pub enum ChatAttachmentType {
        /// A picture within the text.
        Image = "image",
        /// A file shared with the message.
        File = "file",
    }
}

open_enum! {
    /// A cloud of Microsoft's.
    pub enum CommunicationCloudEnvironmentModel {
        /// The public cloud.
        Public = "public",
        /// The cloud of the United States Department of Defense.
        Dod = "dod",
        /// The cloud of the United States government, GCC High.
        Gcch = "gcch",
    }
}

open_enum! {
    /// Which sort of identifier an identifier is.
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
    /// Which sort of retention policy a policy is.
    pub enum RetentionPolicyKind {
        /// The thread is deleted some days after its creation.
        ThreadCreationDate = "threadCreationDate",
        /// The thread is not deleted.
        None = "none",
    }
}

open_enum! {
    /// What an access token allows.
    pub enum CommunicationIdentityTokenScope {
        /// Everything in chats.
        Chat = "chat",
        /// Everything in calls.
        Voip = "voip",
        /// To take part in chats, but not to create, change or delete threads.
        ChatJoin = "chat.join",
        /// To take part in chats, and not to add or remove participants either.
        ChatJoinLimited = "chat.join.limited",
        /// To take part in calls, but not to start them.
        VoipJoin = "voip.join",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The values an open enum of a document lists.
    fn documented(document: &str, schema: &str) -> Vec<String> {
        let path = format!("{}/../../spec/{document}.json", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(path).unwrap();
        let document: serde_json::Value = serde_json::from_str(&text).unwrap();
        let values = &document["components"]["schemas"][schema]["x-extensible-enum"];
        serde_json::from_value(values.clone()).unwrap()
    }

    #[test]
    fn the_known_values_are_those_of_the_documents() {
        for (document, schema, known) in [
            ("chat", "ChatAttachmentType", ChatAttachmentType::KNOWN),
            ("chat", "ChatMessageType", ChatMessageType::KNOWN),
            (
                "chat",
                "CommunicationCloudEnvironmentModel",
                CommunicationCloudEnvironmentModel::KNOWN,
            ),
            (
                "chat",
                "CommunicationIdentifierModelKind",
                CommunicationIdentifierModelKind::KNOWN,
            ),
            ("chat", "RetentionPolicyKind", RetentionPolicyKind::KNOWN),
            (
                "identity",
                "CommunicationIdentityTokenScope",
                CommunicationIdentityTokenScope::KNOWN,
            ),
        ] {
            assert_eq!(documented(document, schema), known, "{schema}");
        }
    }

    #[test]
    fn every_known_value_is_read_and_written() {
        for value in ChatMessageType::KNOWN {
            let read: ChatMessageType = serde_json::from_value((*value).into()).unwrap();

            assert!(!matches!(read, ChatMessageType::UnknownValue(_)), "{value}");
            assert_eq!(read.as_str(), *value);
            assert_eq!(read, ChatMessageType::from((*value).to_owned()));
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
