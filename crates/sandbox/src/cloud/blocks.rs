//! Users who are shut out for a time: <https://docs.rongcloud.cn/platform-chat-api/user/block>.

use std::{cmp::Reverse, collections::HashMap};

use time::OffsetDateTime;

use super::users::Crowded;

/// How many blocked users a sandbox keeps. This only bounds memory.
pub const MAX_BLOCKED: usize = 100_000;

/// How long a user is shut out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Block {
    pub(crate) since: OffsetDateTime,
    pub(crate) until: OffsetDateTime,
}

/// All blocks, over ones included until there is need of room.
#[derive(Debug)]
pub(super) struct Blocks {
    capacity: usize,
    by_user: HashMap<String, Block>,
}

impl Blocks {
    pub(super) fn new(capacity: usize) -> Self {
        Self { capacity, by_user: HashMap::new() }
    }

    /// Blocks users, all or none. Of a user who is blocked already only the end changes.
    pub(super) fn add(&mut self, users: &[String], block: Block) -> Result<(), Crowded> {
        if self.by_user.len() + users.len() > self.capacity {
            self.by_user.retain(|_, known| block.since < known.until);
        }
        if self.by_user.len() + users.len() > self.capacity {
            return Err(Crowded);
        }
        for user in users {
            let since = self.of(user, block.since).map_or(block.since, |known| known.since);
            self.by_user.insert(user.clone(), Block { since, ..block });
        }
        Ok(())
    }

    /// Lets users in again.
    pub(super) fn remove(&mut self, users: &[String]) {
        for user in users {
            self.by_user.remove(user);
        }
    }

    /// Finds the block of a user that is not over.
    pub(super) fn of(&self, user_id: &str, now: OffsetDateTime) -> Option<Block> {
        self.by_user.get(user_id).copied().filter(|block| now < block.until)
    }

    /// Lists who is blocked and until when, the latest end first.
    pub(super) fn list(&self, now: OffsetDateTime) -> Vec<(&str, OffsetDateTime)> {
        let blocked = self.by_user.iter().filter(|(_, block)| now < block.until);
        let mut list: Vec<_> = blocked.map(|(user, block)| (user.as_str(), block.until)).collect();
        list.sort_unstable_by_key(|(user, until)| (Reverse(*until), *user));
        list
    }
}

#[cfg(test)]
mod tests {
    use time::Duration;

    use super::*;

    const NOON: OffsetDateTime = OffsetDateTime::UNIX_EPOCH;

    fn at(minute: i64) -> OffsetDateTime {
        NOON + Duration::minutes(minute)
    }

    fn block(since: i64, until: i64) -> Block {
        Block { since: at(since), until: at(until) }
    }

    fn ids(ids: &[&str]) -> Vec<String> {
        ids.iter().map(|id| (*id).to_owned()).collect()
    }

    #[test]
    fn a_block_ends_by_itself_or_earlier_and_the_latest_end_is_listed_first() {
        let mut blocks = Blocks::new(9);
        blocks.add(&ids(&["alice"]), block(0, 5)).unwrap();
        blocks.add(&ids(&["carol", "bob"]), block(0, 9)).unwrap();

        assert_eq!(blocks.list(at(4)), [("bob", at(9)), ("carol", at(9)), ("alice", at(5))]);
        blocks.remove(&ids(&["carol", "stranger"]));
        assert_eq!(blocks.list(at(5)), [("bob", at(9))]);
        assert_eq!(blocks.of("alice", at(5)), None);
    }

    #[test]
    fn another_block_moves_the_end_alone_unless_the_first_is_over() {
        let mut blocks = Blocks::new(9);
        blocks.add(&ids(&["alice"]), block(0, 5)).unwrap();

        blocks.add(&ids(&["alice"]), block(4, 6)).unwrap();
        assert_eq!(blocks.of("alice", at(4)), Some(block(0, 6)));
        blocks.add(&ids(&["alice"]), block(6, 7)).unwrap();
        assert_eq!(blocks.of("alice", at(6)), Some(block(6, 7)));
    }

    #[test]
    fn a_full_sandbox_forgets_blocks_that_are_over_before_it_refuses_one() {
        let mut blocks = Blocks::new(1);
        blocks.add(&ids(&["alice"]), block(0, 5)).unwrap();

        assert_eq!(blocks.add(&ids(&["bob"]), block(4, 9)), Err(Crowded));
        assert_eq!(blocks.add(&ids(&["bob"]), block(5, 9)), Ok(()));
    }
}
