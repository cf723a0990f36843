//! The audit of the reference store.

use std::collections::BTreeMap;

use hongbao_domain::{
    ledger::{Audit, Auditor, Chain, Holder},
    red_packet::Packet,
    store::Tables,
};

/// Audits everything.
pub(super) fn audit(rows: &Tables) -> Audit {
    let mut chains: BTreeMap<Holder, Chain> = BTreeMap::new();
    for posting in &rows.postings {
        chains.entry(posting.holder).or_default().follow(posting);
    }
    let chain = |holder| chains.get(&holder).copied().unwrap_or_default();
    let mut auditor = Auditor::new();
    for coin in rows.coins.values() {
        auditor.coin(coin);
    }
    for account in rows.accounts.values() {
        let own = |packet: &&Packet| (packet.sender, packet.coin) == (account.key.user, account.key.coin);
        let held = rows.packets.values().filter(own).map(|packet| packet.balance.amount.minor()).sum();
        auditor.account(account, chain(Holder::Account(account.key)), held);
    }
    for packet in rows.packets.values() {
        auditor.packet(packet, chain(Holder::Packet(packet.id)));
    }
    for movement in rows.movements.values() {
        let scale = rows.coins.get(&movement.account.coin).expect("a coin is never taken away").scale();
        auditor.movement(movement, scale, chain(Holder::Movement(movement.reference)));
    }
    let mut journal = rows.postings.clone();
    journal.sort_by_key(|posting| (posting.command, posting.coin));
    for posting in &journal {
        auditor.journal(posting);
    }
    auditor.finish()
}
