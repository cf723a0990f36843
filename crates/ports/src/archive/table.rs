//! Every table that there is: named once, here.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::{
    AccountRow, BlockRow, ClaimRow, CoinRow, DeploymentRow, FriendshipRow, GroupRow, ImAccountRow, MembershipRow,
    MovementRow, PacketRow, PostingRow, RequestRow, SessionRow, ShareRow, UserRow,
};

/// Tables that say nothing about the deployment.
///
/// * `attempts`: whether one process's transaction was committed. Nobody but that process asks, and not for long; its
///   numbers are never used twice.
/// * `migration_lock` and `_sqlx_migrations`: of the schema, which each store has for itself.
pub const LEFT_BEHIND: [&str; 3] = ["attempts", "migration_lock", "_sqlx_migrations"];

macro_rules! tables {
    ($($table:ident $name:literal $row:ty, $rows_each:literal;)*) => {
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
    Deployment "deployment" DeploymentRow, 1;
    Users "users" UserRow, 1;
    Sessions "sessions" SessionRow, 1;
    Friendships "friendships" FriendshipRow, 2;
    Blocks "blocks" BlockRow, 1;
    ImAccounts "im_accounts" ImAccountRow, 1;
    Coins "coins" CoinRow, 1;
    Accounts "accounts" AccountRow, 1;
    Packets "packets" PacketRow, 1;
    Shares "shares" ShareRow, 1;
    Claims "claims" ClaimRow, 1;
    Movements "movements" MovementRow, 1;
    Postings "postings" PostingRow, 1;
    Requests "requests" RequestRow, 1;
    Groups "groups" GroupRow, 1;
    Memberships "memberships" MembershipRow, 1;
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
