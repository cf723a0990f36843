//! All that is known of one packet.

use std::{collections::BTreeMap, time::Duration};

use hongbao_domain::{
    id::{EventId, TransferId, UserId},
    ledger::Posting,
    outbox::{Delivery, Target},
    red_packet::{Packet, Viewed},
    store::Request,
    time::Timestamp,
};
use hongbao_ports::{Fault, query::Listed};

use super::{Admin, AdminFailure};

/// A packet, what became of it, who is told, and who asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PacketHistory {
    /// The packet.
    pub viewed: Viewed,
    /// What came and went of its money, in order.
    pub postings: Vec<Posting>,
    /// What the outside is told or was told of it, as far as that is still kept.
    pub told: Vec<Delivery>,
    /// The requests under a key that are about it, of the sender and of those who claim, as far as they are still kept.
    pub requests: Vec<Request>,
}

/// The most that is read of each kind.
const LIMIT: u32 = 100;

/// How many of those who claim are looked at.
const TAKERS: usize = 32;

/// By how much the time of a change may differ from that at which the outside was told of it: clocks may be ahead.
const SLACK: Duration = Duration::from_secs(1);

/// How long a packet may take from the reserve of its money to the moment at which it can be claimed.
const SENT_WITHIN: Duration = Duration::from_mins(1);

impl Admin {
    /// Gives all that is known of a packet.
    pub async fn packet_history(&self, id: TransferId) -> Result<PacketHistory, AdminFailure> {
        let viewed = self.packet(id).await?;
        let postings = self.queries.postings_of(id).await?;
        let told = self.told_of(&viewed.packet).await?;
        let mut requests = Vec::new();
        for user in asked_by(&viewed.packet) {
            requests.extend(self.queries.requests_about(user, id).await?);
        }
        Ok(PacketHistory { viewed, postings, told, requests })
    }

    /// Finds what the outside is told of a packet by the times at which it changed: a row says nothing of its packet but in
    /// its text.
    async fn told_of(&self, packet: &Packet) -> Result<Vec<Delivery>, Fault> {
        let endpoints = self.queries.endpoints().await?;
        let targets = endpoints.iter().map(|endpoint| Target::Webhook(endpoint.id)).chain([Target::Notice]);
        let mut told = BTreeMap::<EventId, Delivery>::new();
        for target in targets {
            for (from, until) in times(packet) {
                let about =
                    Listed::About { target, packet: packet.id, from: from.before(SLACK), until: until.after(SLACK) };
                let found = self.queries.deliveries(about, LIMIT).await?;
                told.extend(found.into_iter().map(|delivery| (delivery.id, delivery)));
            }
        }
        Ok(told.into_values().collect())
    }
}

fn asked_by(packet: &Packet) -> Vec<UserId> {
    let mut users: Vec<_> = packet.claims.iter().map(|claim| claim.taker).take(TAKERS).collect();
    users.insert(0, packet.sender);
    users
}

/// Gives the times in which the outside was told of a packet: between the reserve and whatever came first after it, and at each
/// later change that is known.
fn times(packet: &Packet) -> Vec<(Timestamp, Timestamp)> {
    let later: Vec<_> =
        packet.claims.iter().map(|claim| claim.changed_at).take(TAKERS).chain(packet.ended_at).collect();
    let sent = later.iter().copied().chain([packet.changed_at, packet.created_at.after(SENT_WITHIN)]);
    let sent = sent.min().unwrap_or(packet.created_at);
    [(packet.created_at, sent)].into_iter().chain(later.into_iter().map(|at| (at, at))).collect()
}
