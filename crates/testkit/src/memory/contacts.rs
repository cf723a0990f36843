//! Who knows whom, in memory.

use async_trait::async_trait;
use hongbao_domain::{
    friend::{AddFriendRefusal, Candidate, Friend, check_candidate, check_room},
    id::UserId,
    profile::{Name, PortraitUri, Profile},
};
use hongbao_ports::{BlockRefusal, Contacts, Failure, Fault};
use tokio::task::yield_now;

use super::{MemoryStore, rows::Rows};

/// Gives how a user shows; without a name where none was told.
fn profile(rows: &Rows, user: UserId) -> Profile {
    let nameless = || Profile { user, name: Name::default(), portrait_uri: PortraitUri::default() };
    rows.profiles.get(&user).cloned().unwrap_or_else(nameless)
}

#[async_trait]
impl Contacts for MemoryStore {
    async fn add_friend(&self, user: UserId, other: UserId, max: u32) -> Result<Friend, Failure<AddFriendRefusal>> {
        yield_now().await;
        let since = self.clock.now();
        let mut rows = self.rows();
        let candidate = rows.users.get(&other).map(|standing| Candidate {
            is_friend: rows.friends.contains_key(&(user, other)),
            is_active: standing.is_active,
            takes_friend_requests: standing.takes_friend_requests,
            has_blocked: rows.blocks.contains(&(other, user)),
        });
        check_candidate(user, other, candidate).map_err(Failure::Refused)?;
        let count = |user| rows.friends.keys().filter(|(owner, _)| *owner == user).count();
        let most = u64::try_from(count(user).max(count(other))).unwrap_or(u64::MAX);
        check_room(most, max).map_err(Failure::Refused)?;
        rows.friends.insert((user, other), since);
        rows.friends.insert((other, user), since);
        Ok(Friend { profile: profile(&rows, other), since })
    }

    async fn friends(&self, user: UserId, limit: u32) -> Result<Vec<Friend>, Fault> {
        let rows = self.rows();
        let mine = rows.friends.iter().filter(|((owner, _), _)| *owner == user);
        let mut friends: Vec<_> =
            mine.map(|((_, friend), since)| Friend { profile: profile(&rows, *friend), since: *since }).collect();
        friends.sort_by_key(|friend| std::cmp::Reverse(friend.since));
        friends.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(friends)
    }

    async fn set_block(&self, user: UserId, other: UserId, blocked: bool) -> Result<(), Failure<BlockRefusal>> {
        let mut rows = self.rows();
        if !rows.users.contains_key(&user) || !rows.users.contains_key(&other) {
            return Err(Failure::Refused(BlockRefusal::UserNotFound));
        }
        if blocked {
            rows.blocks.insert((user, other));
        } else {
            rows.blocks.remove(&(user, other));
        }
        Ok(())
    }

    async fn blocked_by(&self, user: UserId) -> Result<Vec<UserId>, Fault> {
        let rows = self.rows();
        Ok(rows.blocks.iter().filter(|(owner, _)| *owner == user).map(|(_, blocked)| *blocked).collect())
    }
}
