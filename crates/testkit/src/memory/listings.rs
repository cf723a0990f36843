//! Users and packets, a page at a time.

use async_trait::async_trait;
use hongbao_domain::{
    id::{TransferId, UserId},
    red_packet::Viewed,
};
use hongbao_ports::{Fault, ListedUser, Listings, Page};

use super::MemoryStore;

#[async_trait]
impl Listings for MemoryStore {
    async fn users(&self, prefix: &str, page: Page<UserId>) -> Result<Vec<ListedUser>, Fault> {
        let rows = self.rows();
        let mut users: Vec<_> =
            rows.users.iter().map(|(id, standing)| ListedUser { id: *id, standing: *standing }).collect();
        users.retain(|user| user.id.as_str().starts_with(prefix));
        users.retain(|user| page.after.is_none_or(|after| user.id.as_str() > after.as_str()));
        users.sort_by(|one, other| one.id.as_str().cmp(other.id.as_str()));
        users.truncate(at_most(page.limit));
        Ok(users)
    }

    async fn packets_of(&self, user: UserId, page: Page<TransferId>) -> Result<Vec<Viewed>, Fault> {
        let rows = self.rows();
        let concerns = |receiver: Option<UserId>| receiver == Some(user);
        let mine = rows
            .packets
            .values()
            .rev()
            .filter(|packet| packet.sender == user || packet.shares.iter().any(|share| concerns(share.receiver)));
        let behind = mine.filter(|packet| page.after.is_none_or(|after| packet.id < after));
        Ok(behind.take(at_most(page.limit)).map(|packet| Viewed::at(packet.clone(), self.clock.now())).collect())
    }
}

fn at_most(limit: u32) -> usize {
    usize::try_from(limit).unwrap_or(usize::MAX)
}
