//! What no published document says, and the service's own clients ask for: where the real-time
//! notifications of chat come from.

use reqwest::Method;
use serde::Deserialize;

use crate::{Operation, Repeat};

/// The path and the query, which has a version of its own.
pub const CONFIGURATION_TARGET: &str = "/chat/config/realTimeNotifications?api-version=2024-09-01";

/// Read where notifications come from: `GET /chat/config/realTimeNotifications`.
///
/// It is read by [`chat::Client::follow`](crate::chat::Client::follow).
pub static GET_CONFIGURATION: Operation = Operation {
    id: "getRealTimeNotificationsConfiguration",
    function: "follow",
    method: Method::GET,
    path: "/chat/config/realTimeNotifications",
    media_type: None,
    accept: "application/json",
    success: &[200],
    repeat: Repeat::Safe,
    repeat_because: "it changes nothing",
    // No limit is documented.
    rate_group: "none",
    no_wait: false,
};

/// Where notifications come from.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Configuration {
    /// Where connections are allocated.
    pub trouter_service_url: String,
    /// Where connections are registered.
    pub registrar_service_url: String,
}
