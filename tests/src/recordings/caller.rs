//! Who sends the requests of a recording.

use super::story::{Story, user_of};
use super::{Exchange, SANITIZED};

/// Who does what a recording does not say who did.
const CALLER: &str = "the caller";

/// Who sends that request.
pub(super) fn caller<'a>(story: Story<'a>, exchange: &'a Exchange) -> &'a str {
    let thread = exchange.request.thread();
    let changes = matches!(exchange.request.method.as_str(), "PATCH" | "DELETE");
    let message = exchange.request.message().filter(|_| changes);
    let sender = thread
        .as_deref()
        .zip(message)
        .and_then(|(thread, message)| {
            let view = story.next_view(0, thread, &message)?;
            user_of(&view["senderCommunicationIdentifier"])
        });
    let caller = sender.or_else(|| story.creator(thread.as_deref()));
    caller
        .filter(|caller| *caller != SANITIZED)
        .unwrap_or(CALLER)
}
