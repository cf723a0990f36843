//! One struct for each table, with a field for each column. Amounts are minor units, times are microseconds since 1970
//! (UTC), ids that a store keeps as 16 bytes are numbers.

#![expect(missing_docs, reason = "the columns are explained with the tables, in the migrations")]

/// What the store is for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DeploymentRow {
    pub kind: String,
}

/// A user.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct UserRow {
    pub id: String,
    pub is_active: bool,
    pub takes_friend_requests: bool,
    pub name: String,
    pub portrait_uri: String,
}

/// A session.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SessionRow {
    pub key_sha256: Vec<u8>,
    pub user_id: String,
    pub created_at: i64,
    pub expires_at: i64,
}

/// A friendship: both of its rows, for neither can be without the other. `user_id` is the smaller id.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FriendshipRow {
    pub user_id: String,
    pub friend_id: String,
    pub since: i64,
    /// `since` of the row of `friend_id`.
    pub since_of_friend: i64,
}

/// Who does not want to be added by whom.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct BlockRow {
    pub user_id: String,
    pub blocked_id: String,
}

/// What is known of a user at an app of the IM cloud.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ImAccountRow {
    pub app_key: String,
    pub user_id: String,
    pub token: Option<String>,
    pub secret_fingerprint: Option<Vec<u8>>,
    pub registered_at: Option<i64>,
    pub is_stale: bool,
    pub version: i64,
}

/// A coin.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CoinRow {
    pub id: String,
    pub scale: i64,
    pub min_amount: i128,
    pub max_amount: i128,
}

/// An account.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AccountRow {
    pub user_id: String,
    pub coin_id: String,
    pub balance: i128,
    pub version: i64,
    pub changed_at: i64,
}

/// A packet.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PacketRow {
    pub id: u128,
    pub sender_id: String,
    pub coin_id: String,
    pub total: i128,
    pub held: i128,
    pub entries: i64,
    pub remark: String,
    pub state: String,
    pub lease_until: Option<i64>,
    pub created_at: i64,
    pub expires_at: i64,
    pub ended_at: Option<i64>,
    pub changed_at: i64,
    pub version: i64,
}

/// A share of a packet.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ShareRow {
    pub packet_id: u128,
    pub number: i64,
    pub amount: i128,
    pub receiver_id: Option<String>,
    pub taker_id: Option<String>,
}

/// A claim.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ClaimRow {
    pub packet_id: u128,
    pub taker_id: String,
    pub share_number: i64,
    pub state: String,
    pub lease_until: Option<i64>,
    pub version: i64,
    pub changed_at: i64,
}

/// A deposit or withdrawal.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct MovementRow {
    pub reference: String,
    pub direction: String,
    pub user_id: String,
    pub coin_id: String,
    pub amount: i128,
    pub moved_at: i64,
}

/// A line of the journal.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PostingRow {
    pub holder: String,
    pub owner_id: String,
    pub coin_id: String,
    pub seq: i64,
    pub command_id: u128,
    pub cause: String,
    pub amount: i128,
    pub balance: i128,
    pub posted_at: i64,
}

/// A request that its caller may repeat.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RequestRow {
    pub user_id: String,
    pub method: String,
    pub request_key: String,
    pub fingerprint: Vec<u8>,
    pub status: Option<i64>,
    pub outcome: Option<String>,
    pub recorded_at: i64,
}

/// A group.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct GroupRow {
    pub id: u128,
    pub name: String,
    pub memo: String,
    pub owner_id: String,
    pub state: String,
    pub lease_until: Option<i64>,
    pub checks_left: Option<i64>,
    pub next_check_at: Option<i64>,
    pub is_held: bool,
    pub created_at: i64,
    pub changed_at: i64,
    pub version: i64,
}

/// A user in a group.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct MembershipRow {
    pub group_id: u128,
    pub user_id: String,
    pub state: String,
    pub lease_until: Option<i64>,
    pub after_undo: bool,
    pub joined: Option<i64>,
    pub checks_left: Option<i64>,
    pub next_check_at: Option<i64>,
    pub is_held: bool,
    pub changed_at: i64,
    pub version: i64,
}
