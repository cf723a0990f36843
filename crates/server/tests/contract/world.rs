//! What can be seen of everybody's money, to compare before and after.

use std::collections::BTreeMap;

use hongbao_domain::{
    id::{CoinId, TransferId},
    ledger::{Holding, Totals},
    red_packet::PacketState,
};
use hongbao_ports::query::LedgerQueries;

use crate::stack::{Stack, USERS};

/// What everyone has, the sums that the audit has found, and the packets that still hold money.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct World {
    holdings: BTreeMap<&'static str, Vec<Holding>>,
    totals: BTreeMap<CoinId, Totals>,
    alive: BTreeMap<TransferId, Alive>,
}

/// A packet that is not final.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Alive {
    is_open: bool,
    is_being_claimed: bool,
}

impl World {
    /// Looks at everything, and checks that the money holds. Nobody may be writing meanwhile.
    pub(crate) async fn of(stack: &Stack) -> Self {
        let ledger = &stack.process.store;
        let mut holdings = BTreeMap::new();
        for user in USERS {
            let user_id = user.parse().expect("the name is a user id");
            holdings.insert(user, ledger.holdings(user_id).await.expect("holdings can be read"));
        }
        let mut alive = BTreeMap::new();
        for id in stack.outside.ids.transfers() {
            let Some(packet) = ledger.packet(id).await.expect("packets can be read") else { continue };
            assert!(packet.is_consistent(), "the packet contradicts itself: {packet:?}");
            if !packet.state.is_final() {
                let is_open = packet.state == PacketState::Open;
                alive.insert(id, Alive { is_open, is_being_claimed: packet.has_claim_in_progress() });
            }
        }
        let audit = ledger.audit().await.expect("the ledger can be audited");
        assert!(audit.holds(), "the audit found {:?}", audit.findings);
        let world = Self { holdings, totals: audit.totals, alive };
        world.check_sums();
        world
    }

    /// Everyone's holdings must be what the audit has summed up.
    fn check_sums(&self) {
        for (coin, totals) in &self.totals {
            let holdings = || self.holdings.values().flatten().filter(|holding| holding.balance.coin == *coin);
            let balances: i128 = holdings().map(|holding| holding.balance.amount.minor()).sum();
            let held: i128 = holdings().map(|holding| holding.held.minor()).sum();
            assert_eq!((balances, held), (totals.balances, totals.held), "balances and held of {coin}");
        }
    }

    /// What a user can spend and what is held in packets, in fen.
    pub(crate) fn fen_of(&self, user: &str) -> (i128, i128) {
        let cny = |holding: &&Holding| holding.balance.coin.as_str() == "CNY";
        let fen = self.holdings[user].iter().find(cny);
        fen.map_or((0, 0), |holding| (holding.balance.amount.minor(), holding.held.minor()))
    }

    /// Gives the packets that can be claimed, none of which is being claimed.
    pub(crate) fn open_packets(&self) -> Vec<String> {
        let open = self.alive.iter().filter(|(_, alive)| alive.is_open && !alive.is_being_claimed);
        open.map(|(id, _)| id.to_string()).collect()
    }

    /// Says whether some packet still holds money, whatever its state.
    pub(crate) fn has_living_packets(&self) -> bool {
        !self.alive.is_empty()
    }
}
