//! Users of the resource, and the tokens they may use.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::store::identifier::RawId;

use super::access::{Caller, Grant, Scope};
use super::ids::ThreadId;
use super::refusal::Refusal;
use super::saved::Mark;
use super::thread::Activity;
use super::{OVERHEAD, Store, in_range, within};

#[derive(Clone, Debug, Default)]
pub(super) struct User {
    /// What people call it; the service knows no names.
    pub(super) name: Option<Box<str>>,
    pub(super) deleted: bool,
    pub(super) next_serial: u64,
    /// Tokens below this serial number have been revoked.
    pub(super) valid_from: u64,
    /// The threads the user takes part in, in the order of what happened last in each.
    pub(super) threads: BTreeMap<Activity, ThreadId>,
}

impl User {
    pub(super) fn is_deleted(&self) -> bool {
        self.deleted
    }
}

impl Store {
    /// Makes a new user, with a token when scopes are given.
    pub(crate) fn create_user(
        &mut self,
        scopes: Vec<Scope>,
        minutes: u32,
    ) -> Result<(RawId, Option<Grant>), Refusal> {
        within("users", self.users.len() + 1, self.capacity.users)?;
        self.reserve(0)?;
        in_range("expiresInMinutes", minutes, &self.limits.token_minutes)?;
        let id = RawId::communication_user(self.resource, self.ids.next());
        self.users.insert(id.clone(), User::default());
        self.mark(|| Mark::User(id.clone()));
        self.bytes += OVERHEAD;
        if scopes.is_empty() {
            return Ok((id, None));
        }
        let grant = self.issue_token(&id, scopes, minutes)?;
        Ok((id, Some(grant)))
    }

    pub(crate) fn has_users(&self) -> bool {
        !self.users.is_empty()
    }

    /// Gives a user a name for people.
    pub(crate) fn name_user(&mut self, id: &RawId, name: &str) -> Result<(), Refusal> {
        self.reserve(name.len())?;
        self.bytes += name.len();
        self.live_user(id)?.name = Some(name.into());
        self.mark(|| Mark::User(id.clone()));
        Ok(())
    }

    /// The user of that name, if it has not been deleted.
    pub(crate) fn user_named(&self, name: &str) -> Option<RawId> {
        let named = |user: &User| !user.deleted && user.name.as_deref() == Some(name);
        let mut users = self.users.iter();
        users
            .find(|(_, user)| named(user))
            .map(|(id, _)| id.clone())
    }

    /// Grants a token to a user that has not been deleted.
    pub(crate) fn issue_token(
        &mut self,
        id: &RawId,
        scopes: Vec<Scope>,
        minutes: u32,
    ) -> Result<Grant, Refusal> {
        in_range("expiresInMinutes", minutes, &self.limits.token_minutes)?;
        let issued = self.now();
        let user = self.live_user(id)?;
        let serial = user.next_serial;
        user.next_serial += 1;
        self.mark(|| Mark::User(id.clone()));
        Ok(Grant {
            user: id.clone(),
            scopes,
            serial,
            issued,
            expires: issued.plus(Duration::from_secs(u64::from(minutes) * 60)),
        })
    }

    /// Grants a token to a Teams user. It carries no chat scope, as such tokens are for calling.
    pub(crate) fn issue_teams_token(&mut self, id: RawId, lifetime: Duration) -> Grant {
        let issued = self.now();
        Grant {
            user: id,
            scopes: Vec::new(),
            serial: 0,
            issued,
            expires: issued.plus(lifetime),
        }
    }

    /// Refuses all tokens that the user has been granted so far.
    pub(crate) fn revoke_tokens(&mut self, id: &RawId) -> Result<(), Refusal> {
        let user = self.live_user(id)?;
        user.valid_from = user.next_serial;
        self.mark(|| Mark::User(id.clone()));
        Ok(())
    }

    /// Deletes a user and its tokens; its messages stay. Deleting again changes nothing.
    pub(crate) fn delete_user(&mut self, id: &RawId) -> Result<(), Refusal> {
        let user = self.users.get_mut(id).ok_or(Refusal::UserNotFound)?;
        user.deleted = true;
        self.mark(|| Mark::User(id.clone()));
        Ok(())
    }

    /// The user that a token with a good signature stands for, unless it is no longer valid.
    pub(crate) fn authorize(&self, grant: &Grant) -> Result<Caller, Refusal> {
        if grant.expires <= self.now() {
            return Err(Refusal::TokenExpired);
        }
        if grant.scopes.is_empty() {
            // A Teams user's token: known to be good by its signature, and good for nothing in chat.
            return Ok(Caller::new(grant));
        }
        match self.users.get(&grant.user) {
            Some(user) if user.deleted => Err(Refusal::UnknownCaller),
            Some(user) if grant.serial < user.valid_from => Err(Refusal::TokenRevoked),
            Some(_) => Ok(Caller::new(grant)),
            None => Err(Refusal::UnknownCaller),
        }
    }

    fn live_user(&mut self, id: &RawId) -> Result<&mut User, Refusal> {
        self.users
            .get_mut(id)
            .filter(|user| !user.deleted)
            .ok_or(Refusal::UserNotFound)
    }
}
