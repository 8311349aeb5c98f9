//! Notifications of threads and their participants.

use serde::Serialize;

use crate::store::timestamp::Timestamp;
use crate::store::{Participant, RetentionPolicy, ThreadEvent, ThreadEventKind, ThreadProperties};

use super::{Common, json, with_millis, with_ticks};

/// A notification of a thread. What it does not have is left out.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct ThreadNotification<'a> {
    #[serde(flatten)]
    common: Option<Common<'a>>,
    group_id: &'static str,
    thread_id: &'a str,
    collapse_id: &'static str,
    create_time: String,
    version: String,
    thread_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    created_by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    members: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    properties: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    edited_by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    edit_time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deleted_by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    delete_time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    added_by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    participants_added: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    removed_by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    participants_removed: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Member<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    share_history_time: Option<i64>,
    /// `null` where there is none.
    display_name: Option<&'a str>,
    participant_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    member_meta_data: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Properties<'a> {
    topic: &'a str,
    partner_name: &'static str,
    is_migrated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    acs_chat_thread_metadata: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retention_policy: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Retention {
    retention_policy_type: &'static str,
    execute_after: String,
}

/// The body for what happens to a thread or to those who take part in it.
pub(super) fn body(common: Common<'_>, event: &ThreadEvent) -> String {
    let thread = &event.thread;
    let notification = ThreadNotification {
        common: Some(common),
        thread_id: thread.id.as_str(),
        create_time: with_ticks(thread.created_on),
        version: event.at.millis().to_string(),
        thread_type: "chat",
        ..ThreadNotification::default()
    };
    let actor = Some(json(&Member::named(&event.actor)));
    json(&match &event.kind {
        ThreadEventKind::ThreadCreated { participants } => ThreadNotification {
            created_by: actor,
            members: Some(members(participants)),
            properties: Some(properties(thread)),
            ..notification
        },
        ThreadEventKind::ThreadUpdated => ThreadNotification {
            edited_by: actor,
            edit_time: Some(with_ticks(event.at)),
            properties: Some(properties(thread)),
            ..notification
        },
        ThreadEventKind::ThreadDeleted => ThreadNotification {
            deleted_by: actor,
            delete_time: Some(with_ticks(event.at)),
            reason: Some("deletedByUser"),
            ..notification
        },
        ThreadEventKind::ThreadExpired => ThreadNotification {
            // Nobody has.
            deleted_by: Some(String::new()),
            delete_time: Some(with_ticks(event.at)),
            reason: Some("deletedByPolicy"),
            ..notification
        },
        ThreadEventKind::ParticipantsAdded(added) => ThreadNotification {
            added_by: actor,
            time: Some(with_millis(event.at)),
            participants_added: Some(members(added)),
            ..notification
        },
        ThreadEventKind::ParticipantsRemoved(removed) => ThreadNotification {
            removed_by: actor,
            time: Some(with_millis(event.at)),
            participants_removed: Some(members(removed)),
            ..notification
        },
        // The others are of messages.
        _ => notification,
    })
}

impl<'a> Member<'a> {
    /// With name and id alone.
    fn named(participant: &'a Participant) -> Self {
        Self {
            share_history_time: None,
            display_name: participant.display_name.as_deref(),
            participant_id: participant.id.as_str(),
            member_meta_data: None,
        }
    }

    fn whole(participant: &'a Participant) -> Self {
        let since = participant.share_history_time;
        let metadata = &participant.metadata;
        Self {
            share_history_time: (since > Timestamp::EPOCH).then(|| since.millis()),
            member_meta_data: (!metadata.is_empty()).then(|| json(metadata)),
            ..Self::named(participant)
        }
    }
}

fn members(participants: &[Participant]) -> String {
    json(&participants.iter().map(Member::whole).collect::<Vec<_>>())
}

fn properties(thread: &ThreadProperties) -> String {
    json(&Properties {
        topic: &thread.topic,
        partner_name: "spool",
        is_migrated: true,
        acs_chat_thread_metadata: (!thread.metadata.is_empty()).then(|| json(&thread.metadata)),
        retention_policy: match thread.retention {
            Some(RetentionPolicy::ThreadCreationDate { days }) => Some(json(&Retention {
                retention_policy_type: "DeleteAfterCreationTime",
                execute_after: format!("{days}.00:00:00"),
            })),
            Some(RetentionPolicy::None) | None => None,
        },
    })
}
