//! The ledger in memory: it only loads, asks the domain and stores.

use async_trait::async_trait;
use hongbao_domain::{
    id::{TransferId, UserId},
    ledger::{
        Account, AccountKey, Audit, Deposit, DepositRefusal, Holding, Moved, OpenAccount, OpenAccountRefusal, Opened,
        Withdraw, WithdrawRefusal,
    },
    money::{Coin, Money},
    red_packet::{
        BeginClaim, BeginClaimRefusal, Begun, Cancel, CancelRefusal, Cancelled, ClaimState, Confirm, ConfirmRefusal,
        Confirmed, Expire, ExpireRefusal, Expired, Packet, PacketRef, PacketState, Receipt, ReleaseClaim,
        ReleaseRefusal, Released, Reserve, ReserveRefusal, Reserved, SettleClaim, SettleRefusal, Viewed,
    },
    time::{Term, Timestamp},
};
use hongbao_ports::{AddCoinRefusal, ClaimRef, Except, Failure, Fault, Ledger, Overdue};

use super::MemoryStore;

#[async_trait]
impl Ledger for MemoryStore {
    async fn add_coin(&self, coin: Coin) -> Result<(), Failure<AddCoinRefusal>> {
        let coins = &mut self.rows().coins;
        if coins.get(&coin.id()).is_some_and(|known| known.scale() != coin.scale()) {
            return Err(Failure::Refused(AddCoinRefusal::ScaleDiffers));
        }
        coins.insert(coin.id(), coin);
        Ok(())
    }

    async fn coins(&self) -> Result<Vec<Coin>, Fault> {
        Ok(self.rows().coins.values().copied().collect())
    }

    async fn open_account(&self, open: OpenAccount) -> Result<Opened, Failure<OpenAccountRefusal>> {
        self.run(open).await
    }

    async fn deposit(&self, deposit: Deposit) -> Result<Moved, Failure<DepositRefusal>> {
        self.run(deposit).await
    }

    async fn withdraw(&self, withdraw: Withdraw) -> Result<Moved, Failure<WithdrawRefusal>> {
        self.run(withdraw).await
    }

    async fn reserve(&self, reserve: Reserve) -> Result<Reserved, Failure<ReserveRefusal>> {
        self.run(reserve).await
    }

    async fn confirm(&self, confirm: Confirm) -> Result<Confirmed, Failure<ConfirmRefusal>> {
        self.run(confirm).await
    }

    async fn cancel(&self, cancel: Cancel) -> Result<Cancelled, Failure<CancelRefusal>> {
        self.run(cancel).await
    }

    async fn begin_claim(&self, begin: BeginClaim) -> Result<Begun, Failure<BeginClaimRefusal>> {
        self.run(begin).await
    }

    async fn settle_claim(&self, settle: SettleClaim) -> Result<Receipt, Failure<SettleRefusal>> {
        self.run(settle).await
    }

    async fn release_claim(&self, release: ReleaseClaim) -> Result<Released, Failure<ReleaseRefusal>> {
        self.run(release).await
    }

    async fn expire(&self, expire: Expire) -> Result<Expired, Failure<ExpireRefusal>> {
        self.run(expire).await
    }

    async fn holdings(&self, user: UserId) -> Result<Vec<Holding>, Fault> {
        let rows = self.rows();
        let mine = rows.accounts.values().filter(|account| account.key.user == user);
        Ok(mine.map(holding).collect())
    }

    async fn packet(&self, id: TransferId) -> Result<Option<Packet>, Fault> {
        Ok(self.rows().packets.get(&id).cloned())
    }

    async fn view(&self, id: TransferId) -> Result<Option<Viewed>, Fault> {
        let packet = self.rows().packets.get(&id).cloned();
        Ok(packet.map(|packet| Viewed::at(packet, self.clock.now())))
    }

    async fn overdue(&self, limit: u32, except: &Except) -> Result<Overdue, Fault> {
        let now = self.clock.now();
        let rows = self.rows();
        let is_meant = |packet: &&Packet| {
            let account = AccountKey { user: packet.sender, coin: packet.coin };
            !except.accounts.contains(&account) && !except.packets.contains(&packet.id)
        };
        let packets = || rows.packets.values().filter(is_meant);
        Ok(Overdue {
            sending: longest(limit, packets().filter_map(|packet| sending(packet, now))),
            claiming: longest(limit, packets().flat_map(|packet| claiming(packet, now))),
            expired: longest(limit, packets().filter_map(|packet| expiring(packet, now))),
        })
    }

    async fn audit(&self) -> Result<Audit, Fault> {
        Ok(self.rows().audit())
    }
}

fn holding(account: &Account) -> Holding {
    let balance = Money { coin: account.key.coin, scale: account.scale, amount: account.purse.balance };
    Holding { balance, held: account.held }
}

/// Gives what was due first.
fn longest<T>(limit: u32, due: impl Iterator<Item = (Timestamp, T)>) -> Vec<T> {
    let mut due: Vec<_> = due.collect();
    due.sort_by_key(|(at, _)| *at);
    due.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    due.into_iter().map(|(_, candidate)| candidate).collect()
}

fn sending(packet: &Packet, now: Timestamp) -> Option<(Timestamp, PacketRef)> {
    match packet.state {
        PacketState::Sending { lease_until: ends_at } => {
            let is_over = Term { ends_at, changed_at: packet.changed_at }.is_over(now);
            is_over.then(|| (ends_at, packet.reference()))
        }
        PacketState::Open | PacketState::Claimed | PacketState::Refunded | PacketState::Cancelled => None,
    }
}

fn claiming(packet: &Packet, now: Timestamp) -> impl Iterator<Item = (Timestamp, ClaimRef)> {
    packet.claims.iter().filter_map(move |claim| match claim.state {
        ClaimState::Claiming { lease_until: ends_at } => {
            let is_over = Term { ends_at, changed_at: claim.changed_at }.is_over(now);
            let claim = ClaimRef { packet: packet.reference(), taker: claim.taker, fence: claim.version };
            is_over.then_some((ends_at, claim))
        }
        ClaimState::Claimed | ClaimState::Released => None,
    })
}

/// An expiry is what was promised, whatever the clock showed then.
fn expiring(packet: &Packet, now: Timestamp) -> Option<(Timestamp, PacketRef)> {
    let waits = packet.state == PacketState::Open && !packet.has_claim_in_progress();
    (waits && packet.expires_at <= now).then(|| (packet.expires_at, packet.reference()))
}
