//! Holds what clients were told against what the database holds.
//!
//! An acknowledged answer must be true for ever; a refusal must have moved nothing; what no client was told about is
//! wholly there or wholly not.

use std::collections::BTreeMap;

use crate::{
    history::{Event, Said, User, Wish},
    servers::name,
    tables::{PacketRow, Tables},
};

/// Gives every contradiction, in words.
pub(crate) fn contradictions(history: &[Event], tables: &Tables) -> Vec<String> {
    let mut found = Vec::new();
    for event in history {
        if let Some(said) = &event.said {
            let is_true = well_formed(said).and_then(|()| answer(&event.wish, said, tables));
            found.extend(is_true.err().map(|what| format!("{what}: {event:?}")));
        }
    }
    found.extend(rows(tables));
    found.extend(causes(history, tables));
    found
}

/// Whether an answer is one that a sound server gives while others die.
fn well_formed(said: &Said) -> Result<(), String> {
    match said.status {
        121 if said.http_status == 503 && said.has_retry_after => Ok(()),
        102 if said.http_status == 409 && said.has_retry_after => Ok(()),
        0..=7 if said.http_status == 200 => Ok(()),
        _ => Err("this answer must not be".to_owned()),
    }
}

fn must(is_so: bool, what: &str) -> Result<(), String> {
    if is_so { Ok(()) } else { Err(what.to_owned()) }
}

/// Whether an answer is true.
fn answer(wish: &Wish, said: &Said, tables: &Tables) -> Result<(), String> {
    match wish {
        Wish::Publish { remark, from, to, fen } => publish(remark, (*from, *to, *fen), said, tables),
        Wish::Accept { packet, by } => {
            let row = tables.packet(packet).ok_or("a packet that was acknowledged is not there")?;
            accept(row, *by, said)
        }
        Wish::AddFriend { by, other } => {
            let are_friends = tables.friendships.contains(&(name(*by), name(*other)));
            match said.status {
                0 | 4 => must(are_friends, "they are not friends"),
                121 => Ok(()),
                _ => Err("nothing else is in the way of this friendship".to_owned()),
            }
        }
        Wish::CreateGroup { name: group, by } => {
            let rows = tables.groups.get(group).map_or(&[][..], Vec::as_slice);
            let active = rows.iter().filter(|row| row.state == "active").count();
            match (said.status, active) {
                (0, 1) => must(
                    rows.iter().any(|row| {
                        let is_it = row.id == said.text("group_id") && row.state == "active";
                        is_it && row.members.contains(&name(*by))
                    }),
                    "the group that was acknowledged is another one",
                ),
                (0, _) => Err("the group that was acknowledged is not there once".to_owned()),
                (3 | 4, _) => must(active == 0, "a group that was refused is there"),
                _ => Ok(()),
            }
        }
        Wish::JoinGroup { group, by } => {
            let row = tables.group(group).ok_or("a group that was acknowledged is not there")?;
            match said.status {
                0 | 5 => must(row.members.contains(&name(*by)), "a member who was acknowledged is none"),
                3 | 121 => Ok(()),
                _ => Err("nothing else is in the way of this join".to_owned()),
            }
        }
        Wish::Token { by } => match said.status {
            0 => must(tables.tokens.contains_key(&name(*by)), "a token that was given is not kept"),
            3 | 121 => Ok(()),
            _ => Err("nothing else is in the way of a token".to_owned()),
        },
    }
}

fn publish(remark: &str, sent: (User, User, u64), said: &Said, tables: &Tables) -> Result<(), String> {
    let rows = tables.packets.get(remark).map_or(&[][..], Vec::as_slice);
    // Each try that was undone has left a row.
    let there: Vec<_> = rows.iter().filter(|row| row.state != "cancelled").collect();
    let (from, to, fen) = sent;
    match (said.status, &there[..]) {
        (0, [row]) => {
            let is_it = row.id == said.text("transfer_id") && row.sender == name(from) && row.receiver == name(to);
            must(is_it && row.fen == fen.to_string(), "the packet that was acknowledged is another one")?;
            must(["open", "claimed", "refunded"].contains(&row.state.as_str()), "it was taken back all the same")
        }
        (0, _) => Err("the packet that was acknowledged is not there once".to_owned()),
        (3, there) => must(there.is_empty(), "money moved after status 3"),
        (7, []) | (102 | 121, [] | [_]) => Ok(()),
        _ => Err("nothing else is in the way of this packet".to_owned()),
    }
}

