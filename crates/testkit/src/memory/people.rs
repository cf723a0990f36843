//! Who exists and who is logged in.

use async_trait::async_trait;
use hongbao_domain::{
    id::{SessionKey, UserId},
    session::{RegisterRefusal, check_holder, check_key},
    time::Timestamp,
};
use hongbao_ports::{ChangeStandingRefusal, Failure, Fault, Session, Sessions, Standing, StandingChange, Users};

use super::{MemoryStore, rows::Rows};

#[async_trait]
impl Sessions for MemoryStore {
    async fn user_of(&self, key: &SessionKey) -> Result<Option<UserId>, Fault> {
        let now = self.clock.now();
        let rows = self.rows();
        let session = rows.sessions.iter().find(|(known, _, session)| known == key && now < session.expires_at);
        let user = session.map(|(_, user, _)| *user);
        Ok(user.filter(|user| rows.users.get(user).is_some_and(|standing| standing.is_active)))
    }

    async fn register(
        &self,
        key: &SessionKey,
        user: UserId,
        expires_at: Timestamp,
    ) -> Result<(), Failure<RegisterRefusal>> {
        let created_at = self.clock.now();
        let mut rows = self.rows();
        check_holder(rows.users.get(&user).map(|standing| standing.is_active)).map_err(Failure::Refused)?;
        let held = rows.sessions.iter().find(|(known, _, session)| known == key && created_at < session.expires_at);
        check_key(held.map(|(_, holder, _)| *holder), user).map_err(Failure::Refused)?;
        rows.sessions.retain(|(known, ..)| known != key);
        rows.sessions.push((*key, user, Session { created_at, expires_at }));
        Ok(())
    }

    async fn revoke(&self, key: &SessionKey) -> Result<bool, Fault> {
        Ok(end_sessions(&mut self.rows(), |known, _| known == key) > 0)
    }

    async fn revoke_all(&self, user: UserId) -> Result<u64, Fault> {
        Ok(end_sessions(&mut self.rows(), |_, holder| holder == user))
    }

    async fn sessions_of(&self, user: UserId) -> Result<Vec<Session>, Fault> {
        let now = self.clock.now();
        let rows = self.rows();
        let of_user = rows.sessions.iter().filter(|(_, holder, session)| *holder == user && now < session.expires_at);
        let mut sessions: Vec<_> = of_user.map(|(_, _, session)| *session).collect();
        sessions.sort_by_key(|session| std::cmp::Reverse(session.created_at));
        Ok(sessions)
    }
}

#[async_trait]
impl Users for MemoryStore {
    async fn standing(&self, user: UserId) -> Result<Option<Standing>, Fault> {
        Ok(self.rows().users.get(&user).copied())
    }

    async fn add(&self, user: UserId, standing: Standing) -> Result<bool, Fault> {
        let mut rows = self.rows();
        let is_new = !rows.users.contains_key(&user);
        if is_new {
            rows.users.insert(user, standing);
        }
        Ok(is_new)
    }

    async fn set_standing(&self, user: UserId, standing: Standing) -> Result<(), Fault> {
        set(&mut self.rows(), user, standing);
        Ok(())
    }

    async fn change_standing(
        &self,
        user: UserId,
        change: StandingChange,
    ) -> Result<Standing, Failure<ChangeStandingRefusal>> {
        let mut rows = self.rows();
        let named = [Some(user), change.block, change.unblock];
        if let Some(nobody) = named.into_iter().flatten().find(|user| !rows.users.contains_key(user)) {
            return Err(Failure::Refused(ChangeStandingRefusal::UserNotFound(nobody)));
        }
        let before = rows.users[&user];
        let standing = Standing {
            is_active: change.is_active.unwrap_or(before.is_active),
            takes_friend_requests: change.takes_friend_requests.unwrap_or(before.takes_friend_requests),
        };
        set(&mut rows, user, standing);
        rows.blocks.extend(change.block.map(|other| (user, other)));
        rows.blocks.retain(|block| Some(*block) != change.unblock.map(|other| (user, other)));
        Ok(standing)
    }
}

/// Stores how a user stands, and ends the sessions of one who no longer takes part.
fn set(rows: &mut Rows, user: UserId, standing: Standing) {
    rows.users.insert(user, standing);
    if !standing.is_active {
        end_sessions(rows, |_, holder| holder == user);
    }
}

fn end_sessions(rows: &mut Rows, is_meant: impl Fn(&SessionKey, UserId) -> bool) -> u64 {
    let ended = rows.sessions.extract_if(.., |(key, user, _)| is_meant(key, *user)).count();
    u64::try_from(ended).unwrap_or(u64::MAX)
}
