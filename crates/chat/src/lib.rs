// The snippets of the page have no `main` of their own: the workspace's tests run them with one.
#![cfg_attr(not(doctest), doc = include_str!("../README.md"))]

mod client;
mod clock;
mod convert;
mod credential;
mod endpoint;
mod error;
#[cfg(any(fuzzing, test))]
#[doc(hidden)]
pub mod fuzzing;
mod governor;
#[cfg(feature = "identity")]
mod identity;
mod models;
mod operations;
mod paging;
#[cfg(test)]
mod readme;
mod response;
mod transport;

pub use client::{ChatClient, ChatClientBuilder, ChatThreadClient};
#[cfg(feature = "identity")]
pub use credential::TokenProvider;
pub use credential::{AccessToken, CommunicationTokenCredential};
pub use error::{Error, ErrorKind, Recovery, RequestEffect};
pub use governor::{RateGovernor, RateGroup, RateLimits, RateScope};
#[cfg(feature = "identity")]
pub use identity::{CommunicationIdentityClient, CommunicationIdentityClientBuilder};
#[cfg(feature = "identity")]
pub use models::TokenScope;
pub use models::{
    AddChatParticipantsResult, ChatAttachment, ChatAttachmentType, ChatError, ChatMessage,
    ChatMessageContent, ChatMessageId, ChatMessageReadReceipt, ChatMessageType, ChatParticipant,
    ChatRetentionPolicy, ChatThreadId, ChatThreadItem, ChatThreadProperties,
    CommunicationCloudEnvironment, CommunicationIdentifier, CommunicationUserIdentifier,
    CreateChatThreadResult, ExactlyOnceReport, FailedParticipant, IdempotencyToken,
    MicrosoftTeamsAppIdentifier, MicrosoftTeamsUserIdentifier, ParseError, PhoneNumberIdentifier,
    RetryInfo, SendChatMessageResult, SendKey, TeamsExtensionUserIdentifier, UnfinishedAdd,
    UnknownIdentifier,
};
pub use operations::{
    AddParticipants, CreateChatThread, DeleteChatThread, DeleteMessage, FindMessages, GetMessage,
    GetProperties, ListChatThreads, ListMessages, ListParticipants, ListReadReceipts, NewSendKey,
    RemoveParticipant, SendExactlyOnce, SendMessage, SendMessages, SendReadReceipt, SendStream,
    SendTypingNotification, UpdateMessage, UpdateProperties,
};
#[cfg(feature = "identity")]
pub use operations::{
    CreateUser, CreateUserAndToken, DeleteUser, ExchangeTeamsUserToken, IssueToken, RevokeTokens,
};
pub use paging::{Continuation, ItemStream, Page, PageStream, UnreadableItem};
pub use response::{Response, ResponseInfo};
pub use transport::{RetryOptions, Transport, TransportBuilder};
