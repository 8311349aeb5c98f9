//! Events that Azure Event Grid delivers for a Communication Services resource: the way the service
//! names for back ends to learn what happens in chats.
//!
//! A subscription of Event Grid posts events to a webhook of yours, in the Event Grid schema or as
//! CloudEvents 1.0. [`Webhook`] checks a request's secret, answers the handshake with which Event
//! Grid asks whether the endpoint wants its events, and reads deliveries of both schemas:
//!
//! ```
//! use chat::event_grid::{ChatEventData, Delivery, DeliveryError, Webhook};
//!
//! fn handle(
//!     webhook: &Webhook,
//!     uri: &http::Uri,
//!     headers: &http::HeaderMap,
//!     body: &[u8],
//! ) -> Result<http::Response<String>, DeliveryError> {
//!     let events = match webhook.receive(uri, headers, body)? {
//!         Delivery::Handshake(answer) => return Ok(answer),
//!         Delivery::Events(events) => events,
//!     };
//!     for event in events {
//!         if let ChatEventData::MessageReceived(message) = event.data() {
//!             println!("a message in {}", message.thread_id());
//!         }
//!     }
//!     Ok(http::Response::default())
//! }
//!
//! let webhook = Webhook::with_query_secret("code", "s3cret");
//! let uri = "/events?code=s3cret".parse().unwrap();
//! let answer = handle(&webhook, &uri, &http::HeaderMap::new(), b"[]").unwrap();
//! assert_eq!(answer.status(), 200);
//! ```
//!
//! Event Grid delivers an event at least once and in no order, and gives up after a day (its
//! documentation): use events as hints, and the thread's list for what is stored.
//!
//! A webhook can make a [watch](crate::watch) read at once, which misses nothing even where events are
//! lost: `examples/webhook.rs` does so by [`Event::thread_id`] and
//! [`WatchHandle::ring_thread`](crate::watch::WatchHandle::ring_thread).
//!
//! The emulator of the service (the crate `chat-emulator`) posts these events to a webhook on your
//! machine, with both handshakes, retries and dead letters: `chat-emulator --event-grid URL`, or
//! `EmulatorBuilder::event_grid` in a test.
//!
//! Events exist at two levels. At *user* level there is one for each participant but the one who
//! caused it, who is the [`recipient`](MessageEvent::recipient); at *thread* level there is one for
//! the thread. A subscription filters which types it gets.

mod conversion;
mod data;
mod event;
mod webhook;
mod wire;

#[cfg(test)]
mod tests;

pub use data::{MessageEvent, ParticipantEvent, ThreadEvent, TypingEvent};
pub use event::{ChatEventData, Event, ReadEventsError};
pub use webhook::{Delivery, DeliveryError, Webhook};
