//! The proof that the money holds, over everything a ledger has stored.
//!
//! A store feeds an [`Auditor`] from one consistent snapshot, in streams, so that the audit needs memory only for
//! the coins. Each wrong row becomes a [`Finding`]. A store for which a long snapshot is dear feeds it
//! [in pieces](Auditor::in_pieces).

use std::collections::BTreeMap;

use super::{Account, Balance, Cause, Direction, Holder, Movement, Posting};
use crate::{
    id::{CoinId, CommandId},
    money::{Coin, Scale},
    red_packet::{Packet, PacketState},
};

/// The sums of one coin, in minor units. They may be far above what one account can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Totals {
    /// The coin's number of decimal places.
    pub scale: Scale,
    /// Σ balances of all accounts.
    pub balances: i128,
    /// Σ held in packets.
    pub held: i128,
    /// Σ deposits.
    pub deposits: i128,
    /// Σ withdrawals.
    pub withdrawals: i128,
}

impl Totals {
    /// Nothing yet, of a coin with `scale` decimal places.
    pub const fn none(scale: Scale) -> Self {
        Self { scale, balances: 0, held: 0, deposits: 0, withdrawals: 0 }
    }

    /// Says whether what is inside is what came in and did not go out.
    pub fn hold(&self) -> bool {
        self.balances + self.held == self.deposits - self.withdrawals
    }
}

/// Something that must not be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// A coin's balances and held amounts are not its deposits less its withdrawals.
    CoinDoesNotHold(CoinId),
    /// A posting does not follow from the one before it in its holder's chain.
    BrokenChain {
        /// Whose chain.
        holder: Holder,
        /// The posting's place in it.
        seq: u64,
    },
    /// A holder's stored balance or version is not what its last posting says.
    BalanceDiffers(Holder),
    /// An account's sum of what its user's packets hold is not what they hold.
    HeldDiffers(Holder),
    /// Packets of this coin hold money of senders who have no account.
    HeldOfNobody(CoinId),
    /// The postings of one command do not sum to zero in a coin.
    UnbalancedCommand {
        /// Which command.
        command: CommandId,
        /// In which coin.
        coin: CoinId,
    },
    /// A packet's shares, claims and held money contradict each other or its state, or its postings end it otherwise.
    PacketContradicts(Holder),
    /// A deposit or withdrawal is not the one posting that it must have.
    MovementDiffers(Holder),
    /// The journal has postings of holders that do not exist; this many.
    Orphans(u64),
}

/// What an audit found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audit {
    /// The sums of each coin.
    pub totals: BTreeMap<CoinId, Totals>,
    /// How many accounts, packets and movements were looked at.
    pub holders: u64,
    /// How many postings were looked at.
    pub postings: u64,
    /// What is wrong; at most [`Audit::MAX_FINDINGS`] are listed.
    pub findings: Vec<Finding>,
}

impl Audit {
    /// The most findings that are listed.
    pub const MAX_FINDINGS: usize = 1000;

    /// Says whether the money holds.
    pub fn holds(&self) -> bool {
        self.findings.is_empty()
    }
}

/// What the postings of one holder come to, read one by one in the order of `seq`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Chain {
    entries: u64,
    balance: i128,
    was_negative: bool,
    broken_at: Option<u64>,
    /// Why money moved first, and last.
    causes: Option<(Cause, Cause)>,
}

