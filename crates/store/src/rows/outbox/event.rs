//! What happened, as JSON text.
//!
//! These rows outlive a version of the server. A name that stands here is never given another meaning.

use hongbao_domain::{
    group::GroupName,
    id::{GroupId, TransferId, UserId},
    money::Money,
    outbox::Event,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

use super::super::{money::StoredMoney, text::parse, unreadable::Unreadable};

/// How one fact of an event stands in JSON.
trait Fact: Sized {
    type Stored;

    fn written(&self) -> Self::Stored;

    fn read(stored: Self::Stored) -> Result<Self, Unreadable>;
}

macro_rules! texts {
    ($($fact:ty: $what:literal;)*) => {$(
        impl Fact for $fact {
            type Stored = String;

            fn written(&self) -> String {
                self.to_string()
            }

            fn read(stored: String) -> Result<Self, Unreadable> {
                parse(&stored, $what)
            }
        }
    )*};
}

texts! {
    UserId: "a user id";
    TransferId: "a packet's id";
    GroupId: "a group's id";
    GroupName: "a group's name";
}

impl Fact for Money {
    type Stored = StoredMoney;

    fn written(&self) -> StoredMoney {
        (*self).into()
    }

    fn read(stored: StoredMoney) -> Result<Self, Unreadable> {
        stored.read()
    }
}

impl Fact for Timestamp {
    type Stored = i64;

    fn written(&self) -> i64 {
        self.to_micros()
    }

    fn read(stored: i64) -> Result<Self, Unreadable> {
        Ok(Self::from_micros(stored))
    }
}

/// The table of events: each with its facts.
macro_rules! events {
    ($($kind:ident { $($fact:ident: $type:ty),* };)*) => {
        #[derive(Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        enum StoredEvent {
            $($kind { $($fact: <$type as Fact>::Stored),* },)*
        }

        /// Writes an event.
        pub(super) fn written(event: &Event) -> String {
            let stored = match event {
                $(Event::$kind { $($fact),* } => StoredEvent::$kind { $($fact: $fact.written()),* },)*
            };
            serde_json::to_string(&stored).expect("texts and numbers are always JSON")
        }

        /// Reads an event.
        pub(super) fn read(event: &str) -> Result<Event, Unreadable> {
            let stored = serde_json::from_str(event).map_err(|_| Unreadable("an event"))?;
            Ok(match stored {
                $(StoredEvent::$kind { $($fact),* } => Event::$kind { $($fact: Fact::read($fact)?),* },)*
            })
        }
    };
}

events! {
    PacketPublished { packet: TransferId, sender: UserId, receiver: UserId, money: Money, expires_at: Timestamp };
    PacketClaimed { packet: TransferId, sender: UserId, taker: UserId, money: Money };
    PacketRefunded { packet: TransferId, sender: UserId, receiver: UserId, money: Money };
    PacketCancelled { packet: TransferId, sender: UserId, receiver: UserId, money: Money };
    FriendAdded { user: UserId, friend: UserId };
    FriendRemoved { user: UserId, friend: UserId };
    GroupCreated { group: GroupId, name: GroupName, owner: UserId };
    GroupJoined { group: GroupId, user: UserId };
    UserDisabled { user: UserId };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_comes_back_as_it_was() {
        let user = |name: &str| name.parse().unwrap();
        let amount = hongbao_domain::money::Amount::from_minor(300).unwrap();
        let scale = hongbao_domain::money::Scale::new(2).unwrap();
        let money = Money { coin: "CNY".parse().unwrap(), scale, amount };
        let (packet, sender, receiver) = (TransferId::from_u128(1), user("alice"), user("bob"));
        let (group, name) = (GroupId::from_u128(2), "一家\n\"人\"".parse().unwrap());
        let expires_at = Timestamp::from_micros(1_700_000_000_000_001);
        let all = [
            Event::PacketPublished { packet, sender, receiver, money, expires_at },
            Event::PacketClaimed { packet, sender, taker: receiver, money },
            Event::PacketRefunded { packet, sender, receiver, money },
            Event::PacketCancelled { packet, sender, receiver, money },
            Event::FriendAdded { user: sender, friend: receiver },
            Event::FriendRemoved { user: sender, friend: receiver },
            Event::GroupCreated { group, name, owner: sender },
            Event::GroupJoined { group, user: receiver },
            Event::UserDisabled { user: receiver },
        ];
        for event in all {
            assert_eq!(read(&written(&event)), Ok(event));
        }
        assert!(read(r#"{"user_disabled":{"user":""}}"#).is_err() && read("{}").is_err());
    }
}
