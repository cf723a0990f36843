//! Whom each user does not want to hear from.

use std::collections::{BTreeMap, HashMap};

use super::users::Crowded;

/// How many users one may have in one's blacklist: <https://docs.rongcloud.cn/platform-chat-api/user/blacklist>.
pub const MAX_BLACKLIST: usize = 3_000;

/// How many users stand in all blacklists of a sandbox together. This only bounds memory.
pub const MAX_BLACKLISTED: usize = 1_000_000;

/// Why no user can be added.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum BlacklistRefusal {
    /// The blacklist would have more than [`MAX_BLACKLIST`].
    TooMany,
    /// The sandbox has no room for more.
    Crowded(Crowded),
}

/// A part of a blacklist.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Page {
    /// Newest first.
    pub(crate) users: Vec<String>,
    /// Before which entry the next page goes on, if there is one.
    pub(crate) next: Option<u64>,
}

/// All blacklists. Each is in the order in which its entries were added.
#[derive(Debug)]
pub(super) struct Blacklists {
    capacity: usize,
    entries: usize,
    added: u64,
    by_user: HashMap<String, BTreeMap<u64, String>>,
}

impl Blacklists {
    pub(super) fn new(capacity: usize) -> Self {
        Self { capacity, entries: 0, added: 0, by_user: HashMap::new() }
    }

    /// Adds users, all or none. One who stands there already keeps the place.
    pub(super) fn add(&mut self, user_id: &str, others: Vec<String>) -> Result<(), BlacklistRefusal> {
        let strangers: Vec<String> = others.into_iter().filter(|other| !self.contains(user_id, other)).collect();
        let list = self.by_user.get(user_id);
        if list.map_or(0, BTreeMap::len) + strangers.len() > MAX_BLACKLIST {
            return Err(BlacklistRefusal::TooMany);
        }
        if self.entries + strangers.len() > self.capacity {
            return Err(BlacklistRefusal::Crowded(Crowded));
        }
        self.entries += strangers.len();
        let list = self.by_user.entry(user_id.to_owned()).or_default();
        for stranger in strangers {
            self.added += 1;
            list.insert(self.added, stranger);
        }
        Ok(())
    }

    /// Removes users. One who does not stand there is passed over.
    pub(super) fn remove(&mut self, user_id: &str, others: &[String]) {
        let Some(list) = self.by_user.get_mut(user_id) else {
            return;
        };
        let before = list.len();
        list.retain(|_, other| !others.contains(other));
        self.entries -= before - list.len();
        if list.is_empty() {
            self.by_user.remove(user_id);
        }
    }

    /// Lists at most `size` users, newest first, from the newest one or from below `before`.
    pub(super) fn page(&self, user_id: &str, before: Option<u64>, size: usize) -> Page {
        let list = self.by_user.get(user_id).into_iter().flat_map(|list| list.range(..before.unwrap_or(u64::MAX)));
        let mut rest = list.rev();
        let page: Vec<(&u64, &String)> = rest.by_ref().take(size).collect();
        let oldest = page.last().map(|(added, _)| **added);
        Page { users: page.into_iter().map(|(_, other)| other.clone()).collect(), next: rest.next().and(oldest) }
    }

    /// Tells whether `user_id` does not want to hear from `other`.
    pub(super) fn contains(&self, user_id: &str, other: &str) -> bool {
        self.by_user.get(user_id).is_some_and(|list| list.values().any(|listed| listed == other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn users(ids: &[&str]) -> Vec<String> {
        ids.iter().map(|id| (*id).to_owned()).collect()
    }

    #[test]
    fn a_blacklist_is_read_in_pages_newest_first() {
        let mut lists = Blacklists::new(9);
        lists.add("alice", users(&["bob", "carol"])).unwrap();
        lists.add("alice", users(&["dave", "bob"])).unwrap();

        let first = lists.page("alice", None, 2);
        let second = lists.page("alice", first.next, 2);

        assert_eq!(first.users, ["dave", "carol"]);
        assert_eq!(second, Page { users: users(&["bob"]), next: None });
        assert_eq!(lists.page("alice", None, 3).next, None);
        assert_eq!(lists.page("nobody", None, 3), Page { users: Vec::new(), next: None });
    }

    #[test]
    fn a_blacklist_is_one_way() {
        let mut lists = Blacklists::new(9);

        lists.add("alice", users(&["bob"])).unwrap();

        assert!(lists.contains("alice", "bob"));
        assert!(!lists.contains("bob", "alice"));
    }

    #[test]
    fn a_blacklist_has_at_most_3000_entries_and_nobody_of_a_call_is_added_when_one_does_not_fit() {
        let mut lists = Blacklists::new(9_999);
        let many = (1..MAX_BLACKLIST).map(|n| format!("u{n}")).collect();
        lists.add("alice", many).unwrap();

        assert_eq!(lists.add("alice", users(&["bob", "carol"])), Err(BlacklistRefusal::TooMany));
        assert!(!lists.contains("alice", "bob"));
        assert_eq!(lists.add("alice", users(&["bob", "u1"])), Ok(()));
    }

    #[test]
    fn room_is_given_back_by_those_who_are_removed() {
        let mut lists = Blacklists::new(1);
        lists.add("alice", users(&["bob"])).unwrap();
        assert_eq!(lists.add("carol", users(&["bob"])), Err(BlacklistRefusal::Crowded(Crowded)));

        lists.remove("alice", &users(&["bob", "nobody"]));

        assert_eq!(lists.add("carol", users(&["bob"])), Ok(()));
        assert!(!lists.contains("alice", "bob"));
    }
}