impl Chain {
    /// Follows all postings of one holder.
    pub fn of<'posting>(postings: impl IntoIterator<Item = &'posting Posting>) -> Self {
        let mut chain = Self::default();
        for posting in postings {
            chain.follow(posting);
        }
        chain
    }

    /// Follows the next posting.
    pub fn follow(&mut self, posting: &Posting) {
        let follows = posting.seq == self.entries + 1 && posting.balance == self.balance + posting.amount;
        if !follows || posting.amount == 0 {
            self.broken_at = self.broken_at.or(Some(posting.seq));
        }
        self.was_negative |= posting.balance < 0;
        self.entries += 1;
        self.balance = posting.balance;
        let (first, _) = self.causes.unwrap_or((posting.cause, posting.cause));
        self.causes = Some((first, posting.cause));
    }

    /// Says whether these are the postings of a packet that stands so: what it took from its sender first, and what ended it
    /// last.
    fn fits(&self, state: PacketState) -> bool {
        let Some((Cause::Reserve, last)) = self.causes else { return false };
        match state {
            PacketState::Sending { .. } => last == Cause::Reserve,
            PacketState::Open => matches!(last, Cause::Reserve | Cause::Claim),
            PacketState::Claimed => last == Cause::Claim,
            PacketState::Refunded => last == Cause::Refund,
            PacketState::Cancelled => last == Cause::Cancel,
        }
    }
}

/// Checks a ledger row by row.
///
/// Call [`coin`](Self::coin), [`account`](Self::account), [`packet`](Self::packet) and [`movement`](Self::movement) for each row, each
/// with the [`Chain`] of its own postings in its own coin, an account also with what its user's packets hold, and [`journal`](Self::journal) for all postings of the
/// ledger in the order of (command, coin); then [`finish`](Self::finish).
#[derive(Debug, Default)]
pub struct Auditor {
    totals: BTreeMap<CoinId, Totals>,
    /// What the packets of those hold who have an account.
    held_by_accounts: BTreeMap<CoinId, i128>,
    holders: u64,
    chained: i128,
    journaled: u64,
    is_summed: bool,
    open_command: Option<(CommandId, CoinId, i128)>,
    findings: Vec<Finding>,
}

impl Auditor {
    /// Starts an audit.
    pub fn new() -> Self {
        Self::default()
    }

    /// Starts an audit whose rows are read at several moments, each with its chain as it was at the same moment.
    ///
    /// `totals` are the sums at one moment before them, `entries` how many postings the accounts, packets and movements
    /// counted then, and `postings` how many there were. This proves as much as one snapshot does: no posting is ever
    /// changed or deleted, a holder's chain only grows, and what is wrong in a row stays so. The commands are checked by
    /// [`unbalanced`](Self::unbalanced) instead of [`journal`](Self::journal).
    pub fn in_pieces(totals: BTreeMap<CoinId, Totals>, entries: i128, postings: u64) -> Self {
        Self { totals, chained: entries, journaled: postings, is_summed: true, ..Self::default() }
    }

    /// Takes a coin, so that it is listed even if no holder has any.
    pub fn coin(&mut self, coin: &Coin) {
        self.total(coin.id(), coin.scale());
    }

    /// Checks an account against its postings and its user's packets in its coin, which hold `held` minor units together.
    pub fn account(&mut self, account: &Account, chain: Chain, held: i128) {
        let holder = Holder::Account(account.key);
        self.chain(holder, account.balance, chain);
        if account.held.minor() != held {
            self.find(Finding::HeldDiffers(holder));
        }
        *self.held_by_accounts.entry(account.key.coin).or_default() += held;
        self.add(account.key.coin, account.scale, |totals| totals.balances += account.balance.amount.minor());
    }

    /// Checks a packet against its postings, in number, sum and cause, and its own rules.
    pub fn packet(&mut self, packet: &Packet, chain: Chain) {
        let holder = Holder::Packet(packet.id);
        self.chain(holder, packet.balance, chain);
        self.add(packet.coin, packet.scale, |totals| totals.held += packet.balance.amount.minor());
        if !packet.is_consistent() || !chain.fits(packet.state) {
            self.find(Finding::PacketContradicts(holder));
        }
    }

    /// Checks a deposit or withdrawal against its single posting.
    pub fn movement(&mut self, movement: &Movement, scale: Scale, chain: Chain) {
        let holder = Holder::Movement(movement.reference);
        let amount = movement.amount.minor();
        let outside = match movement.direction {
            Direction::In => -amount,
            Direction::Out => amount,
        };
        self.add(movement.account.coin, scale, |totals| match movement.direction {
            Direction::In => totals.deposits += amount,
            Direction::Out => totals.withdrawals += amount,
        });
        self.count(chain, 1);
        let cause = match movement.direction {
            Direction::In => Cause::Deposit,
            Direction::Out => Cause::Withdraw,
        };
        let is_its_own = chain.causes == Some((cause, cause)) && (chain.entries, chain.balance) == (1, outside);
        if chain.broken_at.is_some() || !is_its_own {
            self.find(Finding::MovementDiffers(holder));
        }
    }

