//! What a caller may ask of the ledger, at any time and in any order.

use std::time::Duration;

use hongbao_domain::{
    id::{Reference, TransferId},
    ledger::{AccountKey, Deposit, OpenAccount, Withdraw},
    money::{Amount, Money},
    red_packet::{BeginClaim, Cancel, Confirm, Expire, Packet, PacketRef, ReleaseClaim, Remark, Reserve, SettleClaim},
    store::Action,
};
use proptest::{prelude::*, sample::select};

use crate::world::{USERS, World, amount, coin, scale, user};

/// Packets with lower numbers are for one receiver; the last one is shared among all.
const PACKETS: u128 = 5;
/// Coins that anybody has; there is one more.
const USED_COINS: usize = 2;
/// The packet that is shared among all users.
pub(crate) const SHARED: TransferId = TransferId::from_u128(PACKETS - 1);

const LEASE: Duration = Duration::from_micros(3);
const LIFE: Duration = Duration::from_micros(12);

/// One thing to ask, before it is known what the ledger looks like.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    Open {
        user: usize,
        coin: usize,
    },
    Deposit {
        reference: u8,
        user: usize,
        coin: usize,
        minor: i128,
    },
    /// Brings as much as the account can still hold.
    Fill {
        reference: u8,
        user: usize,
        coin: usize,
    },
    Withdraw {
        reference: u8,
        user: usize,
        coin: usize,
        minor: i128,
    },
    Reserve {
        packet: u128,
        sender: usize,
        receiver: usize,
        coin: usize,
        minor: i128,
    },
    Confirm(Name),
    Cancel(Name),
    Begin {
        packet: u128,
        taker: usize,
    },
    Settle {
        name: Name,
        taker: usize,
        fence: Fence,
    },
    Release {
        name: Name,
        taker: usize,
        fence: Fence,
    },
    Expire(Name),
}

/// How a caller names a packet.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Name {
    packet: u128,
    /// Names another coin than the packet's own.
    is_forged: bool,
}

/// A fence that a caller may hold: the claim's version as it is, earlier ones, and the next.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fence {
    ahead: u64,
    behind: u64,
}

impl Step {
    /// Makes the command that a caller would send who has seen the world as it is.
    pub(crate) fn action(&self, world: &World) -> Action {
        let account = |who: usize, what: usize| AccountKey { user: user(who), coin: coin(what) };
        match *self {
            Self::Open { user, coin } => OpenAccount { account: account(user, coin) }.into(),
            Self::Deposit { reference, user, coin, minor } => {
                Deposit { reference: named(reference), account: account(user, coin), amount: amount(minor) }.into()
            }
            Self::Fill { reference, user, coin } => {
                let account = account(user, coin);
                let balance = world.rows.accounts.get(&account).map_or(Amount::ZERO, |account| account.balance.amount);
                let room = Amount::MAX.checked_sub(balance).expect("no balance is above the bound");
                Deposit { reference: named(reference), account, amount: room }.into()
            }
            Self::Withdraw { reference, user, coin, minor } => {
                Withdraw { reference: named(reference), account: account(user, coin), amount: amount(minor) }.into()
            }
            Self::Reserve { packet, sender, receiver, coin: what, minor } => {
                let money = Money { coin: coin(what), scale: scale(), amount: amount(minor.max(1)) };
                let quantity = money.to_string().parse().expect("what is printed is read back");
                let (sender, receiver, remark) = (user(sender), user(receiver), Remark::default());
                let id = TransferId::from_u128(packet);
                Reserve { id, sender, receiver, coin: coin(what), quantity, remark, lease: LEASE, expires_in: LIFE }
                    .into()
            }
            Self::Confirm(name) => Confirm { packet: name.resolve(world) }.into(),
            Self::Cancel(name) => Cancel { packet: name.resolve(world) }.into(),
            Self::Begin { packet, taker } => {
                BeginClaim { id: TransferId::from_u128(packet), taker: user(taker), lease: LEASE }.into()
            }
            Self::Settle { name, taker, fence } => {
                let (packet, fence) = (name.resolve(world), fence.resolve(world, name, taker));
                SettleClaim { packet, taker: user(taker), fence }.into()
            }
            Self::Release { name, taker, fence } => {
                let (packet, fence) = (name.resolve(world), fence.resolve(world, name, taker));
                ReleaseClaim { packet, taker: user(taker), fence }.into()
            }
            Self::Expire(name) => Expire { packet: name.resolve(world) }.into(),
        }
    }
}

