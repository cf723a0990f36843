//! The book: what was loaded for a batch, changed command by command.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::{Request, Row, Table, Written};
use crate::{
    admin::{AdminToken, Operation},
    friend::{Block, Friendship},
    group::{Group, Membership},
    id::{CoinId, GroupId, UserId},
    ledger::{Account, AccountKey, Movement, Posting},
    money::Coin,
    outbox::{Audience, Delivery},
    profile::ImAccount,
    red_packet::Packet,
    session::Session,
    time::Timestamp,
    user::User,
    webhook::Endpoint,
};

/// The tables that a batch loads by key and writes: name, row, and whether a batch that names a row keeps other batches
/// from it.
macro_rules! tables {
    ($($(#[$doc:meta])* $table:ident: $row:ty, $is_exclusive:literal;)*) => {
        /// Names everything that a batch may read or change, in one canonical order: that of the tables here, and within
        /// each that of its keys.
        #[derive(Debug, Clone, Default, PartialEq, Eq)]
        pub struct Keys {
            $($(#[$doc])* pub $table: BTreeSet<<$row as Row>::Key>,)*
            /// Users whose sessions are all to be locked.
            pub sessions_of: BTreeSet<UserId>,
            /// Users whose friends are to be counted.
            pub friends_of: BTreeSet<UserId>,
            /// Groups that are only read.
            pub groups_seen: BTreeSet<GroupId>,
            /// Groups whose members are to be counted.
            pub members_of: BTreeSet<GroupId>,
        }

        impl Keys {
            /// Says whether both name a row that one of them may change. `other` may be large.
            pub fn meets(&self, other: &Self) -> bool {
                $($is_exclusive && self.$table.iter().any(|key| other.$table.contains(key)))||*
            }

            /// Adds what `other` names.
            pub fn extend(&mut self, other: &Self) {
                $(self.$table.extend(other.$table.iter().cloned());)*
                self.sessions_of.extend(&other.sessions_of);
                self.friends_of.extend(&other.friends_of);
                self.groups_seen.extend(&other.groups_seen);
                self.members_of.extend(&other.members_of);
            }

            /// Gives how many rows are named, each of them once in each way.
            pub fn count(&self) -> usize {
                let ranges = self.sessions_of.len() + self.friends_of.len() + self.groups_seen.len() + self.members_of.len();
                ranges $(+ self.$table.len())*
            }
        }

        /// What a store found of the keys that a batch names. What is missing here does not exist.
        #[derive(Debug, Clone, Default)]
        pub struct Loaded {
            $($(#[$doc])* pub $table: Vec<$row>,)*
            /// How many friends those have who were to be counted. Who is missing has none.
            pub friend_counts: BTreeMap<UserId, u64>,
            /// How many members those groups have that were to be counted. What is missing has none.
            pub member_counts: BTreeMap<GroupId, u64>,
        }

        /// Everything that a batch changed.
        #[derive(Debug, Clone, Default, PartialEq, Eq)]
        pub struct Changes {
            $($(#[$doc])* pub $table: Written<$row>,)*
            /// New journal entries.
            pub postings: Vec<Posting>,
        }

        impl Changes {
            /// Says whether there is nothing to write.
            pub fn is_empty(&self) -> bool {
                self.postings.is_empty() $(&& self.$table.is_empty())*
            }
        }

        /// The state on which a batch of commands works.
        #[derive(Debug)]
        pub struct Book {
            now: Timestamp,
            $(pub(crate) $table: Table<$row>,)*
            friend_counts: BTreeMap<UserId, u64>,
            member_counts: BTreeMap<GroupId, u64>,
            audience: Arc<Audience>,
            pub(crate) postings: Vec<Posting>,
        }

        impl Book {
            /// Opens the book at `clock`, the store's time after the rows were locked.
            ///
            /// Expiry and leases are judged by the clock as it is. Only a row's own last change never runs backwards: it is
            /// the later of the clock and that row's former one. So a row that is dated ahead reaches no other row.
            pub fn open(loaded: Loaded, clock: Timestamp) -> Self {
                Self {
                    now: clock,
                    $($table: Table::loaded(loaded.$table),)*
                    friend_counts: loaded.friend_counts,
                    member_counts: loaded.member_counts,
                    audience: Arc::default(),
                    postings: Vec::new(),
                }
            }

            /// Gives what has to be written, and nothing that stayed as it was.
            pub fn into_changes(self) -> Changes {
                Changes {
                    $($table: self.$table.into_written(),)*
                    postings: self.postings,
                }
            }
        }

        /// All rows of a store in memory: for tests and examples, and for services that need nothing to last.
        #[derive(Debug, Clone, Default, PartialEq)]
        pub struct Tables {
            $($(#[$doc])* pub $table: BTreeMap<<$row as Row>::Key, $row>,)*
            /// The journal.
            pub postings: Vec<Posting>,
        }

        impl Tables {
            /// Gives the rows that are named, as a database would.
            pub fn load(&self, keys: &Keys) -> Loaded {
                let mut loaded = Loaded {
                    $($table: keys.$table.iter().filter_map(|key| self.$table.get(key)).cloned().collect(),)*
                    ..Loaded::default()
                };
                self.load_ranges(keys, &mut loaded);
                loaded
            }

            /// Writes as a database would.
            ///
            /// # Panics
            /// Panics if a row is not as it was loaded: the batch did not have the store for itself.
            pub fn write(&mut self, changes: Changes) {
                $(write(&mut self.$table, changes.$table);)*
                self.postings.extend(changes.postings);
            }
        }
    };
}

tables! {
    /// Users, locked.
    users: User, true;
    /// Requests under a key, locked.
    requests: Request, true;
    /// Sessions, locked.
    sessions: Session, true;
    /// Friendships. The locks of both users are their guard.
    friendships: Friendship, true;
    /// Blocks. The locks of both users are their guard.
    blocks: Block, true;
    /// What is known of users at an app of the IM cloud, locked.
    im_accounts: ImAccount, true;
    /// Groups, locked.
    groups: Group, true;
    /// Users in groups, locked.
    memberships: Membership, true;
    /// Coins. Almost every batch reads one and hardly any changes it, so nothing waits for another.
    coins: Coin, false;
    /// Accounts, locked.
    accounts: Account, true;
    /// Packets, locked, with all their shares and claims.
    packets: Packet, true;
    /// Deposits and withdrawals.
    movements: Movement, true;
    /// What the outside is told, locked.
    outbox: Delivery, true;
    /// Endpoints of the app's backend, locked.
    endpoints: Endpoint, true;
    /// Tokens of administrators, locked.
    admin_tokens: AdminToken, true;
    /// What administrators asked for, locked.
    operations: Operation, true;
}

impl Keys {
    pub(crate) fn account(&mut self, user: UserId, coin: CoinId) {
        self.accounts.insert(AccountKey { user, coin });
    }
}

impl Book {
    /// Has this audience told of what the commands do. Without it the outside is told nothing.
    #[must_use]
    pub fn telling(self, audience: Arc<Audience>) -> Self {
        Self { audience, ..self }
    }

    pub(crate) const fn now(&self) -> Timestamp {
        self.now
    }

    pub(crate) fn audience(&self) -> Arc<Audience> {
        Arc::clone(&self.audience)
    }

    /// Gives how many friends a user has whose friends were to be counted.
    pub(crate) fn friend_count(&self, user: UserId) -> u64 {
        let counted = self.friend_counts.get(&user).copied().unwrap_or_default();
        self.friendships.recount(counted, |friendship| friendship.has(user))
    }

    /// Gives how many members a group has whose members were to be counted.
    pub(crate) fn member_count(&self, group: GroupId) -> u64 {
        let counted = self.member_counts.get(&group).copied().unwrap_or_default();
        self.memberships.recount(counted, |row| row.group == group && row.is_member())
    }
}

impl Tables {
    fn load_ranges(&self, keys: &Keys, loaded: &mut Loaded) {
        let sessions = self.sessions.values().filter(|row| keys.sessions_of.contains(&row.user));
        loaded.sessions.extend(sessions.filter(|row| !keys.sessions.contains(&row.key)).copied());
        let seen = keys.groups_seen.difference(&keys.groups);
        loaded.groups.extend(seen.filter_map(|id| self.groups.get(id)).cloned());
        let friends = |user: &UserId| self.friendships.values().filter(|row| row.has(*user)).count();
        loaded.friend_counts = keys.friends_of.iter().map(|user| (*user, number(friends(user)))).collect();
        let members =
            |id: &GroupId| self.memberships.values().filter(|row| row.group == *id && row.is_member()).count();
        loaded.member_counts = keys.members_of.iter().map(|id| (*id, number(members(id)))).collect();
    }
}

fn number(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

/// Writes the rows of one table, each as it was loaded.
fn write<R: Row>(table: &mut BTreeMap<R::Key, R>, written: Written<R>) {
    const GUARD: &str = "the row is not as it was loaded";
    for row in written.inserted {
        assert!(table.insert(row.key(), row).is_none(), "{GUARD}");
    }
    for row in written.updated {
        assert!(table.insert(row.after.key(), row.after) == Some(row.before), "{GUARD}");
    }
    for row in written.deleted {
        assert!(table.remove(&row.key()) == Some(row), "{GUARD}");
    }
}

#[cfg(test)]
mod tests;
