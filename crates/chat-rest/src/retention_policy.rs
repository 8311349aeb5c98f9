//! When a thread is deleted by the service.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Value, json};

const KIND: &str = "kind";
const DAYS: &str = "deleteThreadAfterDays";

/// When the service deletes a thread by itself.
///
/// ```
/// # mod chat { pub mod models { pub use chat_rest::*; } }
/// use chat::models::ChatRetentionPolicy;
///
/// let policy = ChatRetentionPolicy::thread_creation_date(60);
/// let days = match policy {
///     ChatRetentionPolicy::ThreadCreationDate { delete_thread_after_days } => delete_thread_after_days,
///     _ => 0,
/// };
/// assert_eq!(days, 60);
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ChatRetentionPolicy {
    /// A number of days after its creation.
    ThreadCreationDate {
        /// How many days; the service takes 30 to 90.
        delete_thread_after_days: i32,
    },
    /// Never.
    None,
    /// A policy that this version of the library does not know, as it was received. Given back to
    /// the service, it is sent as it was received.
    UnknownValue(Value),
}

impl ChatRetentionPolicy {
    /// Deletes the thread `days` days after its creation; the service takes 30 to 90.
    #[must_use]
    pub fn thread_creation_date(days: i32) -> Self {
        Self::ThreadCreationDate {
            delete_thread_after_days: days,
        }
    }
}

impl Serialize for ChatRetentionPolicy {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::ThreadCreationDate {
                delete_thread_after_days,
            } => json!({KIND: "threadCreationDate", DAYS: delete_thread_after_days}),
            Self::None => json!({KIND: "none"}),
            Self::UnknownValue(policy) => policy.clone(),
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for ChatRetentionPolicy {
    /// Takes whatever there is: a thread that was created must not be lost over its policy.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let policy = Value::deserialize(deserializer)?;
        let days = policy[DAYS]
            .as_i64()
            .and_then(|days| i32::try_from(days).ok());
        Ok(match (policy[KIND].as_str(), days) {
            (Some("threadCreationDate"), Some(delete_thread_after_days)) => {
                Self::ThreadCreationDate {
                    delete_thread_after_days,
                }
            }
            (Some("none"), _) => Self::None,
            _ => Self::UnknownValue(policy),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(policy: &Value) -> ChatRetentionPolicy {
        serde_json::from_value(policy.clone()).unwrap()
    }

    #[test]
    fn each_kind_is_read_and_written() {
        for (wire, policy) in [
            (
                json!({"kind": "threadCreationDate", "deleteThreadAfterDays": 60}),
                ChatRetentionPolicy::ThreadCreationDate {
                    delete_thread_after_days: 60,
                },
            ),
            (json!({"kind": "none"}), ChatRetentionPolicy::None),
        ] {
            assert_eq!(read(&wire), policy);
            assert_eq!(serde_json::to_value(&policy).unwrap(), wire);
        }
    }

    #[test]
    fn what_is_not_known_is_kept_as_it_came() {
        for wire in [
            json!({"kind": "lastMessageDate", "days": 3}),
            json!({"kind": "threadCreationDate"}),
            json!({"kind": "threadCreationDate", "deleteThreadAfterDays": 4_294_967_296_i64}),
            json!({"deleteThreadAfterDays": 60}),
            json!("none"),
        ] {
            let policy = read(&wire);

            assert_eq!(policy, ChatRetentionPolicy::UnknownValue(wire.clone()));
            assert_eq!(serde_json::to_value(&policy).unwrap(), wire);
        }
    }
}