    /// Takes the next posting in the order of (command, coin), to check that each command sums to zero.
    pub fn journal(&mut self, posting: &Posting) {
        self.journaled += 1;
        match &mut self.open_command {
            Some((command, coin, sum)) if (*command, *coin) == (posting.command, posting.coin) => {
                *sum += posting.amount;
            }
            Some(_) | None => {
                self.close_command();
                self.open_command = Some((posting.command, posting.coin, posting.amount));
            }
        }
    }

    /// Takes a command whose postings do not sum to zero in a coin.
    pub fn unbalanced(&mut self, command: CommandId, coin: CoinId) {
        self.find(Finding::UnbalancedCommand { command, coin });
    }

    /// Takes a coin in which packets hold money of senders without an account. One who audits in pieces must look for them.
    pub fn held_of_nobody(&mut self, coin: CoinId) {
        self.find(Finding::HeldOfNobody(coin));
    }

    /// Ends the audit.
    pub fn finish(mut self) -> Audit {
        self.close_command();
        let orphans = (i128::from(self.journaled) - self.chained).unsigned_abs();
        if orphans > 0 {
            self.find(Finding::Orphans(u64::try_from(orphans).unwrap_or(u64::MAX)));
        }
        let coins = self.totals.iter().filter(|(_, totals)| !totals.hold());
        let mut wrong: Vec<_> = coins.map(|(coin, _)| Finding::CoinDoesNotHold(*coin)).collect();
        let of_accounts = |coin| self.held_by_accounts.get(coin).copied().unwrap_or_default();
        let of_nobody = self.totals.iter().filter(|(coin, totals)| totals.held != of_accounts(*coin));
        // Sums of several moments cannot be compared.
        if !self.is_summed {
            wrong.extend(of_nobody.map(|(coin, _)| Finding::HeldOfNobody(*coin)));
        }
        wrong.append(&mut self.findings);
        wrong.truncate(Audit::MAX_FINDINGS);
        Audit { totals: self.totals, holders: self.holders, postings: self.journaled, findings: wrong }
    }

    fn chain(&mut self, holder: Holder, balance: Balance, chain: Chain) {
        self.count(chain, balance.version);
        if let Some(seq) = chain.broken_at {
            self.find(Finding::BrokenChain { holder, seq });
        }
        if chain.was_negative || (chain.entries, chain.balance) != (balance.version, balance.amount.minor()) {
            self.find(Finding::BalanceDiffers(holder));
        }
    }

    /// Counts a holder's postings, of which its row says that there are `entries`.
    fn count(&mut self, chain: Chain, entries: u64) {
        self.holders += 1;
        // What the row says was counted at the moment of the sums.
        let counted = if self.is_summed { i128::from(entries) } else { 0 };
        self.chained += i128::from(chain.entries) - counted;
    }

    /// Adds a row to the sums, unless the store has made them.
    fn add(&mut self, coin: CoinId, scale: Scale, row: impl FnOnce(&mut Totals)) {
        if !self.is_summed {
            row(self.total(coin, scale));
        }
    }

    fn close_command(&mut self) {
        if let Some((command, coin, sum)) = self.open_command.take()
            && sum != 0
        {
            self.unbalanced(command, coin);
        }
    }

    fn total(&mut self, coin: CoinId, scale: Scale) -> &mut Totals {
        self.totals.entry(coin).or_insert(Totals::none(scale))
    }

    fn find(&mut self, finding: Finding) {
        if self.findings.len() < Audit::MAX_FINDINGS {
            self.findings.push(finding);
        }
    }
}

#[cfg(test)]
mod tests;
