//! **Experimental.** The service's real-time notifications: what happens in all threads of a user,
//! as it happens, over a websocket. Under the feature `realtime`, which is off by default.
//!
//! # Before you use it
//! - **Microsoft does not support this.** The [documentation of the service](https://learn.microsoft.com/azure/communication-services/concepts/chat/concepts)
//!   says, where it describes real-time notifications, that they are not to be used by server
//!   applications; and the protocol is in no document. It was learned from the service's own clients, it was tried against the
//!   emulator of this project alone, and it may change or stop at any time.
//! - **For back ends the service names Azure Event Grid**; see the module `event_grid` (feature
//!   `event-grid`).
//! - **The access token leaves the endpoint.** Nowhere else does this crate send it to another host.
//!   Here it goes to the hosts that the endpoint names for notifications, by https, and if they are
//!   known as the service's: below `trouter.teams.microsoft.com`, `teams.microsoft.com` itself, and
//!   their like in other clouds. [`ConnectNotifications::allow_domain`] permits more. An endpoint on
//!   this machine may name this machine. For any other host, nothing is sent and the stream ends with
//!   an error that names the host.
//! - Notifications can be wrong, late, missing or come twice. Use them as a trigger: a
//!   [watch](crate::watch) that is [notified](crate::watch::WatchThread::notified_by) reads the lists,
//!   and misses nothing. One connection serves all watches of a user.
//!
//! ```
//! # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/scene.rs"));
//! # async fn example(Scene { client, thread, bobs_thread, .. }: Scene) -> Done {
//! let notifications = client.notifications().connect()?;
//! let mut watch = client.watch().notified_by(&notifications).into_stream();
//! # when_following(watch.handle(), async move { bobs_thread.send_message("Hello").await.map(drop) });
//! while let Some(watched) = watch.try_next().await? {
//!     println!("{}: {:?}", watched.thread_id(), watched.event());
//!     # assert_eq!(watched.thread_id(), thread.thread_id());
//!     # break;
//! }
//! # Ok(()) }
//! # fn main() -> Done { run(example) }
//! ```
//!
//! # What it costs
//! Four more crates in a build (`tokio-websockets`, `simdutf8`, `sha1_smol` and an older `base64`);
//! TLS, proxies and certificates are those of the client. While connected: one socket, two small
//! frames every 40 seconds, one request about every two hours.
//!
//! # How it goes
//! ```
//! # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/scene.rs"));
//! # async fn example(Scene { client, bobs_thread, .. }: Scene) -> Done {
//! use chat::notifications::{NotificationData, NotificationEvent};
//!
//! let mut notifications = client.notifications().connect()?;
//! while let Some(event) = notifications.try_next().await? {
//!     # if matches!(event, NotificationEvent::Connected) { bobs_thread.send_message("Hello").await?; }
//!     match event {
//!         NotificationEvent::Connected => println!("from now on, everything is reported"),
//!         NotificationEvent::Gap(reason) => println!("read the lists: {reason:?}"),
//!         NotificationEvent::Disconnected(reason) => println!("{reason:?}; connecting again"),
//!         NotificationEvent::Received(notification) => {
//!             if let NotificationData::MessageReceived(message) = notification.data() {
//!                 assert_eq!(message.content(), Some("Hello"));
//!                 break;
//!             }
//!         }
//!         _ => {}
//!     }
//! }
//! notifications.close().await;
//! # Ok(()) }
//! # fn main() -> Done { run(example) }
//! ```
//!
//! The endpoint says where (`GET /chat/config/realTimeNotifications`), the service there allocates a
//! connection (`POST …/v4/a`), shakes hands (`GET …/socket.io/1/`) and opens a websocket. Then the
//! client registers (`POST …/v3/registrations`), and from then on notifications come:
//! [`Connected`](NotificationEvent::Connected). The registration is renewed before it ends and before
//! the token does. A connection that is lost, silent or ended by the service is replaced: at once the
//! first time, and then after waits that grow to 50 seconds, up to a fifth longer or shorter. Each new
//! one comes with a [`Gap`](NotificationEvent::Gap), since what happened in between is missing. At the
//! end the
//! registration is deleted (`DELETE …/v3/registrations/{id}`).
//!
//! **Acknowledged before they are seen.** The task that holds the connection acknowledges each
//! notification at once, and puts it into a queue of
//! [bounded length](ConnectNotifications::queue_capacity). A program that is slow loses notifications,
//! and a gap says so; one that crashes loses what it has not read. A notification that is delivered
//! twice is given once, if no more than 1,024 others came in between.

mod address;
mod allocation;
mod answers;
mod configuration;
mod connection;
mod data;
mod dedupe;
mod driver;
mod event;
mod failure;
mod frame;
mod hosts;
mod hub;
mod notification;
mod payload;
mod queue;
mod request;
mod service;
mod session;
mod socket;
mod stream;

pub use data::{MessageNotification, ParticipantsNotification, ThreadNotification};
pub use event::{DisconnectReason, GapReason, NotificationEvent};
pub(crate) use hub::Subscription;
#[cfg(test)]
pub(crate) use hub::Teller;
pub use notification::{Notification, NotificationData};
#[cfg(test)]
pub(crate) use payload::read as read_notification;
pub use stream::{ConnectNotifications, Notifications};
