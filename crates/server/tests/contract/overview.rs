//! What can be seen of every user's money, to compare before and after.

use std::collections::BTreeMap;

use hongbao_domain::{
    id::{CoinId, TransferId, UserId},
    ledger::{Holding, Totals},
    red_packet::PacketState,
};
use hongbao_testkit::{State, user};

use crate::fixture::Fixture;

/// What everyone has, the sums that the audit has found, and the packets that still hold money.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Overview {
    holdings: BTreeMap<UserId, Vec<Holding>>,
    totals: BTreeMap<CoinId, Totals>,
    alive: BTreeMap<TransferId, Alive>,
}

/// A packet that is not final.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Alive {
    is_open: bool,
    is_being_claimed: bool,
}

impl Overview {
    /// Looks at everything, and checks that the money holds. No other writer may be at work meanwhile.
    pub(crate) async fn of(fixture: &Fixture) -> Self {
        let State { holdings, packets, audit } = {
            let state = State::seen(&fixture.process.ports, &fixture.outside.ids).await;
            state.assert_holds();
            state
        };
        let alive = packets.into_iter().filter(|packet| !packet.state.is_final()).map(|packet| {
            let is_open = packet.state == PacketState::Open;
            (packet.id, Alive { is_open, is_being_claimed: packet.has_claim_in_progress() })
        });
        Self { holdings, totals: audit.totals, alive: alive.collect() }
    }

    /// What a user can spend and what is held in packets, in fen.
    pub(crate) fn fen_of(&self, name: &str) -> (i128, i128) {
        let cny = |holding: &&Holding| holding.balance.coin.as_str() == "CNY";
        let fen = self.holdings[&user(name)].iter().find(cny);
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
