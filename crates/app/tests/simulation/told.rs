//! Whether the outside was told in the background of what happened, at least once, and of nothing else.

use std::collections::BTreeMap;

use hongbao_app::OpenedNotice;
use hongbao_domain::{
    group::GroupState,
    id::{EventId, UserId},
    outbox::{Event, EventKind, Target},
    red_packet::{Packet, PacketState},
};
use hongbao_ports::{
    Notice, NoticeKind,
    query::{ContactQueries, GroupQueries, LedgerQueries, Listed, OutboxQueries, Page},
};
use hongbao_testkit::user;

use crate::{
    clients::ACTIVE,
    world::{World, endpoint},
};

/// The endpoints, by their number, and what each wants to know.
pub(crate) const ENDPOINTS: [(u8, &[EventKind]); 2] =
    [(1, EventKind::ALL), (2, &[EventKind::PacketClaimed, EventKind::PacketRefunded])];

/// Something that was delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) id: EventId,
    pub(crate) to: Target,
    pub(crate) what: What,
}

/// What it said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum What {
    Notice(Box<Notice>),
    Event(Box<Event>),
}

/// Gives what must not be, when all that was to be delivered had time enough.
pub(crate) async fn judge(world: &World) -> Vec<String> {
    let (mut defects, facts) = (left(world).await, facts(world).await);
    let mut told: BTreeMap<EventId, Told> = BTreeMap::new();
    for delivery in std::mem::take(&mut world.cloud().told) {
        let first = told.entry(delivery.id).or_insert_with(|| delivery.clone());
        if *first != delivery {
            defects.push(format!("{} says {:?}, and once said {:?}", delivery.id, delivery.what, first.what));
        }
    }
    for (number, kinds) in ENDPOINTS {
        let wanted = facts.iter().filter(|fact| kinds.contains(&fact.kind())).cloned();
        let wanted = wanted.map(|fact| What::Event(Box::new(fact))).collect();
        defects.extend(compare(&told, Target::Webhook(endpoint(number)), wanted));
    }
    let notices = facts.iter().filter_map(|fact| notice(world, fact)).collect();
    defects.extend(compare(&told, Target::Notice, notices));
    defects.extend(friends(world, &told).await);
    defects
}

/// Holds all that one party was told of packets and groups against what happened: each of it once, under one id.
fn compare(told: &BTreeMap<EventId, Told>, to: Target, mut wanted: Vec<What>) -> Vec<String> {
    let mut defects = Vec::new();
    for told in told.values().filter(|told| told.to == to && !told.what.is_of_friends()) {
        match wanted.iter().position(|what| told.what.says(what)) {
            Some(place) => drop(wanted.swap_remove(place)),
            None => defects
                .push(format!("{to} was told as {}, which is not so or was told twice: {:?}", told.id, told.what)),
        }
    }
    defects.extend(wanted.into_iter().map(|what| format!("{to} was never told: {what:?}")));
    defects
}

impl What {
    fn is_of_friends(&self) -> bool {
        let Self::Event(event) = self else { return false };
        matches!(event.kind(), EventKind::FriendAdded | EventKind::FriendRemoved)
    }

    /// Whether it says the same, but for the id of a notice.
    fn says(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Notice(one), Self::Notice(other)) => {
                (one.packet, one.from, one.to, &one.kind) == (other.packet, other.from, other.to, &other.kind)
            }
            (one, other) => one == other,
        }
    }
}

