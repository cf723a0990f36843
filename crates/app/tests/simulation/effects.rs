//! Whether what clients were told is what is there, and nothing else is.

use std::collections::BTreeSet;

use hongbao_domain::{
    group::GroupState,
    id::{GroupId, TransferId, UserId},
    red_packet::{Packet, PacketState},
    store::Answer,
};
use hongbao_ports::query::{ContactQueries, GroupQueries, LedgerQueries, Page};
use hongbao_testkit::user;

use crate::{
    clients::ACTIVE,
    history::History,
    request::{Ask, Request},
    world::World,
};

/// What is there at the end.
pub(crate) struct Effects {
    packets: Vec<Packet>,
    groups: Vec<(GroupId, String)>,
    members: BTreeSet<(GroupId, UserId)>,
    /// Both ways.
    friends: BTreeSet<(UserId, UserId)>,
}

impl Effects {
    pub(crate) async fn of(world: &World) -> Self {
        let rows = &world.rows;
        let (mut packets, mut groups, mut members) = (Vec::new(), Vec::new(), BTreeSet::new());
        for id in world.ids.transfers() {
            packets.extend(rows.packet(id).await.expect("the rows can be read"));
        }
        for id in world.ids.groups() {
            let group = rows.group(id).await.expect("the rows can be read");
            let active = group.filter(|group| group.state == GroupState::Active);
            groups.extend(active.map(|group| (id, group.name.to_string())));
            let rows = rows.memberships(id).await.expect("the rows can be read");
            members.extend(rows.iter().filter(|row| row.is_member()).map(|row| (id, row.user)));
        }
        let mut friends = BTreeSet::new();
        for one in ACTIVE.map(user) {
            let all = rows.friends(one, Page::first(99)).await.expect("the rows can be read");
            friends.extend(all.iter().map(|other| (one, other.profile.user)));
        }
        Self { packets, groups, members, friends }
    }

    /// Gives what must not be.
    pub(crate) fn judge(&self, world: &World) -> Vec<String> {
        let history = world.history();
        let wrong = |request: &&Request| !self.fits(world, &history, request);
        let tell = |request: &Request| format!("request {} did not do what its client was told", request.number);
        let alone = history.requests.iter().filter(wrong).map(tell);
        let claims = self.packets.iter().filter(|packet| {
            let is_claimed = packet.state == PacketState::Claimed;
            !shared(&history, |ask| *ask == Ask::Accept(packet.id), is_claimed)
        });
        let claims = claims.map(|packet| format!("packet {} and what was told of it", packet.id));
        let joins = history.requests.iter().filter(|request| match request.ask {
            Ask::Join(group) => {
                let is_owner = self.is_owner(&history, group, request.user);
                let is_member = self.members.contains(&(group, request.user));
                let of_user = |other: &Request| other.user == request.user && other.ask == request.ask;
                !is_owner && !shared_by(&history, of_user, is_member)
            }
            Ask::Publish { .. }
            | Ask::Accept(_)
            | Ask::Create { .. }
            | Ask::Add(_)
            | Ask::Delete(_)
            | Ask::Send { .. } => false,
        });
        let joins = joins.map(|request| format!("request {}: the join and what was told of it", request.number));
        alone.chain(claims).chain(joins).chain(self.friends(&history)).collect()
    }

    /// Whether a request whose effect is known by its words has the effect that its client was told of.
    fn fits(&self, world: &World, history: &History, request: &Request) -> bool {
        let answer = history.answer_of(request);
        let (count, is_told) = match &request.ask {
            Ask::Publish { fen, .. } => {
                let made = |packet: &&Packet| usize::try_from(packet.total.minor()) == Ok(*fen);
                let stays = |packet: &&Packet| packet.state != PacketState::Cancelled;
                let packets: Vec<TransferId> =
                    self.packets.iter().filter(made).filter(stays).map(|packet| packet.id).collect();
                let told = match answer {
                    Some(Answer::Publish(Ok(published))) => packets.contains(&published.packet.id),
                    _ => true,
                };
                (packets.len(), told)
            }
            Ask::Create { name } => {
                let groups: Vec<_> = self.groups.iter().filter(|(_, of)| of == name).collect();
                let told = match answer {
                    Some(Answer::CreateGroup(group)) => groups.iter().any(|(id, _)| *id == group.id),
                    _ => true,
                };
                (groups.len(), told)
            }
            Ask::Send { text, .. } => {
                let count = world.cloud().messages.get(text).copied().unwrap_or_default();
                if let Some(Answer::SendMessage(Err(hongbao_domain::message::SendRefusal::ImCloud(_)))) = answer {
                    return count <= 1;
                }
                (count, true)
            }
            Ask::Accept(_) | Ask::Join(_) | Ask::Add(_) | Ask::Delete(_) => return true,
        };
        let fits = match answer {
            Some(answer) if answer.status() == 0 => count == 1,
            Some(_) => count == 0,
            None => count <= usize::from(history.is_open(request)),
        };
        fits && is_told
    }

    fn is_owner(&self, history: &History, group: GroupId, user: UserId) -> bool {
        let name = self.groups.iter().find(|(id, _)| *id == group).map(|(_, name)| name);
        let made = |request: &&Request| matches!(&request.ask, Ask::Create { name: of } if Some(of) == name);
        history.requests.iter().find(made).is_some_and(|request| request.user == user)
    }

    /// Two are friends who became friends once more than they ceased to be.
    fn friends(&self, history: &History) -> Vec<String> {
        let mut defects = Vec::new();
        let users = ACTIVE.map(user);
        for (one, other) in [(users[0], users[1]), (users[0], users[2]), (users[1], users[2])] {
            let both = [(one, other), (other, one)];
            let of = |ask: fn(UserId) -> Ask| {
                count(history, |request| both.iter().any(|(a, b)| request.user == *a && request.ask == ask(*b)))
            };
            let ((added, maybe_added), (deleted, maybe_deleted)) = (of(Ask::Add), of(Ask::Delete));
            let are_friends = usize::from(self.friends.contains(&(one, other)));
            let fits = added <= deleted + maybe_deleted + are_friends && deleted + are_friends <= added + maybe_added;
            if !fits || self.friends.contains(&(other, one)) != (are_friends == 1) {
                defects.push(format!("{one} and {other} are friends: {are_friends}, and were told otherwise"));
            }
        }
        defects
    }
}

/// Whether at most one of the requests that want the same thing was told that it has done it, and one was, or may have
/// been, where it is done.
fn shared(history: &History, wants: impl Fn(&Ask) -> bool, is_done: bool) -> bool {
    shared_by(history, |request| wants(&request.ask), is_done)
}

fn shared_by(history: &History, wants: impl Fn(&Request) -> bool, is_done: bool) -> bool {
    let (done, maybe) = count(history, wants);
    if is_done { done == 1 || done == 0 && maybe > 0 } else { done == 0 }
}

/// Gives how many requests were told that they are done, and how many may be without that their clients know.
fn count(history: &History, wants: impl Fn(&Request) -> bool) -> (usize, usize) {
    let mut counts = (0, 0);
    for request in history.requests.iter().filter(|request| wants(request)) {
        match history.answer_of(request) {
            Some(answer) => counts.0 += usize::from(answer.status() == 0),
            None => counts.1 += usize::from(history.is_open(request)),
        }
    }
    counts
}
