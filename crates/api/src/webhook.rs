//! What an endpoint of the app's backend is told: the body of one delivery.

use hongbao_domain::{
    money::Money,
    outbox::{Delivery, Event},
    time::Timestamp,
};
use serde_json::{Map, Value, json};

use crate::rfc3339;

/// Writes the body: what happened, when, and its facts by the names that the API has for them. It is the same at every try.
pub fn body(delivery: &Delivery) -> String {
    let body = json!({
        "type": delivery.event.kind().as_str(),
        "timestamp": rfc3339(delivery.created_at),
        "data": data(&delivery.event, delivery.created_at),
    });
    body.to_string()
}

fn data(event: &Event, at: Timestamp) -> Value {
    match event {
        Event::PacketPublished { packet, sender, receiver, money, expires_at } => with(
            *money,
            json!({
                "transfer_id": packet.to_string(),
                "from_user_id": sender.as_str(),
                "to_user_id": receiver.as_str(),
                "expires_at": rfc3339(*expires_at),
            }),
        ),
        Event::PacketClaimed { packet, sender, taker, money } => with(
            *money,
            json!({
                "transfer_id": packet.to_string(),
                "from_user_id": sender.as_str(),
                "to_user_id": taker.as_str(),
                "claimed_at": rfc3339(at),
            }),
        ),
        Event::PacketRefunded { packet, sender, receiver, money }
        | Event::PacketCancelled { packet, sender, receiver, money } => with(
            *money,
            json!({
                "transfer_id": packet.to_string(),
                "from_user_id": sender.as_str(),
                "to_user_id": receiver.as_str(),
            }),
        ),
        Event::FriendAdded { user, friend } | Event::FriendRemoved { user, friend } => {
            json!({ "user_id": user.as_str(), "friend_id": friend.as_str() })
        }
        Event::GroupCreated { group, name, owner } => {
            json!({ "group_id": group.to_string(), "group_name": name.to_string(), "owner_id": owner.as_str() })
        }
        Event::GroupJoined { group, user } => json!({ "group_id": group.to_string(), "user_id": user.as_str() }),
        Event::UserDisabled { user } => json!({ "user_id": user.as_str() }),
    }
}

fn with(money: Money, facts: Value) -> Value {
    let mut all = Map::from_iter([
        ("coin_id".to_owned(), money.coin.as_str().into()),
        ("amount".to_owned(), money.to_string().into()),
    ]);
    if let Value::Object(facts) = facts {
        all.extend(facts);
    }
    Value::Object(all)
}
