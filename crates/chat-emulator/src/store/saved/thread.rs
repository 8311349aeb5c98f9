//! Threads as rows, without their messages.

use serde::{Deserialize, Serialize};

use crate::store::identifier::RawId;
use crate::store::ids::{MessageId, ThreadId};
use crate::store::metadata::Metadata;
use crate::store::participants::{Failure, FailureReason};
use crate::store::thread::{
    Activity, Member, Participant, ReadReceipt, RetentionPolicy, Thread, ThreadProperties,
};
use crate::store::threads::CreatedThread;
use crate::store::timestamp::Timestamp;

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct ThreadRow {
    properties: PropertiesRow,
    members: Vec<MemberRow>,
}

impl From<&Thread> for ThreadRow {
    fn from(thread: &Thread) -> Self {
        Self {
            properties: (&thread.properties).into(),
            members: thread.members.values().map(MemberRow::from).collect(),
        }
    }
}

impl ThreadRow {
    pub(super) fn thread(self, id: ThreadId) -> Option<Thread> {
        let properties = self.properties.properties(id)?;
        let activity = Activity {
            at: properties.created_on,
            ordinal: 0,
        };
        let mut thread = Thread::new(properties, activity);
        for row in self.members {
            let member = row.member()?;
            thread.members.insert(member.participant.id.clone(), member);
        }
        Some(thread)
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct PropertiesRow {
    topic: String,
    created_on: i64,
    created_by: String,
    deleted_on: Option<i64>,
    metadata: Metadata,
    retention: Option<RetentionRow>,
}

#[derive(Debug, Serialize, Deserialize)]
enum RetentionRow {
    None,
    ThreadCreationDate { days: u32 },
}

impl From<&ThreadProperties> for PropertiesRow {
    fn from(thread: &ThreadProperties) -> Self {
        Self {
            topic: thread.topic.clone(),
            created_on: thread.created_on.millis(),
            created_by: thread.created_by.to_string(),
            deleted_on: thread.deleted_on.map(Timestamp::millis),
            metadata: thread.metadata.clone(),
            retention: thread.retention.map(|policy| match policy {
                RetentionPolicy::None => RetentionRow::None,
                RetentionPolicy::ThreadCreationDate { days } => {
                    RetentionRow::ThreadCreationDate { days }
                }
            }),
        }
    }
}

impl PropertiesRow {
    fn properties(self, id: ThreadId) -> Option<ThreadProperties> {
        Some(ThreadProperties {
            id,
            topic: self.topic,
            created_on: Timestamp::from_millis(self.created_on),
            created_by: RawId::parse(&self.created_by).ok()?,
            deleted_on: self.deleted_on.map(Timestamp::from_millis),
            metadata: self.metadata,
            retention: self.retention.map(|policy| match policy {
                RetentionRow::None => RetentionPolicy::None,
                RetentionRow::ThreadCreationDate { days } => {
                    RetentionPolicy::ThreadCreationDate { days }
                }
            }),
        })
    }
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct ParticipantRow {
    id: String,
    display_name: Option<String>,
    share_history_time: i64,
    metadata: Metadata,
}

impl From<&Participant> for ParticipantRow {
    fn from(participant: &Participant) -> Self {
        Self {
            id: participant.id.to_string(),
            display_name: participant.display_name.clone(),
            share_history_time: participant.share_history_time.millis(),
            metadata: participant.metadata.clone(),
        }
    }
}

impl ParticipantRow {
    pub(super) fn participant(self) -> Option<Participant> {
        Some(Participant {
            id: RawId::parse(&self.id).ok()?,
            display_name: self.display_name,
            share_history_time: Timestamp::from_millis(self.share_history_time),
            metadata: self.metadata,
        })
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct MemberRow {
    participant: ParticipantRow,
    added_on: i64,
    receipt: Option<ReceiptRow>,
}

#[derive(Debug, Serialize, Deserialize)]
struct ReceiptRow {
    message: i64,
    read_on: i64,
}

impl From<&Member> for MemberRow {
    fn from(member: &Member) -> Self {
        Self {
            participant: (&member.participant).into(),
            added_on: member.added_on.millis(),
            receipt: member.receipt.as_ref().map(|receipt| ReceiptRow {
                message: receipt.message.0,
                read_on: receipt.read_on.millis(),
            }),
        }
    }
}

impl MemberRow {
    fn member(self) -> Option<Member> {
        let participant = self.participant.participant()?;
        let receipt = self.receipt.map(|receipt| ReadReceipt {
            sender: participant.id.clone(),
            message: MessageId(receipt.message),
            read_on: Timestamp::from_millis(receipt.read_on),
        });
        Some(Member {
            participant,
            added_on: Timestamp::from_millis(self.added_on),
            receipt,
        })
    }
}

/// What changes in a thread with each message.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct ActivityRow {
    at: i64,
    ordinal: u64,
    last_message_received_on: Option<i64>,
}

impl From<&Thread> for ActivityRow {
    fn from(thread: &Thread) -> Self {
        Self {
            at: thread.activity.at.millis(),
            ordinal: thread.activity.ordinal,
            last_message_received_on: thread.last_message_received_on.map(Timestamp::millis),
        }
    }
}

impl ActivityRow {
    pub(super) fn apply(self, thread: &mut Thread) {
        thread.activity = Activity {
            at: Timestamp::from_millis(self.at),
            ordinal: self.ordinal,
        };
        thread.last_message_received_on = self.last_message_received_on.map(Timestamp::from_millis);
    }
}

/// What was answered to a create with a repeatability id.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct CreatedRow {
    thread: String,
    properties: PropertiesRow,
    failures: Vec<FailureRow>,
}

#[derive(Debug, Serialize, Deserialize)]
struct FailureRow {
    target: String,
    reason: ReasonRow,
}

#[derive(Debug, Serialize, Deserialize)]
enum ReasonRow {
    OtherResource,
    NotFound,
    /// The kind of the identifier says what is not supported.
    Unsupported,
}

impl From<&CreatedThread> for CreatedRow {
    fn from(created: &CreatedThread) -> Self {
        let failures = created.failures.iter().map(|failure| FailureRow {
            target: failure.target.to_string(),
            reason: match failure.reason {
                FailureReason::OtherResource => ReasonRow::OtherResource,
                FailureReason::NotFound => ReasonRow::NotFound,
                FailureReason::Unsupported(_) => ReasonRow::Unsupported,
            },
        });
        Self {
            thread: created.properties.id.as_str().to_owned(),
            properties: (&created.properties).into(),
            failures: failures.collect(),
        }
    }
}

impl CreatedRow {
    pub(super) fn created(self) -> Option<CreatedThread> {
        let id = ThreadId::parse(&self.thread)?;
        let failures = self.failures.into_iter().map(FailureRow::failure);
        Some(CreatedThread {
            properties: self.properties.properties(id)?,
            failures: failures.collect::<Option<_>>()?,
        })
    }
}

impl FailureRow {
    fn failure(self) -> Option<Failure> {
        let target = RawId::parse(&self.target).ok()?;
        let reason = match self.reason {
            ReasonRow::OtherResource => FailureReason::OtherResource,
            ReasonRow::NotFound => FailureReason::NotFound,
            ReasonRow::Unsupported => FailureReason::unsupported(target.kind()),
        };
        Some(Failure { target, reason })
    }
}
