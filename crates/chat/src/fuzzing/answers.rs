//! The service's answers: heads, and bodies of success and of failure.

use chat_rest::chat::types as wire;
#[cfg(feature = "identity")]
use chat_rest::identity::types as identity_wire;
use http::{HeaderMap, HeaderName, HeaderValue};
use serde::de::DeserializeOwned;

use crate::convert;
use crate::error::{Error, ErrorKind};
use crate::models::{
    ChatError, ChatMessage, ChatMessageReadReceipt, ChatParticipant, ChatThreadItem,
    ChatThreadProperties, CommunicationIdentifier, match_failures,
};
use crate::paging::RawPage;
use crate::response::ResponseHead;
use crate::transport::inputs;

/// How deep serde_json goes, and so how deep anything read by it can be.
const DEEPEST: usize = 128;

/// Every answer of success of the chat service.
pub fn chat_answers(data: &[u8]) {
    if let Some(page) = decode::<wire::ChatThreadsItemCollection>(data) {
        shown(&RawPage::<ChatThreadItem>::from(page));
    }
    if let Some(page) = decode::<wire::ChatMessagesCollection>(data) {
        let page = RawPage::<ChatMessage>::from(page);
        shown(&page);
        page.items.iter().for_each(message);
    }
    if let Some(page) = decode::<wire::ChatParticipantsCollection>(data) {
        let page = RawPage::<ChatParticipant>::from(page);
        shown(&page);
        participants(&page.items);
    }
    if let Some(page) = decode::<wire::ChatMessageReadReceiptsCollection>(data) {
        shown(&RawPage::<ChatMessageReadReceipt>::from(page));
    }
    if let Some(properties) = decode::<wire::ChatThreadProperties>(data) {
        shown(&ChatThreadProperties::from(properties));
    }
    if let Some(one) = decode::<wire::ChatMessage>(data) {
        message(&one.into());
    }
    if let Some(sent) = decode::<wire::SendChatMessageResult>(data) {
        shown(&convert::response::sent(sent));
    }
    if let Some(created) = decode::<wire::CreateChatThreadResult>(data) {
        let (thread, errors) = convert::response::created_thread(created);
        shown(&thread);
        failures(errors);
    }
    if let Some(added) = decode::<wire::AddChatParticipantsResult>(data) {
        failures(convert::response::failures(added));
    }
}

/// Every answer of success of the identity service.
#[cfg(feature = "identity")]
pub fn identity_answers(data: &[u8]) {
    use convert::identity;

    if let Some(result) = decode::<identity_wire::CommunicationIdentityAccessTokenResult>(data) {
        shown(&identity::created(result));
    }
    if let Some(token) = decode::<identity_wire::CommunicationIdentityAccessToken>(data) {
        let secret = token.token.expose().to_owned();
        if let Ok(token) = identity::token(token) {
            assert_eq!(token.secret(), secret);
            super::jwts(secret.as_bytes());
        }
    }
}

/// Every answer of failure.
pub fn error_answers(data: &[u8]) {
    if let Some(body) = inputs::error_body(data) {
        chat_error(&body);
        let error = Error::new(ErrorKind::UnexpectedStatus).with_body(Some(body));
        let _ = format!("{error} {error:?} {:?}", error.error_code());
    }
}

/// Heads of answers, written `name: value`, one a line.
pub fn answer_heads(data: &[u8]) {
    let mut headers = HeaderMap::new();
    for line in data.split(|byte| *byte == b'\n') {
        let mut parts = line.splitn(2, |byte| *byte == b':');
        if let (Some(name), Some(value)) = (parts.next(), parts.next())
            && let Ok(name) = HeaderName::from_bytes(name)
            && let Ok(value) = HeaderValue::from_bytes(value.trim_ascii())
        {
            headers.append(name, value);
        }
    }
    let retry_after = inputs::retry_after(&headers);
    let date = inputs::date(&headers);
    assert!(date.is_none_or(|date| date.unix_timestamp() >= 0));
    let location = headers
        .get("location")
        .and_then(|value| value.to_str().ok());
    let head = ResponseHead {
        status: 201,
        ms_cv: None,
        request_id: None,
        location: location.map(Into::into),
        names_versions: false,
        is_web_page: false,
        retry_after,
        date,
    };
    let (thread, message) = (head.created_thread_id(), head.created_message_id());
    assert!(thread.is_none_or(|id| !id.as_str().is_empty()));
    assert!(message.is_none_or(|id| !id.as_str().is_empty()));
}

/// An identifier is the same after a journey over the wire.
pub(super) fn back_from_wire(identifier: &CommunicationIdentifier) {
    let sent = convert::request::remove_participant(identifier);
    let json = serde_json::to_vec(&sent).expect("an identifier is JSON");
    let read: wire::CommunicationIdentifierModel =
        serde_json::from_slice(&json).expect("and is read as what was written");
    let back = wire::ChatParticipantsCollection {
        next_link: None,
        value: vec![wire::ChatParticipant {
            communication_identifier: Some(read),
            ..Default::default()
        }],
    };
    let back = RawPage::<ChatParticipant>::from(back);
    assert_eq!(back.items[0].identifier(), identifier);
}

fn decode<T: DeserializeOwned>(data: &[u8]) -> Option<T> {
    serde_json::from_slice(data).ok()
}

fn shown(value: &impl std::fmt::Debug) {
    let _ = format!("{value:?}");
}

fn message(message: &ChatMessage) {
    shown(message);
    participants(message.content().participants());
    // Times come with any offset, and are compared with those of the service.
    let _ = message.edited_on() < Some(message.created_on());
}

/// What was listed can be given back to the service.
fn participants(listed: &[ChatParticipant]) {
    for participant in listed {
        back_from_wire(participant.identifier());
    }
    // A time that has no form on the wire is an error when it is sent, and no panic.
    let _ = serde_json::to_vec(&convert::request::add_participants(listed));
}

fn failures(errors: Vec<ChatError>) {
    errors.iter().for_each(chat_error);
    let count = errors.len();
    let given = errors
        .iter()
        .filter_map(|error| error.target())
        .map(|target| ChatParticipant::new(CommunicationIdentifier::from_raw_id(target)))
        .collect();
    let (failed, unmatched) = match_failures(given, errors);
    assert_eq!(failed.len() + unmatched.len(), count);
    assert!(unmatched.iter().all(|error| error.target().is_none()));
}

fn chat_error(error: &ChatError) {
    shown(error);
    let _ = format!("{error} {}", error.is_retryable());
    assert!(depth(error) <= DEEPEST);
}

fn depth(error: &ChatError) -> usize {
    let details = error.details().iter();
    1 + details
        .chain(error.inner_error())
        .map(depth)
        .max()
        .unwrap_or_default()
}
