//! What is known of a response before its body is read.

use std::time::Duration;

use percent_encoding::percent_decode_str;
use time::OffsetDateTime;

use crate::models::{ChatMessageId, ChatThreadId};

/// The head of a response: kept apart, so that nothing of it is lost when the body is unreadable.
#[derive(Clone, Debug)]
pub(crate) struct ResponseHead {
    pub(crate) status: u16,
    pub(crate) ms_cv: Option<Box<str>>,
    pub(crate) request_id: Option<Box<str>>,
    pub(crate) location: Option<Box<str>>,
    /// Whether it names the versions that the service supports, as only the service does. Not
    /// looked up where there is an `MS-CV`.
    pub(crate) names_versions: bool,
    /// Whether somebody else on the way, such as a captive portal, answered with a web page.
    pub(crate) is_web_page: bool,
    pub(crate) retry_after: Option<Duration>,
    /// When the service says it answered, to the second.
    pub(crate) date: Option<OffsetDateTime>,
}

impl ResponseHead {
    /// A head of which nothing but the status is known.
    #[cfg(test)]
    pub(crate) fn of_status(status: u16) -> Self {
        Self {
            status,
            ms_cv: None,
            request_id: None,
            location: None,
            names_versions: false,
            is_web_page: false,
            retry_after: None,
            date: None,
        }
    }

    pub(crate) fn is_success(&self) -> bool {
        matches!(self.status, 200..=299)
    }

    /// Whether the service itself has answered, rather than a gateway or a captive portal on the
    /// way: it has headers that only the service sends.
    pub(crate) fn is_of_service(&self) -> bool {
        self.ms_cv.is_some()
            || self.names_versions
            || self.created_thread_id().is_some()
            || self.created_message_id().is_some()
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

    fn created(location: &str) -> ResponseHead {
        ResponseHead {
            location: Some(location.into()),
            ..ResponseHead::of_status(201)
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
