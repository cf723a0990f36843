//! What happened, by the rows of the store and by what clients were answered.

use std::{collections::BTreeMap, fmt};

use serde_json::{Value, json};

use crate::{
    check::trial::{Outcome, Trial, Unit},
    settings::{COINS, decimal},
    state::Packet,
};

/// A kind of event, and whom or what it is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Fact {
    pub(super) kind: String,
    about: Vec<String>,
}

impl fmt::Display for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}", self.kind, self.about.join(" and "))
    }
}

impl Fact {
    /// Reads what an event tells of.
    pub(super) fn told(kind: String, data: &Value) -> Self {
        let keys: &[&str] = match kind.as_str() {
            "friend.added" | "friend.removed" => &["user_id", "friend_id"],
            "group.created" => &["group_id"],
            "group.joined" => &["group_id", "user_id"],
            _ => &["transfer_id"],
        };
        let about = keys.iter().map(|key| data[key].as_str().unwrap_or_default().to_owned()).collect();
        Self { kind, about }
    }
}

/// How often something happened: so often at least, and so often at most.
pub(super) struct Happened {
    pub(super) least: usize,
    pub(super) most: usize,
    /// What is said of it, times aside.
    data: Value,
    /// The time that is said of it as well.
    time: Option<&'static str>,
    pub(super) lines: Vec<usize>,
}

impl Happened {
    fn once(data: Value) -> Self {
        Self { least: 1, most: 1, data, time: None, lines: Vec::new() }
    }

    /// Whether data say all that is to be said, and nothing that is not so. What was added since is passed over.
    pub(super) fn is_told_by(&self, data: &Value) -> bool {
        let mut wanted = self.data.as_object().into_iter().flatten();
        let has_time = self.time.is_none_or(|key| data[key].as_str().is_some_and(|text| text.ends_with('Z')));
        wanted.all(|(key, value)| data[key] == *value) && has_time
    }
}

/// Gives all that happened.
pub(super) fn happened(trial: &Trial<'_>) -> BTreeMap<Fact, Happened> {
    let mut facts = BTreeMap::new();
    let mut add = |kind: &str, happened: Happened| {
        facts.insert(Fact::told(kind.to_owned(), &happened.data), happened);
    };
    for packet in &trial.state.packets {
        for (kind, time) in of_packet(packet) {
            add(kind, Happened { time: *time, ..Happened::once(data_of(packet)) });
        }
    }
    for group in trial.state.groups.iter().filter(|group| group.state == "active") {
        let data = json!({ "group_id": group.id, "group_name": group.name, "owner_id": group.owner });
        add("group.created", Happened::once(data));
    }
    for row in trial.state.memberships.iter().filter(|row| row.state == "member") {
        // The owner never joined.
        if !trial.state.groups.iter().any(|group| group.id == row.group && group.owner == row.user) {
            add("group.joined", Happened::once(json!({ "group_id": row.group, "user_id": row.user })));
        }
    }
    for (method, kind) in [("friend_add", "friend.added"), ("friend_delete", "friend.removed")] {
        for unit in trial.units(method) {
            step(&mut facts, kind, &unit);
        }
    }
    facts
}

/// Names what happened to a packet, each with the time that is told with it. One that was cancelled was never published.
fn of_packet(packet: &Packet) -> &'static [(&'static str, Option<&'static str>)] {
    const PUBLISHED: (&str, Option<&str>) = ("red_packet.published", Some("expires_at"));
    match packet.state.as_str() {
        "open" => &[PUBLISHED],
        "claimed" => &[PUBLISHED, ("red_packet.claimed", Some("claimed_at"))],
        "refunded" => &[PUBLISHED, ("red_packet.refunded", None)],
        "cancelled" => &[("red_packet.cancelled", None)],
        _ => &[],
    }
}

fn data_of(packet: &Packet) -> Value {
    let scale = COINS.iter().find(|coin| coin.id == packet.coin).map_or(0, |coin| coin.scale);
    json!({
        "transfer_id": packet.id,
        "from_user_id": packet.sender,
        "to_user_id": packet.receiver,
        "coin_id": packet.coin,
        "amount": decimal(packet.total, scale),
    })
}

/// Friends may be added and removed again and again, of which only the last leaves a row.
fn step(facts: &mut BTreeMap<Fact, Happened>, kind: &str, unit: &Unit<'_, '_>) {
    let (least, most) = match unit.outcome() {
        Outcome::Done => (1, 1),
        Outcome::Unknown => (0, 1),
        Outcome::Refused => return,
    };
    let first = unit.first();
    let data = json!({ "user_id": first.invoke.user, "friend_id": first.param("user_id") });
    let steps = facts.entry(Fact::told(kind.to_owned(), &data));
    let steps = steps.or_insert_with(|| Happened { least: 0, most: 0, ..Happened::once(data) });
    steps.least += least;
    steps.most += most;
    steps.lines.extend(unit.lines());
}
