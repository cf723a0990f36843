//! A packet's money ends once: with its receiver, or back with its sender.

use super::{trial::Trial, violation::Violation};
use crate::state::{Packet, Posting};

pub(super) const NAME: &str = "the end of a packet";

pub(super) fn check(trial: &Trial<'_>) -> Vec<Violation> {
    let postings = &trial.state.postings;
    trial
        .state
        .packets
        .iter()
        .filter_map(|packet| {
            let own: Vec<_> =
                postings.iter().filter(|line| line.holder == "packet" && line.owner == packet.id).collect();
            let claims = trial.state.claims.iter().filter(|claim| claim.packet == packet.id);
            let claimed: Vec<_> =
                claims.filter(|claim| claim.state == "claimed").map(|claim| claim.taker.as_str()).collect();
            let why = wrong(packet, &own, &claimed)?;
            Some(Violation::new(NAME, format!("{why}: {packet:?}, claimed by {claimed:?}, {own:?}"), []))
        })
        .collect()
}

/// Says what is wrong with a packet.
fn wrong(packet: &Packet, own: &[&Posting], claimed: &[&str]) -> Option<&'static str> {
    let Packet { total, held, state, receiver, taker, .. } = packet;
    let (first, rest) = own.split_first()?;
    if first.cause != "reserve" || first.amount != *total {
        return Some("its money did not come from a reserve of all of it");
    }
    let cause = match state.as_str() {
        "claimed" => "claim",
        "refunded" => "refund",
        "cancelled" => "cancel",
        _ => "",
    };
    let is_over = !cause.is_empty();
    match rest {
        [] if is_over => return Some("it is over, and its money has not left"),
        [out] if !is_over || out.amount != -total || out.cause != cause => {
            return Some("its money went another way than its state says");
        }
        [] | [_] => {}
        _ => return Some("its money left more than once"),
    }
    if *held != if is_over { 0 } else { *total } {
        return Some("it holds another amount than its state says");
    }
    match (state.as_str(), claimed) {
        ("claimed", [by]) if by == receiver && taker == receiver => None,
        ("claimed", _) => Some("it was claimed, and not once by its receiver"),
        (_, []) if !is_over || taker.is_empty() => None,
        (_, []) => Some("it is over, and its share is still with a taker"),
        _ => Some("it has a claim that was settled, and is not claimed"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::story::{Story, assert_found};

    fn broken(what: &str, change: impl FnOnce(&mut Story)) {
        let mut story = Story::sound();
        change(&mut story);
        assert_found(super::check, &story, what);
    }

    #[test]
    fn every_end_that_does_not_fit_is_seen() {
        broken("did not come from a reserve", |story| story.posting("packet", "claimed1", 1).cause = "refund".into());
        broken("its money has not left", |story| {
            story.state.postings.retain(|line| (line.owner.as_str(), line.seq) != ("claimed1", 2));
        });
        broken("another way than its state says", |story| story.packet("claimed1").state = "refunded".into());
        broken("its money left more than once", |story| {
            let mut again = story.posting("packet", "claimed1", 2).clone();
            again.seq = 3;
            story.state.postings.push(again);
        });
        broken("it holds another amount", |story| story.packet("claimed1").held = 1);
        broken("not once by its receiver", |story| story.packet("claimed1").taker = "carol".into());
        broken("not once by its receiver", |story| story.state.claims.clear());
        broken("is still with a taker", |story| story.packet("refunded").taker = "bob".into());
        broken("is not claimed", |story| story.state.claims[0].packet = "refunded".into());
    }
}
