//! The people, coins and packets that the cases are about, and how to get them there.

use std::{fmt::Debug, time::Duration};

use hongbao_domain::{
    id::{CoinId, Reference, UserId},
    ledger::{AccountKey, Deposit, OpenAccount, Withdraw},
    money::{Amount, Coin, Money, PositiveQuantity, Scale},
    red_packet::{
        BeginClaim, Begun, Cancel, Confirm, Expire, Packet, PacketRef, Receipt, ReleaseClaim, Reserve, SettleClaim,
    },
};
use hongbao_ports::{Failure, Ids};

pub(crate) use crate::names::{alice, bob, carol, everyone, user};
use crate::{TestStore, state::State};

/// How long a publisher or claimer is trusted.
pub(crate) const LEASE: Duration = Duration::from_mins(1);
/// For how long a packet can be claimed.
pub(crate) const LIFE: Duration = Duration::from_hours(1);
/// The smallest step of time.
pub(crate) const TICK: Duration = Duration::from_micros(1);

/// Gives the longest span that is shorter.
pub(crate) const fn just_before(span: Duration) -> Duration {
    span.saturating_sub(TICK)
}

pub(crate) fn coin(id: &str) -> CoinId {
    id.parse().expect("the text is a coin id")
}

/// Two decimal places; a packet holds 1 to 20 000 fen.
pub(crate) fn cny() -> CoinId {
    coin("CNY")
}

/// Eighteen decimal places, without limits.
pub(crate) fn eth() -> CoinId {
    coin("ETH")
}

pub(crate) fn amount(minor: i128) -> Amount {
    Amount::from_minor(minor).expect("the amount is in bounds")
}

pub(crate) fn scale(places: u8) -> Scale {
    Scale::new(places).expect("a scale is at most 18")
}

pub(crate) fn reference(text: &str) -> Reference {
    text.parse().expect("the text is a reference")
}

pub(crate) fn cny_of(user: UserId) -> AccountKey {
    AccountKey { user, coin: cny() }
}

pub(crate) fn new_coin(id: CoinId, places: u8, min: i128, max: i128) -> Coin {
    Coin::try_new(id, scale(places), amount(min), amount(max)).expect("the limits are in order")
}

/// Writes minor units as a sender would.
pub(crate) fn written(minor: i128, coin: &Coin) -> PositiveQuantity {
    let money = Money { coin: coin.id(), scale: coin.scale(), amount: amount(minor) };
    money.to_string().parse().expect("what is printed is read back")
}

/// Takes the answer of a call that must succeed.
#[track_caller]
pub(crate) fn done<T, R: Debug>(answer: Result<T, Failure<R>>) -> T {
    answer.unwrap_or_else(|failure| panic!("must be done, but: {failure:?}"))
}

/// Takes the refusal of a call that must be refused.
#[track_caller]
pub(crate) fn refused<T: Debug, R: Debug>(answer: Result<T, Failure<R>>) -> R {
    match answer {
        Err(Failure::Refused(refusal)) => refusal,
        other => panic!("must be refused, but: {other:?}"),
    }
}

impl TestStore {
    /// Adds the two coins and brings alice `minor` fen.
    pub(crate) async fn alice_has(&self, minor: i128) {
        self.add_coins().await;
        self.bring(cny_of(alice()), minor).await;
    }

    pub(crate) async fn add_coins(&self) {
        done(self.ledger.add_coin(new_coin(cny(), 2, 1, 20_000)).await);
        done(self.ledger.add_coin(new_coin(eth(), 18, 1, Amount::MAX.minor())).await);
    }

    /// Brings money in under a fresh reference.
    pub async fn bring(&self, account: AccountKey, minor: i128) {
        let deposit = Deposit { reference: self.fresh_reference(), account, amount: amount(minor) };
        done(self.ledger.deposit(deposit).await);
    }

    /// Takes money out under a fresh reference.
    pub async fn take(&self, account: AccountKey, minor: i128) {
        let withdraw = Withdraw { reference: self.fresh_reference(), account, amount: amount(minor) };
        done(self.ledger.withdraw(withdraw).await);
    }

    fn fresh_reference(&self) -> Reference {
        reference(&format!("fresh-{}", self.ids.event().to_u128()))
    }

    pub(crate) async fn open(&self, account: AccountKey) {
        done(self.ledger.open_account(OpenAccount { account }).await);
    }