impl Name {
    fn resolve(self, world: &World) -> PacketRef {
        let id = TransferId::from_u128(self.packet);
        let unknown = PacketRef { id, sender: user(0), coin: coin(0) };
        let right = world.rows.packets.get(&id).map_or(unknown, Packet::reference);
        if self.is_forged { PacketRef { coin: coin(2), ..right } } else { right }
    }
}

impl Fence {
    fn resolve(self, world: &World, name: Name, taker: usize) -> u64 {
        let packet = world.rows.packets.get(&TransferId::from_u128(name.packet));
        let version = packet.and_then(|packet| packet.claim_of(user(taker))).map_or(0, |claim| claim.version);
        (version + self.ahead).saturating_sub(self.behind)
    }
}

fn named(reference: u8) -> Reference {
    format!("movement-{reference}").parse().expect("the text is a reference")
}

/// Any packet, and often the shared one: it needs the most steps.
fn which() -> impl Strategy<Value = u128> {
    prop_oneof![3 => 0..PACKETS, 2 => Just(SHARED.to_u128())]
}

fn name() -> impl Strategy<Value = Name> {
    (which(), prop::bool::weighted(0.05)).prop_map(|(packet, is_forged)| Name { packet, is_forged })
}

fn fence() -> impl Strategy<Value = Fence> {
    prop_oneof![4 => Just((0, 0)), 2 => Just((0, 1)), 1 => Just((0, 2)), 2 => Just((1, 0))]
        .prop_map(|(ahead, behind)| Fence { ahead, behind })
}

/// Small amounts, so that balances run out, and now and then one at the bound.
fn minor() -> impl Strategy<Value = i128> {
    let most = Amount::MAX.minor();
    prop_oneof![8 => 0..12_i128, 2 => select(vec![most, most - 3, most / 2])]
}

/// A reference, user, coin and amount. Mostly the reference tells the others, so that movements are repeated.
fn movement() -> impl Strategy<Value = (u8, usize, usize, i128)> {
    let told = |reference: u8| {
        let number = usize::from(reference);
        (reference, number % USERS.len(), number % USED_COINS, i128::from(reference) % 7 + 3)
    };
    prop_oneof![1 => (0..24_u8).prop_map(told), 1 => (0..24_u8, 0..USERS.len(), 0..USED_COINS, minor())]
}

pub(crate) fn step() -> impl Strategy<Value = Step> {
    let (who, what) = (|| 0..USERS.len(), || 0..USED_COINS);
    let reserve = (which(), who(), who(), what(), minor());
    prop_oneof![
        1 => (who(), what()).prop_map(|(user, coin)| Step::Open { user, coin }),
        5 => movement().prop_map(|(reference, user, coin, minor)| Step::Deposit { reference, user, coin, minor }),
        1 => (24..80_u8, who(), what()).prop_map(|(reference, user, coin)| Step::Fill { reference, user, coin }),
        3 => movement().prop_map(|(reference, user, coin, minor)| Step::Withdraw { reference, user, coin, minor }),
        6 => reserve.prop_map(|(packet, sender, receiver, coin, minor)| {
            Step::Reserve { packet, sender, receiver, coin, minor }
        }),
        3 => name().prop_map(Step::Confirm),
        1 => name().prop_map(Step::Cancel),
        8 => (which(), who()).prop_map(|(packet, taker)| Step::Begin { packet, taker }),
        4 => (name(), who(), fence()).prop_map(|(name, taker, fence)| Step::Settle { name, taker, fence }),
        3 => (name(), who(), fence()).prop_map(|(name, taker, fence)| Step::Release { name, taker, fence }),
        2 => name().prop_map(Step::Expire),
    ]
}
