//! Ids that follow from what a seed says: the same seed has the same ids wherever the access key is the same.

use sha2::{Digest, Sha256};
use uuid::{Builder, Uuid};

use crate::store::identifier::RawId;
use crate::store::{MessageId, ThreadId};

use super::document::Name;

/// The id of a user.
pub(super) fn user(resource: Uuid, name: &Name) -> RawId {
    let hash = hash(resource, &["user", name.as_str()]);
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    RawId::communication_user(resource, Builder::from_custom_bytes(bytes).into_uuid())
}

/// The id of a thread, which is the `number`th of this creator and topic.
pub(super) fn thread(resource: Uuid, created_by: &Name, topic: &str, number: usize) -> ThreadId {
    let number = number.to_string();
    let parts = ["thread", created_by.as_str(), topic, number.as_str()];
    ThreadId::from_bytes(hash(resource, &parts))
}

/// The id of something that is attached to a message, in its place.
pub(super) fn attachment(thread: &ThreadId, message: MessageId, place: usize) -> String {
    let parts = [
        "attachment",
        thread.as_str(),
        &message.to_string(),
        &place.to_string(),
    ];
    let hash = hash(Uuid::nil(), &parts);
    hash[..16]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// The lengths keep apart what would read the same in one piece.
fn hash(resource: Uuid, parts: &[&str]) -> [u8; 32] {
    let mut hash = Sha256::new_with_prefix(resource.as_bytes());
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}
