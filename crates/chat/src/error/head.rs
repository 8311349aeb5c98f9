//! What is known of an answer before its body is read.

use std::time::Duration;

use percent_encoding::percent_decode_str;
use time::OffsetDateTime;

use crate::models::{ChatMessageId, ChatThreadId};

/// The head of an answer: kept apart, so that nothing of it is lost when the body is unreadable.
#[derive(Clone, Debug)]
pub(crate) struct AnswerHead {
    pub(crate) status: u16,
    pub(crate) ms_cv: Option<Box<str>>,
    pub(crate) request_id: Option<Box<str>>,
    pub(crate) location: Option<Box<str>>,
    pub(crate) retry_after: Option<Duration>,
    /// When the service says it answered, to the second.
    pub(crate) date: Option<OffsetDateTime>,
}

impl AnswerHead {
    pub(crate) fn is_success(&self) -> bool {
        matches!(self.status, 200..=299)
    }

    /// The thread that the `location` of a 201 names.
    pub(crate) fn created_thread_id(&self) -> Option<ChatThreadId> {
        let [.., "threads", thread] = *self.location_segments()? else {
            return None;
        };
        decode(thread).map(ChatThreadId::from)
    }

    /// The message that the `location` of a 201 names.
    pub(crate) fn created_message_id(&self) -> Option<ChatMessageId> {
        let [.., "threads", _, "messages", message] = *self.location_segments()? else {
            return None;
        };
        decode(message).map(ChatMessageId::from)
    }

    fn location_segments(&self) -> Option<Box<[&str]>> {
        let location = self.location.as_deref().filter(|_| self.status == 201)?;
        let path = location.split(['?', '#']).next().unwrap_or_default();
        Some(path.split('/').collect())
    }
}

fn decode(segment: &str) -> Option<String> {
    let decoded = percent_decode_str(segment).decode_utf8().ok()?;
    (!decoded.is_empty()).then(|| decoded.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn created(location: &str) -> AnswerHead {
        AnswerHead {
            status: 201,
            ms_cv: None,
            request_id: None,
            location: Some(location.into()),
            retry_after: None,
            date: None,
        }
    }

    #[test]
    fn location_names_the_thread_or_the_message() {
        let thread = created("https://host/chat/threads/19%3Aab_c1@thread.v2");
        assert_eq!(
            thread.created_thread_id().unwrap().as_str(),
            "19:ab_c1@thread.v2"
        );
        assert_eq!(thread.created_message_id(), None);

        let message = created("https://host/chat/threads/19%3Aa%40thread.v2/messages/17?x=/y");
        assert_eq!(message.created_message_id().unwrap().as_str(), "17");
        assert_eq!(message.created_thread_id(), None);
    }

    #[test]
    fn other_locations_name_nothing() {
        for location in [
            "",
            "/",
            "https://host/",
            "https://host/chat/threads/",
            "https://h/threads/%FF",
        ] {
            assert_eq!(created(location).created_thread_id(), None, "{location}");
            assert_eq!(created(location).created_message_id(), None, "{location}");
        }
        let mut redirect = created("https://host/chat/threads/19");
        redirect.status = 302;
        assert_eq!(redirect.created_thread_id(), None);
    }
}
