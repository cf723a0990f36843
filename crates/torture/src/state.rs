//! What there is in the end: the rows of the store, and what the cloud holds.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Everything that answers are held against.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct State {
    pub(crate) accounts: Vec<Account>,
    pub(crate) packets: Vec<Packet>,
    pub(crate) claims: Vec<Claim>,
    pub(crate) movements: Vec<Movement>,
    pub(crate) postings: Vec<Posting>,
    pub(crate) friendships: Vec<(String, String)>,
    pub(crate) groups: Vec<Group>,
    pub(crate) memberships: Vec<Membership>,
    /// Those of whose profile our copy counts.
    pub(crate) users: Vec<User>,
    /// Users for whom a token is kept.
    pub(crate) tokens: Vec<String>,
    pub(crate) requests: Vec<Request>,
    /// What endpoints are told.
    pub(crate) deliveries: Vec<Delivery>,
    /// Each user's messages at the cloud, oldest first.
    pub(crate) inboxes: BTreeMap<String, Vec<Message>>,
    /// By id, those that the cloud has ever known.
    pub(crate) cloud_groups: BTreeMap<String, CloudGroup>,
    /// Each user's name at the cloud.
    pub(crate) cloud_names: BTreeMap<String, String>,
}

/// Amounts are minor units everywhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Account {
    pub(crate) user: String,
    pub(crate) coin: String,
    #[serde(with = "text")]
    pub(crate) balance: i128,
    #[serde(with = "text")]
    pub(crate) held: i128,
    pub(crate) version: u64,
}

/// A packet with its one share.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Packet {
    pub(crate) id: String,
    pub(crate) sender: String,
    pub(crate) coin: String,
    #[serde(with = "text")]
    pub(crate) total: i128,
    #[serde(with = "text")]
    pub(crate) held: i128,
    pub(crate) entries: u64,
    pub(crate) remark: String,
    pub(crate) state: String,
    pub(crate) receiver: String,
    /// Empty: none.
    pub(crate) taker: String,
    /// Whether it can still be claimed for longer than a trial waits: a clock that was ahead made it.
    pub(crate) is_long: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Claim {
    pub(crate) packet: String,
    pub(crate) taker: String,
    pub(crate) state: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Movement {
    pub(crate) reference: String,
    pub(crate) direction: String,
    pub(crate) user: String,
    pub(crate) coin: String,
    #[serde(with = "text")]
    pub(crate) amount: i128,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Posting {
    pub(crate) holder: String,
    pub(crate) owner: String,
    pub(crate) coin: String,
    pub(crate) seq: u64,
    pub(crate) command: String,
    pub(crate) cause: String,
    #[serde(with = "text")]
    pub(crate) amount: i128,
    #[serde(with = "text")]
    pub(crate) balance: i128,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Group {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) owner: String,
    pub(crate) state: String,
    /// Whether the cloud is still to be asked about it.
    pub(crate) is_due: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Membership {
    pub(crate) group: String,
    pub(crate) user: String,
    pub(crate) state: String,
    /// Whether the cloud is still to be asked about it.
    pub(crate) is_due: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct User {
    pub(crate) id: String,
    pub(crate) name: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Request {
    pub(crate) user: String,
    pub(crate) method: String,
    pub(crate) key: String,
    /// Without one it is running.
    pub(crate) status: Option<u64>,
}

/// What one endpoint is told of one thing that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Delivery {
    pub(crate) id: String,
    /// The endpoint's id.
    pub(crate) endpoint: String,
    pub(crate) kind: String,
    pub(crate) state: String,
    /// How often it was tried in vain, and once more if it was delivered.
    pub(crate) attempts: u64,
    /// Whether it should have been tried, or taken over, seconds ago.
    pub(crate) is_late: bool,
}

/// What the cloud has delivered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Message {
    pub(crate) from: String,
    pub(crate) object_name: String,
    pub(crate) content: String,
    pub(crate) uid: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CloudGroup {
    pub(crate) members: Vec<String>,
    pub(crate) is_dismissed: bool,
}

impl Delivery {
    /// Pauses are 5 s, 20 s, 80 s, give or take a quarter. A trial waits for the first two.
    const LONG_PAUSE_AFTER: u64 = 3;

    /// Whether it may be tried later than a trial waits for it.
    pub(crate) fn may_wait(&self) -> bool {
        matches!(self.state.as_str(), "waiting" | "sending") && self.attempts >= Self::LONG_PAUSE_AFTER && !self.is_late
    }
}

impl State {
    pub(crate) fn packet(&self, id: &str) -> Option<&Packet> {
        self.packets.iter().find(|packet| packet.id == id)
    }

    pub(crate) fn is_member(&self, group: &str, user: &str) -> bool {
        self.memberships.iter().any(|row| row.group == group && row.user == user && row.state == "member")
    }

    pub(crate) fn are_friends(&self, user: &str, other: &str) -> bool {
        self.friendships.iter().any(|(one, two)| one == user && two == other)
    }
}

/// JSON has no integers of this size that every reader keeps exact.
mod text {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(amount: &i128, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(amount)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i128, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}
