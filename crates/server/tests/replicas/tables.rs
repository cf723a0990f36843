//! What the database holds in the end.

use std::collections::{BTreeMap, BTreeSet};

use hongbao_domain::id::{GroupId, TransferId};

use crate::{harness::until, servers::RESOLVED_WITHIN};

/// A packet's row, with what belongs to it.
#[derive(Debug)]
pub(crate) struct PacketRow {
    pub(crate) id: String,
    pub(crate) sender: String,
    pub(crate) receiver: String,
    pub(crate) taker: String,
    pub(crate) fen: String,
    pub(crate) state: String,
    /// How many claims of it were settled.
    pub(crate) claims: usize,
    /// How often money left it.
    pub(crate) ends: usize,
}

#[derive(Debug)]
pub(crate) struct GroupRow {
    pub(crate) id: String,
    pub(crate) owner: String,
    pub(crate) state: String,
    pub(crate) members: BTreeSet<String>,
}

/// The rows that answers are held against.
#[derive(Debug)]
pub(crate) struct Tables {
    /// By remark.
    pub(crate) packets: BTreeMap<String, Vec<PacketRow>>,
    /// By name.
    pub(crate) groups: BTreeMap<String, Vec<GroupRow>>,
    pub(crate) friendships: BTreeSet<(String, String)>,
    pub(crate) tokens: BTreeMap<String, String>,
}

const PACKETS: &str = "SELECT p.remark, replace(p.id::TEXT, '-', ''), p.sender_id, s.receiver_id,
    coalesce(s.taker_id, ''), p.total, p.state,
    (SELECT count(*) FROM claims AS l WHERE l.packet_id = p.id AND l.state = 'claimed')
    FROM packets AS p JOIN shares AS s ON s.packet_id = p.id";

const ENDS: &str = "SELECT owner_id, count(*) FROM postings WHERE holder = 'packet' AND amount < 0 GROUP BY owner_id";

const GROUPS: &str = "SELECT g.name, replace(g.id::TEXT, '-', ''), g.owner_id, g.state,
    coalesce((SELECT string_agg(m.user_id, ',') FROM memberships AS m WHERE m.group_id = g.id AND m.state = 'member'), '')
    FROM groups AS g";

/// What must not be there any more once every lease is over and every packet has expired.
const IN_FLIGHT: &str = "SELECT
    (SELECT count(*) FROM packets WHERE ended_at IS NULL)
    + (SELECT count(*) FROM claims WHERE state = 'claiming')
    + (SELECT count(*) FROM groups WHERE state = 'preparing')
    + (SELECT count(*) FROM memberships WHERE state = 'joining')";

impl Tables {
    /// Waits until nothing moves any more, and reads all with `psql`.
    #[track_caller]
    pub(crate) fn at_rest(psql: impl Fn(&str) -> String) -> Self {
        until(RESOLVED_WITHIN, "the end of all that is in flight", || (psql(IN_FLIGHT) == "0").then_some(()));
        Self::read(psql)
    }

    fn read(psql: impl Fn(&str) -> String) -> Self {
        let rows = |sql: &str| -> Vec<Vec<String>> {
            psql(sql).lines().map(|line| line.split('|').map(str::to_owned).collect()).collect()
        };
        let pairs = |sql| rows(sql).into_iter().map(|row| <[String; 2]>::try_from(row).unwrap().into());
        let ends: BTreeMap<String, String> = pairs(ENDS).collect();
        let mut packets: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for row in rows(PACKETS) {
            let [remark, id, sender, receiver, taker, fen, state, claims] = row.try_into().unwrap();
            let id = TransferId::from_u128(bits(&id)).to_string();
            let (claims, ends) = (claims.parse().unwrap(), ends.get(&id).map_or(0, |ends| ends.parse().unwrap()));
            packets.entry(remark).or_default().push(PacketRow {
                id,
                sender,
                receiver,
                taker,
                fen,
                state,
                claims,
                ends,
            });
        }
        let mut groups: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for row in rows(GROUPS) {
            let [name, id, owner, state, members] = row.try_into().unwrap();
            let id = GroupId::from_u128(bits(&id)).to_string();
            let members = members.split(',').filter(|member| !member.is_empty()).map(str::to_owned).collect();
            groups.entry(name).or_default().push(GroupRow { id, owner, state, members });
        }
        Self {
            packets,
            groups,
            friendships: pairs("SELECT user_id, friend_id FROM friendships").collect(),
            tokens: pairs("SELECT user_id, token FROM im_accounts WHERE token IS NOT NULL").collect(),
        }
    }

    pub(crate) fn packet(&self, id: &str) -> Option<&PacketRow> {
        self.packets.values().flatten().find(|packet| packet.id == id)
    }

    pub(crate) fn group(&self, id: &str) -> Option<&GroupRow> {
        self.groups.values().flatten().find(|group| group.id == id)
    }
}

fn bits(uuid: &str) -> u128 {
    u128::from_str_radix(uuid, 16).unwrap()
}
