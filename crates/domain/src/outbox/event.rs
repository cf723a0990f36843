//! What happened, as the outside is told.

use std::{error::Error, fmt, str::FromStr};

use crate::{
    group::GroupName,
    id::{GroupId, TransferId, UserId},
    money::Money,
    time::Timestamp,
};

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A packet can be claimed.
    PacketPublished {
        /// The packet.
        packet: TransferId,
        /// Who gives.
        sender: UserId,
        /// Who may claim.
        receiver: UserId,
        /// What it holds.
        money: Money,
        /// From when on it can no longer be claimed.
        expires_at: Timestamp,
    },
    /// A share of a packet was claimed.
    PacketClaimed {
        /// The packet.
        packet: TransferId,
        /// Who gave.
        sender: UserId,
        /// Who has it now.
        taker: UserId,
        /// The share.
        money: Money,
    },
    /// What was left of a packet went back, at its expiry or because an operator took it back.
    PacketRefunded {
        /// The packet.
        packet: TransferId,
        /// Who has it back.
        sender: UserId,
        /// Who did not claim it.
        receiver: UserId,
        /// What went back.
        money: Money,
    },
    /// A packet whose message was not delivered went back.
    PacketCancelled {
        /// The packet.
        packet: TransferId,
        /// Who has it back.
        sender: UserId,
        /// Who was not told of it.
        receiver: UserId,
        /// What went back.
        money: Money,
    },
    /// Two users are friends.
    FriendAdded {
        /// Who asked.
        user: UserId,
        /// Who was added.
        friend: UserId,
    },
    /// Two users are friends no more.
    FriendRemoved {
        /// Who asked.
        user: UserId,
        /// Who was removed.
        friend: UserId,
    },
    /// There is a group.
    GroupCreated {
        /// The group.
        group: GroupId,
        /// Its name.
        name: GroupName,
        /// Who made it, its first member.
        owner: UserId,
    },
    /// A user is a member.
    GroupJoined {
        /// The group.
        group: GroupId,
        /// The new member.
        user: UserId,
    },
    /// A user may do nothing any more.
    UserDisabled {
        /// Who.
        user: UserId,
    },
}

/// The table of kinds: each with the name that it has in settings, stores and messages.
macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident $name:literal;)*) => {
        /// What kind of thing happened.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum EventKind {
            $($(#[$doc])* $kind,)*
        }

        impl EventKind {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$kind),*];

            /// Gives the name, as in `red_packet.claimed`.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$kind => $name,)*
                }
            }
        }

        impl Event {
            /// Gives the packet that it tells of.
            pub const fn packet(&self) -> Option<TransferId> {
                match self {
                    Self::PacketPublished { packet, .. }
                    | Self::PacketClaimed { packet, .. }
                    | Self::PacketRefunded { packet, .. }
                    | Self::PacketCancelled { packet, .. } => Some(*packet),
                    Self::FriendAdded { .. }
                    | Self::FriendRemoved { .. }
                    | Self::GroupCreated { .. }
                    | Self::GroupJoined { .. }
                    | Self::UserDisabled { .. } => None,
                }
            }

            /// Says what kind it is of.
            pub const fn kind(&self) -> EventKind {
                match self {
                    $(Self::$kind { .. } => EventKind::$kind,)*
                }
            }
        }
    };
}

kinds! {
    /// A packet can be claimed.
    PacketPublished "red_packet.published";
    /// A share of a packet was claimed.
    PacketClaimed "red_packet.claimed";
    /// What was left of a packet went back.
    PacketRefunded "red_packet.refunded";
    /// A packet whose message was not delivered went back.
    PacketCancelled "red_packet.cancelled";
    /// Two users are friends.
    FriendAdded "friend.added";
    /// Two users are friends no more.
    FriendRemoved "friend.removed";
    /// There is a group.
    GroupCreated "group.created";
    /// A user is a member.
    GroupJoined "group.joined";
    /// A user may do nothing any more.
    UserDisabled "user.disabled";
}

impl fmt::Display for EventKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// There is no kind of event of that name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownEventKind;

impl fmt::Display for UnknownEventKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all: Vec<_> = EventKind::ALL.iter().map(|kind| kind.as_str()).collect();
        write!(f, "not one of {}", all.join(", "))
    }
}

impl Error for UnknownEventKind {}

impl FromStr for EventKind {
    type Err = UnknownEventKind;

    fn from_str(text: &str) -> Result<Self, UnknownEventKind> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == text).ok_or(UnknownEventKind)
    }
}
