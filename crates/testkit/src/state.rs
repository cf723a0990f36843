//! What can be seen of a ledger from outside, to compare before and after.

use std::collections::BTreeMap;

use hongbao_domain::{
    id::{CoinId, UserId},
    ledger::{Audit, Holding, Totals},
    red_packet::Packet,
};

use crate::{Ports, SeqIds, TestStore, names::everyone};

/// All that the ports show: what everyone has, every packet, and what the audit says.
#[derive(Debug, PartialEq, Eq)]
pub struct State {
    /// What everyone has.
    pub holdings: BTreeMap<UserId, Vec<Holding>>,
    /// Every packet that was ever named.
    pub packets: Vec<Packet>,
    /// What the audit says.
    pub audit: Audit,
}

impl State {
    pub(crate) async fn of(store: &TestStore) -> Self {
        Self::seen(store, &store.ids).await
    }

    /// Looks at everything that was made with these ids.
    pub async fn seen(store: &Ports, ids: &SeqIds) -> Self {
        let mut holdings = BTreeMap::new();
        for user in everyone() {
            holdings.insert(user, store.queries.holdings(user).await.expect("holdings can be read"));
        }
        let mut packets = Vec::new();
        for id in ids.transfers() {
            packets.extend(store.queries.packet(id).await.expect("packets can be read"));
        }
        Self { holdings, packets, audit: store.queries.audit().await.expect("the ledger can be audited") }
    }

    /// Gives everyone's balances, held money, and the money in packets, for each coin.
    fn sums(&self) -> BTreeMap<CoinId, (i128, i128, i128)> {
        let mut sums: BTreeMap<CoinId, (i128, i128, i128)> = BTreeMap::new();
        for holding in self.holdings.values().flatten() {
            let (balances, held, _) = sums.entry(holding.balance.coin).or_default();
            *balances += holding.balance.amount.minor();
            *held += holding.held.minor();
        }
        for packet in &self.packets {
            sums.entry(packet.coin).or_default().2 += packet.balance.amount.minor();
        }
        sums
    }

    /// Checks that the money holds: the audit finds nothing, and holdings and packets say what the audit says.
    ///
    /// The store must have been at rest, or what was seen one after the other will not fit together.
    pub fn assert_holds(&self) {
        assert!(self.audit.holds(), "the audit found {:?}", self.audit.findings);
        for packet in &self.packets {
            assert!(packet.is_consistent(), "the packet contradicts itself: {packet:?}");
        }
        let totals = self.audit.totals.iter().filter(|(_, totals)| **totals != Totals::none(totals.scale));
        for (coin, totals) in totals {
            assert!(totals.hold(), "{coin} does not hold: {totals:?}");
            let sums = self.sums().get(coin).copied().unwrap_or_default();
            assert_eq!(sums, (totals.balances, totals.held, totals.held), "(balances, held, in packets) of {coin}");
        }
    }
}

/// Looks at a store that is at rest, and checks that the money holds. See [`State::assert_holds`].
pub async fn assert_holds(store: &TestStore) {
    State::of(store).await.assert_holds();
}
