//! Those whom a packet concerns were told by the cloud, and of no packet that does not exist.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{trial::Trial, violation::Violation};
use crate::state::Message;

const NAME: &str = "each 0 was told by the cloud";

const PUBLISHED: &str = "HB:RedPacket";
const OPENED: &str = "HB:RedPacketOpened";

/// A sandbox keeps no more of one user; then it drops the oldest.
const FULL: usize = 10_000;

/// A notice, by what it is about.
struct Notice<'a> {
    kind: &'a str,
    owner: &'a str,
    from: &'a str,
    packet: String,
    event: String,
}

pub(super) fn check(trial: &Trial<'_>) -> Vec<Violation> {
    let notices: Vec<_> = trial.state.inboxes.iter().flat_map(|(owner, inbox)| of(owner, inbox)).collect();
    let mut found = untold(trial, &notices);
    found.extend(strays(trial, &notices));
    found.extend(events(&notices));
    found
}

fn of<'a>(owner: &'a str, inbox: &'a [Message]) -> impl Iterator<Item = Notice<'a>> {
    inbox.iter().filter(|message| [PUBLISHED, OPENED].contains(&message.object_name.as_str())).map(move |message| {
        let content: Value = serde_json::from_str(&message.content).unwrap_or_default();
        let text = |key: &str| content[key].as_str().unwrap_or_default().to_owned();
        let (kind, from) = (message.object_name.as_str(), message.from.as_str());
        Notice { kind, owner, from, packet: text("transfer_id"), event: text("event_id") }
    })
}

/// The receiver of a packet that was published was told, and the sender of one that was claimed.
fn untold(trial: &Trial<'_>, notices: &[Notice<'_>]) -> Vec<Violation> {
    let told: BTreeSet<_> = notices.iter().map(|one| (one.kind, one.owner, one.from, one.packet.as_str())).collect();
    let mut found = Vec::new();
    for attempt in trial.attempts.iter().filter(|attempt| attempt.is_done()) {
        let Some(answer) = attempt.answer() else { continue };
        let user = attempt.invoke.user.as_str();
        let (kind, owner) = match attempt.invoke.method.as_str() {
            "msg_redpack_publish" => (PUBLISHED, attempt.param("toUserId")),
            "msg_redpack_accept" => (OPENED, answer.text("from_user_id")),
            _ => continue,
        };
        let is_full = trial.state.inboxes.get(owner).is_some_and(|inbox| inbox.len() >= FULL);
        let packet = answer.text("transfer_id");
        if !is_full && !told.contains(&(kind, owner, user, packet)) {
            found.push(Violation::new(NAME, format!("{owner} has no {kind} of {packet} from {user}"), attempt.lines));
        }
    }
    found
}

/// No notice is about a packet that is not there, or is between others.
fn strays(trial: &Trial<'_>, notices: &[Notice<'_>]) -> Vec<Violation> {
    let packets: BTreeMap<_, _> = trial.state.packets.iter().map(|row| (row.id.as_str(), row)).collect();
    let strays = notices.iter().filter(|one| {
        let packet = packets.get(one.packet.as_str());
        !packet.is_some_and(|row| {
            let (from, to) =
                if one.kind == PUBLISHED { (&row.sender, &row.receiver) } else { (&row.receiver, &row.sender) };
            from == one.from && to == one.owner
        })
    });
    strays
        .map(|one| {
            let what = format!("{} has a {} of {}, which is no packet of theirs", one.owner, one.kind, one.packet);
            Violation::new(NAME, what, [])
        })
        .collect()
}

/// A packet is told of under one event id, however often, and no other is told of under that.
fn events(notices: &[Notice<'_>]) -> Vec<Violation> {
    let mut packets: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut events: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for one in notices {
        events.entry(&one.event).or_default().insert(&one.packet);
        if one.kind == PUBLISHED {
            packets.entry(&one.packet).or_default().insert(&one.event);
        }
    }
    let several = packets.into_iter().filter(|(_, events)| events.len() > 1);
    let several = several.map(|(packet, events)| format!("{packet} was told of under {events:?}"));
    let shared = events.into_iter().filter(|(_, packets)| packets.len() > 1);
    let shared = shared.map(|(event, packets)| format!("{event} is the event id of {packets:?}"));
    several.chain(shared).map(|what| Violation::new(NAME, what, [])).collect()
}

#[cfg(test)]
mod tests {
    use super::super::story::{Story, assert_found, assert_sound};

    fn broken(what: &str, change: impl FnOnce(&mut Story)) {
        let mut story = Story::sound();
        change(&mut story);
        assert_found(super::check, &story, what);
    }

    #[test]
    fn a_notice_may_come_twice() {
        let mut story = Story::sound();
        let inbox = story.state.inboxes.get_mut("bob").unwrap();
        inbox.push(inbox[0].clone());
        assert_sound(super::check, &story);
    }

    #[test]
    fn a_notice_that_never_came_is_seen() {
        broken("bob has no HB:RedPacket of claimed1", |story| {
            drop(story.state.inboxes.get_mut("bob").unwrap().remove(0));
        });
        broken("alice has no HB:RedPacketOpened of claimed1", |story| {
            story.state.inboxes.get_mut("alice").unwrap().clear();
        });
    }

    #[test]
    fn a_notice_of_a_packet_that_is_not_there_is_seen() {
        broken("which is no packet of theirs", |story| {
            let mut stray = story.state.inboxes["bob"][0].clone();
            stray.content = stray.content.replace("claimed1", "never");
            story.state.inboxes.get_mut("bob").unwrap().push(stray);
        });
        broken("which is no packet of theirs", |story| {
            let stray = story.state.inboxes["bob"][0].clone();
            story.state.inboxes.get_mut("alice").unwrap().push(stray);
        });
    }

    #[test]
    fn an_event_id_that_changes_or_is_shared_is_seen() {
        broken("claimed1 was told of under", |story| {
            let mut again = story.state.inboxes["bob"][0].clone();
            again.content = again.content.replace("HB:RedPacket-", "another-");
            story.state.inboxes.get_mut("bob").unwrap().push(again);
        });
        broken("is the event id of", |story| {
            let other = &mut story.state.inboxes.get_mut("bob").unwrap()[1];
            other.content = other.content.replace("HB:RedPacket-refunded", "HB:RedPacket-claimed1");
        });
    }
}