fn accept(row: &PacketRow, by: User, said: &Said) -> Result<(), String> {
    let is_taken_by = |user| row.state == "claimed" && row.taker == name(user);
    match (said.status, said.code()) {
        (0, _) | (4, "claimed_by_you") => {
            must(is_taken_by(by), "a packet that was claimed is not the claimer's")?;
            must(said.text("amount") == yuan(&row.fen), "another amount was told")
        }
        (4, "cancelled") => must(row.state == "cancelled", "it is not cancelled"),
        (4, "expired") => must(row.state == "refunded", "what was called expired was not refunded"),
        (5, _) => must(row.receiver != name(by), "it was the caller's to claim"),
        (3 | 121, _) => Ok(()),
        _ => Err("nothing else is in the way of this claim".to_owned()),
    }
}

/// Writes hundredths as the shortest decimal.
fn yuan(fen: &str) -> String {
    let padded = format!("{fen:0>3}");
    let (whole, cents) = padded.split_at(padded.len() - 2);
    format!("{whole}.{cents}").trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Whatever was asked, each row makes sense.
fn rows(tables: &Tables) -> Vec<String> {
    let mut found = Vec::new();
    for row in tables.packets.values().flatten() {
        let is_sound = match row.state.as_str() {
            "claimed" => (row.claims, row.ends) == (1, 1) && row.taker == row.receiver,
            "cancelled" | "refunded" => (row.claims, row.ends) == (0, 1) && row.taker.is_empty(),
            "open" => (row.claims, row.ends) == (0, 0) && row.taker.is_empty(),
            _ => false,
        };
        found.extend((!is_sound).then(|| format!("a packet that makes no sense: {row:?}")));
    }
    for group in tables.groups.values().flatten() {
        let is_sound = match group.state.as_str() {
            "active" => group.members.contains(&group.owner),
            "discarded" => group.members.is_empty(),
            _ => false,
        };
        found.extend((!is_sound).then(|| format!("a group that makes no sense: {group:?}")));
    }
    for (one, other) in &tables.friendships {
        let is_mutual = tables.friendships.contains(&(other.clone(), one.clone()));
        found.extend((!is_mutual).then(|| format!("{one} and {other} are friends in one direction")));
    }
    found
}

/// Whatever is there was asked for once, and acknowledged at most once.
fn causes(history: &[Event], tables: &Tables) -> Vec<String> {
    let mut found = Vec::new();
    for (subject, events) in &by_subject(history) {
        found.extend(twice(subject, events));
        let could_be = events.iter().any(|event| event.is_done() || event.is_open());
        let is_there = match &events[0].wish {
            Wish::Publish { remark, .. } => {
                tables.packets.get(remark).is_some_and(|rows| rows.iter().any(|row| row.state != "cancelled"))
            }
            Wish::Accept { packet, by } => {
                tables.packet(packet).is_some_and(|row| row.state == "claimed" && row.taker == name(*by))
            }
            Wish::AddFriend { by, other } => tables.friendships.contains(&(name(*by), name(*other))),
            Wish::CreateGroup { name, .. } => {
                tables.groups.get(name).is_some_and(|rows| rows.iter().any(|row| row.state == "active"))
            }
            Wish::JoinGroup { group, by } => {
                tables.group(group).is_some_and(|row| row.members.contains(&name(*by)) && row.owner != name(*by))
            }
            Wish::Token { .. } => false,
        };
        found.extend(
            (is_there && !could_be).then(|| format!("{subject} is there, but nobody can have it done: {events:?}")),
        );
    }
    found
}

/// Whether something was acknowledged more than once. Under a key each acknowledgement is the same, and the last answer is
/// known: after it nothing else was said.
fn twice(subject: &str, events: &[&Event]) -> Option<String> {
    let done: Vec<_> = events.iter().filter(|event| event.is_done()).filter_map(|event| event.said.as_ref()).collect();
    let is_wrong = if events[0].wish.key().is_some() {
        let is_open_at_the_end = events.last().is_none_or(|event| event.is_open());
        is_open_at_the_end || done.iter().any(|said| said.data != done[0].data)
    } else {
        done.len() > 1
    };
    is_wrong.then(|| format!("{subject} was done {} times, or never known: {events:?}", done.len()))
}

/// Sorts the requests by what can be done only once.
fn by_subject(history: &[Event]) -> BTreeMap<String, Vec<&Event>> {
    let mut subjects: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for event in history {
        let subject = match &event.wish {
            Wish::Publish { remark, .. } => remark.clone(),
            Wish::Accept { packet, by } => format!("{} taking {packet}", name(*by)),
            Wish::AddFriend { by, other } => format!("{} and {}", name(*by.min(other)), name(*by.max(other))),
            Wish::CreateGroup { name, .. } => name.clone(),
            Wish::JoinGroup { group, by } => format!("{} joining {group}", name(*by)),
            // One may have it as often as one likes.
            Wish::Token { .. } => continue,
        };
        subjects.entry(subject).or_default().push(event);
    }
    subjects
}
