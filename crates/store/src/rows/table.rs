//! Each table with its columns.

#![expect(missing_docs, reason = "the columns are explained with the tables, in the migrations")]

use std::hash::{DefaultHasher, Hash, Hasher};

use super::cell::{Cell, Cells, Signed};

/// Tables that say nothing about the deployment.
///
/// * `attempts`: whether one process's transaction was committed. Only that process asks, and not for long; its
///   numbers are never used twice.
/// * `migration_lock` and `_sqlx_migrations`: of the schema, which each store has for itself.
pub const LEFT_BEHIND: [&str; 3] = ["attempts", "migration_lock", "_sqlx_migrations"];

// For each table: its variant, its name, how many of its rows one of ours stands for, and our row; what comes with a row from
// another table stands after its columns.
macro_rules! tables {
    ($(
        $(#[$doc:meta])*
        $table:ident $name:literal $rows_each:literal $row:ident {
            $($(#[$column_doc:meta])* $column:ident: $type:ty,)*
            $(; $(#[$joined_doc:meta])* $joined:ident: $joined_type:ty,)?
        }
    )*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, PartialEq, Eq, Hash)]
            pub struct $row {
                $($(#[$column_doc])* pub $column: $type,)*
                $($(#[$joined_doc])* pub $joined: $joined_type,)?
            }

            impl Cells for $row {
                fn cells(&self) -> Vec<Cell<'_>> {
                    vec![$(Cell::from(&self.$column)),*]
                }
            }
        )*

        /// A table that goes with the deployment wherever it is moved.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Table {
            $(
                #[doc = concat!("`", $name, "`")]
                $table,
            )*
        }

        impl Table {
            /// All of them; none refers to a later one.
            pub const ALL: &[Self] = &[$(Self::$table),*];

            /// Gives the name that every store has for it.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$table => $name,)*
                }
            }

            /// Gives what a row of it is made of.
            pub const fn columns(self) -> &'static [&'static str] {
                match self {
                    $(Self::$table => &[$(stringify!($column)),*],)*
                }
            }
        }

        /// Some rows of one table.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Page {
            $(
                #[doc = concat!("Of `", $name, "`.")]
                $table(Vec<$row>),
            )*
        }

        impl Page {
            /// Gives the table.
            pub const fn table(&self) -> Table {
                match self {
                    $(Self::$table(_) => Table::$table,)*
                }
            }

            /// Gives how many rows of the table these are.
            pub fn count(&self) -> u64 {
                let count = match self {
                    $(Self::$table(rows) => rows.len() * $rows_each,)*
                };
                u64::try_from(count).expect("a page is small")
            }

            /// Gives a number that depends on the rows but not on their order; those of several pages are added.
            pub fn digest(&self) -> u128 {
                match self {
                    $(Self::$table(rows) => rows.iter().map(digest).fold(0, u128::wrapping_add),)*
                }
            }
        }
    };
}

