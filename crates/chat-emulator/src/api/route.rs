//! The table of routes: which operation a method and a path name.

use http::Method;
use percent_encoding::percent_decode_str;

use crate::wire::error::ApiError;

use super::operation::{ChatOperation, IdentityOperation, NotificationOperation, Operation};

/// What a request names: the operation and the variable segments of the path, decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Route {
    pub(crate) operation: Operation,
    pub(crate) parameters: Vec<String>,
}

/// Why a request names no operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NoRoute {
    /// There is nothing at this path.
    NotFound,
    /// There is, but not with this method; these it has.
    MethodNotAllowed(String),
}

impl From<NoRoute> for ApiError {
    fn from(no: NoRoute) -> Self {
        match no {
            NoRoute::NotFound => Self::no_operation(),
            NoRoute::MethodNotAllowed(allowed) => Self::method_not_allowed(allowed),
        }
    }
}

/// Finds the operation that `method` and the raw `path` name.
pub(crate) fn route(method: &Method, path: &str) -> Result<Route, NoRoute> {
    use ChatOperation as C;
    use IdentityOperation as I;
    use NotificationOperation as N;
    use Operation::{Chat, Identity, Notification};

    let mut segments = Vec::with_capacity(6);
    for segment in path.strip_prefix('/').ok_or(NoRoute::NotFound)?.split('/') {
        // Percent-encoded and raw ids name the same thing.
        let decoded = percent_decode_str(segment)
            .decode_utf8()
            .map_err(|_| NoRoute::NotFound)?;
        segments.push(decoded);
    }
    let segments: Vec<&str> = segments.iter().map(AsRef::as_ref).collect();
    let (choices, parameters): (&[(Method, Operation)], &[&str]) = match segments.as_slice() {
        ["chat", "threads"] => (
            &[
                (Method::GET, Chat(C::ListChatThreads)),
                (Method::POST, Chat(C::CreateChatThread)),
            ],
            &[],
        ),
        ["chat", "threads", thread] if !thread.is_empty() => (
            &[
                (Method::GET, Chat(C::GetChatThreadProperties)),
                (Method::PATCH, Chat(C::UpdateChatThreadProperties)),
                (Method::DELETE, Chat(C::DeleteChatThread)),
            ],
            &[thread],
        ),
        ["chat", "threads", thread, "messages"] => (
            &[
                (Method::GET, Chat(C::ListChatMessages)),
                (Method::POST, Chat(C::SendChatMessage)),
            ],
            &[thread],
        ),
        ["chat", "threads", thread, "messages", message] if !message.is_empty() => (
            &[
                (Method::GET, Chat(C::GetChatMessage)),
                (Method::PATCH, Chat(C::UpdateChatMessage)),
                (Method::DELETE, Chat(C::DeleteChatMessage)),
            ],
            &[thread, message],
        ),
        ["chat", "threads", thread, "images", image, "views", view] => (
            &[(Method::GET, Chat(C::GetChatImage))],
            &[thread, image, view],
        ),
        [
            "chat",
            "threads",
            thread,
            "messages",
            message,
            "teamsInterop",
            "images",
            image,
            "views",
            view,
        ] => (
            &[(Method::GET, Chat(C::GetChatImage))],
            &[thread, message, image, view],
        ),
        ["chat", "threads", thread, "participants"] => {
            (&[(Method::GET, Chat(C::ListChatParticipants))], &[thread])
        }
        ["chat", "threads", thread, "participants", ":add"] => {
            (&[(Method::POST, Chat(C::AddChatParticipants))], &[thread])
        }
        ["chat", "threads", thread, "participants", ":remove"] => {
            (&[(Method::POST, Chat(C::RemoveChatParticipant))], &[thread])
        }
        ["chat", "threads", thread, "readReceipts"] => (
            &[
                (Method::GET, Chat(C::ListChatReadReceipts)),
                (Method::POST, Chat(C::SendChatReadReceipt)),
            ],
            &[thread],
        ),
        ["chat", "threads", thread, "typing"] => (
            &[(Method::POST, Chat(C::SendTypingNotification))],
            &[thread],
        ),
        ["identities"] => (&[(Method::POST, Identity(I::Create))], &[]),
        ["identities", id] if !id.is_empty() => (&[(Method::DELETE, Identity(I::Delete))], &[id]),
        ["identities", id, ":issueAccessToken"] => {
            (&[(Method::POST, Identity(I::IssueAccessToken))], &[id])
        }
        ["identities", id, ":revokeAccessTokens"] => {
            (&[(Method::POST, Identity(I::RevokeAccessTokens))], &[id])
        }
        ["teamsUser", ":exchangeAccessToken"] => (
            &[(Method::POST, Identity(I::ExchangeTeamsUserAccessToken))],
            &[],
        ),
        // The endpoint of a connection string ends in a slash, and one client only appends to it.
        ["chat", "config", "realTimeNotifications"]
        | ["", "chat", "config", "realTimeNotifications"] => (
            &[(Method::GET, Notification(N::GetNotificationConfiguration))],
            &[],
        ),
        ["v4", "a"] => (
            &[(Method::POST, Notification(N::AllocateNotificationEndpoint))],
            &[],
        ),
        ["socket.io", "1"] | ["socket.io", "1", ""] => (
            &[(Method::GET, Notification(N::OpenNotificationSession))],
            &[],
        ),
        ["socket.io", "1", "websocket", session] => (
            &[(Method::GET, Notification(N::ConnectNotificationSocket))],
            &[session],
        ),
        ["socket.io", "1", "xhr-polling", session] => (
            &[
                (Method::GET, Notification(N::PollNotifications)),
                (Method::POST, Notification(N::PostNotificationPackets)),
            ],
            &[session],
        ),
        ["registrar", "prod", "v3", "registrations"] => (
            &[(Method::POST, Notification(N::RegisterNotifications))],
            &[],
        ),
        ["registrar", "prod", "v3", "registrations", id] if !id.is_empty() => (
            &[(Method::DELETE, Notification(N::UnregisterNotifications))],
            &[id],
        ),
        _ => return Err(NoRoute::NotFound),
    };
    match choices.iter().find(|(allowed, _)| allowed == method) {
        Some((_, operation)) => Ok(Route {
            operation: *operation,
            parameters: parameters
                .iter()
                .map(|&parameter| parameter.to_owned())
                .collect(),
        }),
        None => {
            let allowed: Vec<_> = choices.iter().map(|(method, _)| method.as_str()).collect();
            Err(NoRoute::MethodNotAllowed(allowed.join(", ")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_may_be_raw_or_percent_encoded() {
        let raw = route(&Method::GET, "/chat/threads/19:a@thread.v2/messages/1").unwrap();
        let encoded = route(&Method::GET, "/chat/threads/19%3Aa%40thread.v2/messages/1").unwrap();
        assert_eq!(raw, encoded);
        assert_eq!(
            raw.operation,
            Operation::Chat(ChatOperation::GetChatMessage)
        );
        assert_eq!(raw.parameters, ["19:a@thread.v2", "1"]);
    }

    #[test]
    fn a_verb_in_the_path_may_be_percent_encoded_too() {
        let found = route(&Method::POST, "/identities/8%3Aacs%3Ax/%3AissueAccessToken").unwrap();
        assert_eq!(
            found.operation,
            Operation::Identity(IdentityOperation::IssueAccessToken)
        );
        assert_eq!(found.parameters, ["8:acs:x"]);
    }

    #[test]
    fn an_encoded_slash_stays_inside_its_segment() {
        let found = route(&Method::GET, "/chat/threads/a%2Fmessages").unwrap();
        assert_eq!(
            found.operation,
            Operation::Chat(ChatOperation::GetChatThreadProperties)
        );
        assert_eq!(found.parameters, ["a/messages"]);
    }

    #[test]
    fn a_known_path_names_its_methods_and_an_unknown_one_is_not_found() {
        let no = route(&Method::PUT, "/chat/threads").unwrap_err();
        assert_eq!(no, NoRoute::MethodNotAllowed("GET, POST".to_owned()));
        for path in [
            "/",
            "/chat",
            "/chat/threads/",
            "/chat/threads/a/messages/",
            "/identities/",
            "/chat/threads/a/files",
            "*",
            "/chat/threads/%ff",
        ] {
            assert_eq!(route(&Method::GET, path), Err(NoRoute::NotFound), "{path}");
        }
    }
}