    /// A packet of so many fen from alice to bob, not yet asked for.
    pub(crate) fn gift(&self, minor: i128) -> Reserve {
        self.gift_between(alice(), bob(), minor)
    }

    pub(crate) fn gift_between(&self, sender: UserId, receiver: UserId, minor: i128) -> Reserve {
        Reserve {
            id: self.ids.transfer(),
            sender,
            receiver,
            coin: cny(),
            quantity: written(minor, &new_coin(cny(), 2, 1, 1)),
            remark: "恭喜发财".parse().expect("the remark is short"),
            lease: LEASE,
            expires_in: LIFE,
        }
    }

    /// A packet of alice's for bob that is being sent.
    pub(crate) async fn sending(&self, minor: i128) -> PacketRef {
        done(self.ledger.reserve(self.gift(minor)).await).packet
    }

    /// A packet of alice's for bob that was delivered.
    pub(crate) async fn delivered(&self, minor: i128) -> PacketRef {
        let packet = self.sending(minor).await;
        done(self.ledger.confirm(Confirm { packet }).await);
        packet
    }

    /// A packet that was cancelled.
    pub(crate) async fn cancelled(&self, minor: i128) -> PacketRef {
        let packet = self.sending(minor).await;
        done(self.ledger.cancel(Cancel { packet }).await);
        packet
    }

    /// A packet of alice's for bob, whose claim is in progress.
    pub(crate) async fn claiming(&self, minor: i128) -> Begun {
        let packet = self.delivered(minor).await;
        self.begin(packet).await
    }

    /// A packet that bob has.
    pub(crate) async fn claimed(&self, minor: i128) -> Receipt {
        let begun = self.claiming(minor).await;
        done(self.ledger.settle_claim(settle(&begun)).await)
    }

    /// A packet that went back to alice at its expiry. The clock has moved.
    pub(crate) async fn refunded(&self, minor: i128) -> PacketRef {
        let packet = self.delivered(minor).await;
        self.clock.advance(LIFE);
        done(self.ledger.expire(Expire { packet }).await);
        packet
    }

    /// Begins bob's claim.
    pub(crate) async fn begin(&self, packet: PacketRef) -> Begun {
        done(self.ledger.begin_claim(by_bob(packet)).await)
    }

    /// Gives a packet that must be there.
    pub(crate) async fn look(&self, packet: PacketRef) -> Packet {
        let found = self.queries.packet(packet.id).await.expect("packets can be read");
        found.expect("the packet is there")
    }

    /// Gives what a user can spend and what is held, in fen.
    pub(crate) async fn fen_of(&self, user: UserId) -> (i128, i128) {
        let holdings = self.queries.holdings(user).await.expect("holdings can be read");
        let fen = holdings.iter().find(|holding| holding.balance.coin == cny());
        fen.map_or((0, 0), |holding| (holding.balance.amount.minor(), holding.held.minor()))
    }

    /// Checks that a call is refused in this way and that the world is as it was.
    pub(crate) async fn refuses<T, R>(&self, call: impl Future<Output = Result<T, Failure<R>>>, expected: R)
    where
        T: Debug,
        R: Debug + PartialEq,
    {
        let before = State::of(self).await;
        assert_eq!(refused(call.await), expected);
        assert_eq!(State::of(self).await, before, "a refusal changes nothing");
    }

    /// Checks that a call is done again with this answer and that the world is as it was.
    pub(crate) async fn repeats<T, R>(&self, call: impl Future<Output = Result<T, Failure<R>>>, expected: T)
    where
        T: Debug + PartialEq,
        R: Debug,
    {
        let before = State::of(self).await;
        assert_eq!(done(call.await), expected);
        assert_eq!(State::of(self).await, before, "a repeat changes nothing");
    }
}

pub(crate) fn by_bob(packet: PacketRef) -> BeginClaim {
    BeginClaim { id: packet.id, taker: bob(), lease: LEASE }
}

/// The settle of a claim of bob's.
pub(crate) fn settle(begun: &Begun) -> SettleClaim {
    SettleClaim { packet: begun.packet, taker: bob(), fence: begun.fence }
}

/// The release of a claim of bob's.
pub(crate) fn release(begun: &Begun) -> ReleaseClaim {
    ReleaseClaim { packet: begun.packet, taker: bob(), fence: begun.fence }
}

/// Gives packet references that are almost `packet`'s.
pub(crate) fn forged(packet: PacketRef) -> [PacketRef; 2] {
    [PacketRef { sender: carol(), ..packet }, PacketRef { coin: eth(), ..packet }]
}
