//! The keys of one emulator.

use std::fmt;

use sha2::{Digest, Sha256};
use uuid::{Builder, Uuid};

use crate::store::{IdSource, RandomIds};

/// Who an emulator is: what tokens and signatures are checked by. It does not print.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Keys {
    pub(crate) resource: Uuid,
    pub(crate) token_key: [u8; 32],
    pub(crate) access_key: Vec<u8>,
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys")
            .field("resource", &self.resource)
            .finish_non_exhaustive()
    }
}

impl Keys {
    /// New keys, apart from what is given. The access key is as long as the service's.
    pub(crate) fn generate(access_key: Option<Vec<u8>>) -> Self {
        let random = || RandomIds.next().into_bytes();
        let mut token_key = [0; 32];
        token_key[..16].copy_from_slice(&random());
        token_key[16..].copy_from_slice(&random());
        let access_key = access_key.unwrap_or_else(|| (0..4).flat_map(|_| random()).collect());
        Self {
            resource: resource_of(&access_key),
            token_key,
            access_key,
        }
    }
}

/// The resource that a key is of: the same key, the same resource, and so the same ids of a seed. The key
/// cannot be found out by it.
fn resource_of(access_key: &[u8]) -> Uuid {
    let hash = Sha256::new_with_prefix("resource of the access key ").chain_update(access_key);
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash.finalize()[..16]);
    Builder::from_custom_bytes(bytes).into_uuid()
}
