//! What a notification means to a watch.

use super::super::handle::WatchHandle;
use crate::models::chat_event::ChatEvent;
use crate::models::{ChatParticipant, ChatThreadId, ChatThreadPropertiesUpdate, Sensitive};
use crate::notifications::{Notification, NotificationData, NotificationEvent, ThreadNotification};

/// Rings where a list shows more, and gives what none shows.
pub(super) fn hear(
    event: NotificationEvent,
    handle: &WatchHandle,
    lists_receipts: bool,
) -> Option<(ChatThreadId, ChatEvent)> {
    let NotificationEvent::Received(notification) = event else {
        // Whatever it is: something may have been missed, or will be from now on.
        handle.ring();
        return None;
    };
    let Some(thread) = notification.thread_id() else {
        handle.ring();
        return None;
    };
    let event = told(&notification)
        .filter(|event| !(lists_receipts && matches!(event, ChatEvent::ReadReceipt(_))));
    let is_all = matches!(
        event,
        Some(ChatEvent::Typing(_) | ChatEvent::ReadReceipt(_))
    );
    if !is_all {
        handle.ring_thread(thread);
    }
    Some((thread.clone(), event?))
}

fn told(notification: &Notification) -> Option<ChatEvent> {
    Some(match notification.data() {
        NotificationData::TypingIndicatorReceived(typing) => ChatEvent::Typing(typing.clone()),
        NotificationData::ReadReceiptReceived(receipt) => ChatEvent::ReadReceipt(receipt.clone()),
        NotificationData::ThreadPropertiesUpdated(thread) => {
            ChatEvent::PropertiesUpdated(update(thread))
        }
        _ => return None,
    })
}

fn update(thread: &ThreadNotification) -> ChatThreadPropertiesUpdate {
    ChatThreadPropertiesUpdate {
        topic: Sensitive(thread.topic().map(str::to_owned)),
        metadata: Sensitive(thread.metadata().clone()),
        retention_policy: thread.retention_policy().cloned(),
        updated_on: thread.updated_on(),
        updated_by: thread.by().map(ChatParticipant::identifier).cloned(),
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;
    use serde_json::{Value, json};

    use super::*;
    use crate::notifications::{DisconnectReason, GapReason, read_notification};

    const THREAD: &str = "19:a@thread.v2";

    /// Whether a watch of all threads is rung for the thread or for all, and what is told.
    fn heard(event: NotificationEvent) -> (bool, bool, Option<ChatEvent>) {
        heard_by(event, false)
    }

    fn heard_by(event: NotificationEvent, lists_receipts: bool) -> (bool, bool, Option<ChatEvent>) {
        let handle = WatchHandle::new(None);
        let told = hear(event, &handle, lists_receipts);
        let rings = handle.rung().now_or_never().unwrap_or_default();
        let is_thread_rung = rings.threads.contains(&ChatThreadId::from(THREAD));
        assert!(told.iter().all(|(thread, _)| thread.as_str() == THREAD));
        (is_thread_rung, rings.all, told.map(|(_, event)| event))
    }

    fn notification(mut payload: Value) -> NotificationEvent {
        payload["groupId"] = THREAD.into();
        payload["version"] = "1732447000123".into();
        NotificationEvent::Received(read_notification(payload).unwrap())
    }

    #[test]
    fn what_lists_show_rings_for_its_thread() {
        for event_id in [200, 247, 248, 257, 259, 260, 261, 999] {
            let (thread, all, told) = heard(notification(json!({ "eventId": event_id })));
            assert_eq!((thread, all, told), (true, false, None), "{event_id}");
        }
    }

    #[test]
    fn typing_and_receipts_are_told_and_ring_for_nothing() {
        let (thread, all, told) =
            heard(notification(json!({"eventId": 245, "senderId": "8:acs:a"})));
        assert!(matches!(told, Some(ChatEvent::Typing(_))), "{told:?}");
        assert!(!thread && !all);
        let body = json!({"user": "8:acs:a", "consumptionhorizon": "1;2;0"}).to_string();
        let receipt = || notification(json!({"eventId": 246, "messageBody": body}));
        let (thread, all, told) = heard(receipt());
        assert!(matches!(told, Some(ChatEvent::ReadReceipt(_))), "{told:?}");
        assert!(!thread && !all);
        // Where receipts are listed, the list gives them, and each once.
        assert_eq!(heard_by(receipt(), true), (true, false, None));
        // One that can't be read may have been anything.
        let (thread, _, told) = heard(notification(json!({"eventId": 246})));
        assert_eq!((thread, told), (true, None));
    }

    #[test]
    fn changed_properties_are_told_and_ring_since_a_topic_is_in_the_list() {
        let properties = json!({"topic": "Lunch", "acsChatThreadMetadata": "{\"k\":\"v\"}"});
        let by = json!({"participantId": "8:acs:a"}).to_string();
        let event = json!({"eventId": 258, "properties": properties.to_string(), "editedBy": by});
        let (thread, all, told) = heard(notification(event));
        let Some(ChatEvent::PropertiesUpdated(update)) = told else {
            panic!("{told:?}");
        };
        assert_eq!(
            (update.topic(), &update.metadata()["k"][..]),
            (Some("Lunch"), "v")
        );
        assert_eq!(update.updated_by().unwrap().raw_id(), "8:acs:a");
        assert!(thread && !all);
    }

    #[test]
    fn whatever_is_in_doubt_rings_for_all() {
        for event in [
            NotificationEvent::Connected,
            NotificationEvent::Gap(GapReason::QueueFull),
            NotificationEvent::Disconnected(DisconnectReason::Closed),
            NotificationEvent::Received(read_notification(json!({"eventId": 245})).unwrap()),
        ] {
            let (_, all, told) = heard(event);
            assert!(all && told.is_none());
        }
    }
}
