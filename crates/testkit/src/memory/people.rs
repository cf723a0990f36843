//! Who exists and who is logged in.

use async_trait::async_trait;
use hongbao_domain::{
    id::{SessionKey, UserId},
    time::Timestamp,
};
use hongbao_ports::{Fault, Sessions, Standing, Users};

use super::MemoryStore;

#[async_trait]
impl Sessions for MemoryStore {
    async fn user_of(&self, key: &SessionKey) -> Result<Option<UserId>, Fault> {
        let now = self.clock.now();
        let rows = self.rows();
        let session = rows.sessions.iter().find(|(known, _, expires_at)| known == key && now < *expires_at);
        let user = session.map(|(_, user, _)| *user);
        Ok(user.filter(|user| rows.users.get(user).is_some_and(|standing| standing.is_active)))
    }

    async fn register(&self, key: &SessionKey, user: UserId, expires_at: Timestamp) -> Result<(), Fault> {
        let mut rows = self.rows();
        rows.sessions.retain(|(known, ..)| known != key);
        rows.sessions.push((*key, user, expires_at));
        Ok(())
    }
}

#[async_trait]
impl Users for MemoryStore {
    async fn standing(&self, user: UserId) -> Result<Option<Standing>, Fault> {
        Ok(self.rows().users.get(&user).copied())
    }

    async fn set_standing(&self, user: UserId, standing: Standing) -> Result<(), Fault> {
        self.rows().users.insert(user, standing);
        Ok(())
    }
}
