//! The list of tables.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::{
    admin::{AdminTokenRow, OperationRow},
    cell::Cells,
    groups::{GroupRow, MembershipRow},
    ledger::{AccountRow, CoinRow, MovementRow, PostingRow},
    outbox::{DeliveryRow, EndpointRow},
    packets::{ClaimRow, PacketRow, ShareRow},
    people::{BlockRow, FriendshipRow, ImAccountRow, SessionRow, UserRow},
    requests::RequestRow,
    row::row,
};

/// Tables that say nothing about the deployment.
///
/// * `attempts`: whether one process's transaction was committed. Only that process asks, and not for long; its
///   numbers are never used twice.
/// * `migration_lock` and `_sqlx_migrations`: of the schema, which each store has for itself.
pub const LEFT_BEHIND: [&str; 3] = ["attempts", "migration_lock", "_sqlx_migrations"];

row! {
    /// What the store is for.
    DeploymentRow {
        kind: String,
    }
}

// For each table: its variant, its name, how many of its rows one of ours stands for, and our row.
macro_rules! tables {
    ($($table:ident $name:literal $rows_each:literal $row:ident;)*) => {
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
                    $(Self::$table => $row::COLUMNS,)*
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
    Deployment "deployment" 1 DeploymentRow;
    Users "users" 1 UserRow;
    Sessions "sessions" 1 SessionRow;
    Friendships "friendships" 2 FriendshipRow;
    Blocks "blocks" 1 BlockRow;
    ImAccounts "im_accounts" 1 ImAccountRow;
    Coins "coins" 1 CoinRow;
    Accounts "accounts" 1 AccountRow;
    Packets "packets" 1 PacketRow;
    Shares "shares" 1 ShareRow;
    Claims "claims" 1 ClaimRow;
    Movements "movements" 1 MovementRow;
    Postings "postings" 1 PostingRow;
    Requests "requests" 1 RequestRow;
    Groups "groups" 1 GroupRow;
    Memberships "memberships" 1 MembershipRow;
    Outbox "outbox" 1 DeliveryRow;
    Endpoints "webhook_endpoints" 1 EndpointRow;
    AdminTokens "admin_tokens" 1 AdminTokenRow;
    Operations "admin_operations" 1 OperationRow;
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
        CoinRow { id: id.to_owned(), scale: 2, min_amount, max_amount: 9, takes_packets: true }
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
