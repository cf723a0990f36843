//! What has begun and not ended in the reference store.

use async_trait::async_trait;
use hongbao_domain::{
    group::{GroupState, MembershipState},
    outbox::DeliveryState,
    red_packet::{ClaimState, Packet, PacketState},
    time::{Term, Timestamp},
};
use hongbao_ports::{
    Fault,
    query::{InProgress, Leases, ProgressQueries},
};

use super::MemoryStore;

fn leases(terms: impl Iterator<Item = Term>, now: Timestamp) -> Leases {
    terms.fold(Leases::default(), |Leases { open, overdue }, term| Leases {
        open: open + 1,
        overdue: overdue + u64::from(term.is_over(now)),
    })
}

fn count<T>(rows: impl Iterator<Item = T>) -> u64 {
    u64::try_from(rows.count()).unwrap_or(u64::MAX)
}

#[async_trait]
impl ProgressQueries for MemoryStore {
    async fn in_progress(&self) -> Result<InProgress, Fault> {
        let (rows, now) = (self.rows(), self.clock.now());
        let sending = rows.packets.values().filter_map(|packet| match packet.state {
            PacketState::Sending { lease_until: ends_at } => Some(Term { ends_at, changed_at: packet.changed_at }),
            PacketState::Open | PacketState::Claimed | PacketState::Refunded | PacketState::Cancelled => None,
        });
        let claims = rows.packets.values().flat_map(|packet| &packet.claims);
        let claiming = claims.filter_map(|claim| match claim.state {
            ClaimState::Claiming { lease_until: ends_at } => Some(Term { ends_at, changed_at: claim.changed_at }),
            ClaimState::Claimed | ClaimState::Released => None,
        });
        let preparing = rows.groups.values().filter_map(|group| match group.state {
            GroupState::Preparing { lease_until: ends_at } => Some(Term { ends_at, changed_at: group.changed_at }),
            GroupState::Active | GroupState::Discarded { .. } => None,
        });
        let joining = rows.memberships.values().filter_map(|row| match row.state {
            MembershipState::Joining { lease_until: ends_at, .. } => Some(Term { ends_at, changed_at: row.changed_at }),
            MembershipState::Member { .. } | MembershipState::Leaving { .. } | MembershipState::Gone => None,
        });
        let outbox = || rows.outbox.values();
        let delivering = outbox().filter_map(|delivery| match delivery.state {
            DeliveryState::Sending { lease_until: ends_at } => Some(Term { ends_at, changed_at: delivery.changed_at }),
            DeliveryState::Waiting { .. } | DeliveryState::Delivered | DeliveryState::Parked => None,
        });
        let is_waiting = |state| matches!(state, DeliveryState::Waiting { .. });
        let is_pending = |state| matches!(state, DeliveryState::Waiting { .. } | DeliveryState::Sending { .. });
        let pending = outbox().filter(|delivery| is_pending(delivery.state));
        let is_overdue = |packet: &&Packet| {
            packet.state == PacketState::Open && packet.expires_at <= now && !packet.has_claim_in_progress()
        };
        let overdue = || rows.packets.values().filter(is_overdue);
        Ok(InProgress {
            sending: leases(sending, now),
            claiming: leases(claiming, now),
            preparing: leases(preparing, now),
            joining: leases(joining, now),
            delivering: leases(delivering, now),
            waiting: count(outbox().filter(|delivery| is_waiting(delivery.state))),
            parked: count(outbox().filter(|delivery| delivery.state == DeliveryState::Parked)),
            oldest_delivery: pending.map(|delivery| now.since(delivery.created_at)).max().unwrap_or_default(),
            refunds_overdue: count(overdue()),
            longest_refund_overdue: overdue().map(|packet| now.since(packet.expires_at)).max().unwrap_or_default(),
        })
    }
}