tables! {
    /// What the store is for.
    Deployment "deployment" 1 DeploymentRow {
        kind: String,
    }
    /// A user.
    Users "users" 1 UserRow {
        id: String,
        is_active: bool,
        takes_friend_requests: bool,
        name: String,
        portrait_uri: String,
    }
    /// A session.
    Sessions "sessions" 1 SessionRow {
        key_sha256: Vec<u8>,
        user_id: String,
        created_at: i64,
        expires_at: i64,
    }
    /// A friendship: both of its rows, for neither can be without the other. `user_id` is the smaller id.
    Friendships "friendships" 2 FriendshipRow {
        user_id: String,
        friend_id: String,
        since: i64,
        /// `since` of the row of `friend_id`.
        since_of_friend: i64,
    }
    /// A user who does not want to be added by another.
    Blocks "blocks" 1 BlockRow {
        user_id: String,
        blocked_id: String,
    }
    /// What is known of a user at an app of the IM cloud.
    ImAccounts "im_accounts" 1 ImAccountRow {
        app_key: String,
        user_id: String,
        token: Option<String>,
        secret_fingerprint: Option<Vec<u8>>,
        registered_at: Option<i64>,
        is_stale: bool,
        version: i64,
    }
    /// A coin.
    Coins "coins" 1 CoinRow {
        id: String,
        scale: i64,
        min_amount: i128,
        max_amount: i128,
    }
    /// An account.
    Accounts "accounts" 1 AccountRow {
        user_id: String,
        coin_id: String,
        balance: i128,
        held: i128,
        version: i64,
        changed_at: i64,
        ;
        /// That of the coin, with which it is loaded.
        scale: i64,
    }
    /// A packet.
    Packets "packets" 1 PacketRow {
        id: u128,
        sender_id: String,
        coin_id: String,
        total: i128,
        held: i128,
        entries: i64,
        remark: String,
        state: String,
        lease_until: Option<i64>,
        created_at: i64,
        expires_at: i64,
        ended_at: Option<i64>,
        changed_at: i64,
        version: i64,
        ;
        /// That of the coin, with which it is loaded.
        scale: i64,
    }
    /// A share of a packet.
    Shares "shares" 1 ShareRow {
        packet_id: u128,
        number: i64,
        amount: i128,
        receiver_id: Option<String>,
        taker_id: Option<String>,
    }
    /// A claim.
    Claims "claims" 1 ClaimRow {
        packet_id: u128,
        taker_id: String,
        share_number: i64,
        state: String,
        lease_until: Option<i64>,
        version: i64,
        changed_at: i64,
    }
    /// A deposit or withdrawal.
    Movements "movements" 1 MovementRow {
        reference: String,
        direction: String,
        user_id: String,
        coin_id: String,
        amount: i128,
        moved_at: i64,
    }
    /// A line of the journal.
    Postings "postings" 1 PostingRow {
        holder: String,
        owner_id: String,
        coin_id: String,
        seq: i64,
        command_id: u128,
        cause: String,
        amount: Signed,
        balance: Signed,
        posted_at: i64,
    }
    /// A request that its caller may repeat.
    Requests "requests" 1 RequestRow {
        user_id: String,
        method: String,
        request_key: String,
        fingerprint: Vec<u8>,
        status: Option<i64>,
        outcome: Option<String>,
        work: Option<String>,
        lease_until: Option<i64>,
        recorded_at: i64,
    }
    /// A group.
    Groups "groups" 1 GroupRow {
        id: u128,
        name: String,
        memo: String,
        owner_id: String,
        state: String,
        lease_until: Option<i64>,
        checks_left: Option<i64>,
        next_check_at: Option<i64>,
        is_held: bool,
        checks_failed: i64,
        created_at: i64,
        changed_at: i64,
        version: i64,
    }
    /// A user in a group.
    Memberships "memberships" 1 MembershipRow {
        group_id: u128,
        user_id: String,
        state: String,
        lease_until: Option<i64>,
        after_undo: bool,
        joined: Option<i64>,
        checks_left: Option<i64>,
        next_check_at: Option<i64>,
        is_held: bool,
        checks_failed: i64,
        changed_at: i64,
        version: i64,
    }
}

/// The same row has the same number for as long as the process lives.
fn digest(row: &impl Hash) -> u128 {
    let mut hasher = DefaultHasher::new();
    row.hash(&mut hasher);
    hasher.finish().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn coin(id: &str, min_amount: i128) -> CoinRow {
        CoinRow { id: id.to_owned(), scale: 2, min_amount, max_amount: 9 }
    }

    #[test]
    fn a_digest_knows_the_rows_and_not_their_order() {
        let both = Page::Coins(vec![coin("A", 1), coin("B", 1)]).digest();
        assert_eq!(Page::Coins(vec![coin("B", 1), coin("A", 1)]).digest(), both);
        assert_ne!(Page::Coins(vec![coin("A", 1), coin("B", 2)]).digest(), both);
        let apart = [coin("A", 1), coin("B", 1)].map(|coin| Page::Coins(vec![coin]).digest());
        assert_eq!(apart[0].wrapping_add(apart[1]), both);
    }

    #[test]
    fn a_friendship_is_two_rows() {
        let row = FriendshipRow { user_id: "a".to_owned(), friend_id: "b".to_owned(), since: 1, since_of_friend: 1 };
        assert_eq!(Page::Friendships(vec![row]).count(), 2);
    }

    #[test]
    fn no_table_is_listed_twice() {
        let mut names: Vec<_> = Table::ALL.iter().map(|table| table.as_str()).chain(LEFT_BEHIND).collect();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all);
    }
}
