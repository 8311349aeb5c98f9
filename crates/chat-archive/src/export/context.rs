//! What all parts of an export need.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use chat::Error;
use tokio::sync::OnceCell;

use crate::progress::Progress;
use crate::source::{ListedThread, Resource, UserAccess, resource_of};

/// What all parts of an export need.
#[derive(Debug)]
pub(super) struct Context {
    resource: Resource,
    accesses: Mutex<HashMap<String, Arc<OnceCell<UserAccess>>>>,
    /// The GUIDs of the resource, as its users have them.
    resources: HashSet<String>,
    discovers: bool,
    pub(super) progress: Arc<Progress>,
}

/// A thread, and who has found it.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) item: ListedThread,
    /// The raw ids of those who find it in their lists.
    pub(super) candidates: Vec<String>,
}

impl Context {
    pub(super) fn new(
        resource: Resource,
        users: impl IntoIterator<Item: AsRef<str>>,
        discovers: bool,
        progress: Arc<Progress>,
    ) -> Self {
        let users = users.into_iter();
        let resources = users.filter_map(|user| resource_of(user.as_ref()).map(str::to_owned));
        Self {
            resource,
            accesses: Mutex::default(),
            resources: resources.collect(),
            discovers,
            progress,
        }
    }

    /// The GUID of the resource, if all users are of one.
    pub(super) fn resource(&self) -> Option<&str> {
        let mut resources = self.resources.iter();
        resources
            .next()
            .filter(|_| self.resources.len() == 1)
            .map(String::as_str)
    }

    /// Whether a user is of this resource.
    pub(super) fn is_own(&self, user: &str) -> bool {
        resource_of(user).is_some_and(|resource| self.resources.contains(resource))
    }

    /// Whether tokens may be had for a user who was not asked for.
    pub(super) fn gives_tokens_to(&self, user: &str) -> bool {
        self.discovers && self.is_own(user)
    }

    /// A user with a token, of which there is one at a time.
    pub(super) async fn access(&self, user: &str) -> Result<UserAccess, Error> {
        let cell = {
            let mut accesses = self.accesses.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(accesses.entry(user.to_owned()).or_default())
        };
        let access = cell.get_or_try_init(|| self.resource.access(user)).await?;
        Ok(access.clone())
    }
}
