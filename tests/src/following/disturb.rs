//! What is done to the connections of notifications.

use std::time::Duration;

/// How often.
const EVERY: Duration = Duration::from_millis(150);

/// Cuts the connections, and says that something was lost, in turn and for ever.
pub(super) async fn notifications(control_url: &str) {
    let url = format!("{}/notifications", control_url.trim_end_matches('/'));
    let http = reqwest::Client::new();
    for command in ["{\"cut\":{}}", "{\"lose\":{}}"].into_iter().cycle() {
        tokio::time::sleep(EVERY).await;
        let request = http.post(&url).header("content-type", "application/json");
        // One that fails is followed by others.
        let _ = request.body(command).send().await;
    }
}