/// Gives what the sender of a packet is told of an event.
fn notice(world: &World, fact: &Event) -> Option<What> {
    let notice = |packet, from, to, kind| {
        let event = EventId::from_u128(0);
        Some(What::Notice(Box::new(Notice { event, packet, from, to, kind })))
    };
    match fact {
        Event::PacketClaimed { packet, sender, taker, money: _ } if world.opened_notice == OpenedNotice::Deferred => {
            notice(*packet, *taker, *sender, NoticeKind::Opened)
        }
        Event::PacketRefunded { packet, sender, receiver, money } => {
            notice(*packet, *receiver, *sender, NoticeKind::Refunded { money: *money })
        }
        Event::PacketClaimed { .. }
        | Event::PacketPublished { .. }
        | Event::PacketCancelled { .. }
        | Event::FriendAdded { .. }
        | Event::FriendRemoved { .. }
        | Event::GroupCreated { .. }
        | Event::GroupJoined { .. }
        | Event::UserDisabled { .. } => None,
    }
}

/// Gives what has happened to packets and groups, as the rows are.
async fn facts(world: &World) -> Vec<Event> {
    let (rows, mut facts) = (&world.rows, Vec::new());
    for id in world.ids.transfers() {
        let packet = rows.packet(id).await.expect("the rows can be read");
        facts.extend(packet.iter().flat_map(of_packet));
    }
    for id in world.ids.groups() {
        let group = rows.group(id).await.expect("the rows can be read");
        let Some(group) = group.filter(|group| group.state == GroupState::Active) else { continue };
        let members = rows.memberships(id).await.expect("the rows can be read");
        let joined = members.iter().filter(|row| row.is_member() && row.user != group.owner);
        facts.extend(joined.map(|row| Event::GroupJoined { group: id, user: row.user }));
        facts.push(Event::GroupCreated { group: id, name: group.name, owner: group.owner });
    }
    facts
}

fn of_packet(packet: &Packet) -> Vec<Event> {
    let (id, sender, money) = (packet.id, packet.sender, packet.money(packet.total));
    let receiver = packet.shares[0].receiver.expect("it is for one user");
    let published = Event::PacketPublished { packet: id, sender, receiver, money, expires_at: packet.expires_at };
    match packet.state {
        PacketState::Sending { .. } => Vec::new(),
        PacketState::Open => vec![published],
        PacketState::Claimed => vec![published, Event::PacketClaimed { packet: id, sender, taker: receiver, money }],
        PacketState::Refunded => vec![published, Event::PacketRefunded { packet: id, sender, receiver, money }],
        PacketState::Cancelled => vec![Event::PacketCancelled { packet: id, sender, receiver, money }],
    }
}

/// Two are friends who became friends once more than they ceased to be, as an endpoint was told.
async fn friends(world: &World, told: &BTreeMap<EventId, Told>) -> Vec<String> {
    let count = |is_one: &dyn Fn(&Event) -> bool| {
        let is_event = |told: &&Told| matches!(&told.what, What::Event(event) if is_one(event));
        told.values().filter(is_event).count()
    };
    let (mut defects, users) = (Vec::new(), ACTIVE.map(user));
    for (one, other) in [(users[0], users[1]), (users[0], users[2]), (users[1], users[2])] {
        let is_of = |a: &UserId, b: &UserId| (*a, *b) == (one, other) || (*a, *b) == (other, one);
        let added = count(&|event| matches!(event, Event::FriendAdded { user, friend } if is_of(user, friend)));
        let removed = count(&|event| matches!(event, Event::FriendRemoved { user, friend } if is_of(user, friend)));
        let friends = world.rows.friends(one, Page::first(99)).await.expect("the rows can be read");
        let are_friends = usize::from(friends.iter().any(|friend| friend.profile.user == other));
        if added != removed + are_friends {
            defects.push(format!(
                "{one} and {other} became friends {added} times and ceased to be {removed} times, as was told"
            ));
        }
    }
    defects
}

/// Gives what is still to be delivered.
async fn left(world: &World) -> Vec<String> {
    let mut defects = Vec::new();
    for listed in [Listed::Waiting { after: None }, Listed::Parked { after: None }] {
        for delivery in world.rows.deliveries(listed, 99).await.expect("the rows can be read") {
            defects.push(format!("a delivery is left: {delivery:?}"));
        }
    }
    defects
}
