//! Users of the resource, and the tokens they may use.

use crate::store::identifier::RawId;
use crate::store::timestamp::Timestamp;

use super::access::{Caller, Grant, Scope};
use super::machine::{OVERHEAD, Store, in_range, within};
use super::marks::Mark;
use super::refusal::Refusal;
use super::user::User;

impl Store {
    /// Makes a new user, with a token when scopes are given.
    pub(crate) fn create_user(
        &mut self,
        scopes: Vec<Scope>,
        minutes: u32,
    ) -> Result<(RawId, Option<Grant>), Refusal> {
        in_range("expiresInMinutes", minutes, &self.limits.token_minutes)?;
        let id = RawId::communication_user(self.resource, self.ids.next());
        self.add_user(id.clone(), None)?;
        if scopes.is_empty() {
            return Ok((id, None));
        }
        let grant = self.issue_token(&id, scopes, minutes)?;
        Ok((id, Some(grant)))
    }

    /// Adds a user that is not there yet, perhaps with a name for people.
    pub(super) fn add_user(&mut self, id: RawId, name: Option<&str>) -> Result<(), Refusal> {
        within("users", self.users.len() + 1, self.capacity.users)?;
        let length = name.map_or(0, str::len);
        self.reserve(length)?;
        self.totals.bytes += OVERHEAD + length;
        self.marks.add(|| Mark::User(id.clone()));
        let user = User {
            name: name.map(Into::into),
            ..User::default()
        };
        self.users.insert(id, user);
        Ok(())
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
        self.marks.add(|| Mark::User(id.clone()));
        Ok(Grant {
            user: id.clone(),
            scopes,
            serial,
            issued,
            expires: issued.plus(std::time::Duration::from_secs(u64::from(minutes) * 60)),
        })
    }

    /// Grants a token to a Teams user. It carries no chat scope, as such tokens are for calling.
    pub(crate) fn issue_teams_token(&self, id: RawId, expires: Timestamp) -> Grant {
        Grant {
            user: id,
            scopes: Vec::new(),
            serial: 0,
            issued: self.now(),
            expires,
        }
    }

    /// Refuses all tokens that the user has been granted so far.
    pub(crate) fn revoke_tokens(&mut self, id: &RawId) -> Result<(), Refusal> {
        let user = self.live_user(id)?;
        user.valid_from = user.next_serial;
        self.marks.add(|| Mark::User(id.clone()));
        Ok(())
    }

    /// Deletes a user, its tokens, its places in threads and the messages it has sent. The threads stay.
    /// Deleting again changes nothing.
    pub(crate) fn delete_user(&mut self, id: &RawId) -> Result<(), Refusal> {
        let user = self.users.get_mut(id).ok_or(Refusal::UserNotFound)?;
        user.deleted = true;
        let threads = std::mem::take(&mut user.threads);
        self.marks.add(|| Mark::User(id.clone()));
        for thread_id in threads.into_values() {
            let Some(thread) = self.threads.get_mut(&thread_id) else {
                continue;
            };
            let member = thread.members.shift_remove(id);
            let former = thread.former.remove(id);
            let bytes = member.map_or(0, |member| member.participant.size() + OVERHEAD)
                + former.map_or(0, |_| OVERHEAD);
            // The messages are the last ones that may have had the thread's highest ids.
            self.marks.add(|| Mark::Thread(thread_id.clone()));
            self.marks.add(|| Mark::Progress(thread_id.clone()));
            self.give_back(bytes);
            self.remove_messages(&thread_id, |message| message.body.sender() == Some(id));
        }
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
