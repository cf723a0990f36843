//! Money is neither made nor lost: at each look, in the end, and line by line of the journal.

use std::collections::BTreeMap;

use super::{trial::Trial, violation::Violation};
use crate::{
    history::{Event, Sum},
    state::{Account, Packet, Posting},
};

pub(super) const NAME: &str = "conservation";

pub(super) fn check(trial: &Trial<'_>) -> Vec<Violation> {
    let mut found = looks(trial);
    found.extend(totals(trial).into_iter().chain(chains(trial)).chain(commands(trial)));
    found
}

fn of(what: String) -> Violation {
    Violation::new(NAME, what, [])
}

/// Each time that all was added up while clients were at work.
fn looks(trial: &Trial<'_>) -> Vec<Violation> {
    let mut found = Vec::new();
    for (index, line) in trial.history.iter().enumerate() {
        let Event::Sums { coins } = &line.event else { continue };
        for (coin, Sum { balances, held, moved_in }) in coins {
            let [all, should] = [[balances, held].as_slice(), &[moved_in]].map(sum);
            if all.is_none() || all != should {
                let what = format!("there were {balances} in accounts and {held} in packets of {moved_in} {coin}");
                found.push(Violation::new(NAME, what, [index]));
            }
        }
    }
    found
}

fn sum(amounts: &[&String]) -> Option<i128> {
    amounts.iter().map(|amount| amount.parse::<i128>().ok()).sum()
}

/// What is there in the end.
fn totals(trial: &Trial<'_>) -> Vec<Violation> {
    let mut coins: BTreeMap<&str, i128> = BTreeMap::new();
    let mut held: BTreeMap<(&str, &str), i128> = BTreeMap::new();
    for Account { user, coin, balance, held: kept, .. } in &trial.state.accounts {
        *coins.entry(coin).or_default() += balance;
        *held.entry((user, coin)).or_default() += kept;
    }
    for packet in &trial.state.packets {
        *coins.entry(&packet.coin).or_default() += packet.held;
        *held.entry((&packet.sender, &packet.coin)).or_default() -= packet.held;
    }
    for movement in &trial.state.movements {
        let sign = if movement.direction == "in" { -1 } else { 1 };
        *coins.entry(&movement.coin).or_default() += sign * movement.amount;
    }
    let coins = coins.into_iter().filter(|(_, left)| *left != 0);
    let coins = coins.map(|(coin, left)| of(format!("there is {left} too much {coin}")));
    let held = held.into_iter().filter(|(_, left)| *left != 0);
    coins
        .chain(held.map(|((user, coin), left)| of(format!("{user} is shown {left} too much {coin} in packets"))))
        .collect()
}

/// Each holder's postings count 1, 2, 3 and lead to what it has.
fn chains(trial: &Trial<'_>) -> Vec<Violation> {
    let mut found = Vec::new();
    let mut chains: BTreeMap<(&str, &str, &str), (u64, i128)> = BTreeMap::new();
    for Posting { holder, owner, coin, seq, amount, balance, .. } in &trial.state.postings {
        let (count, sum) = chains.entry((holder, owner, coin)).or_default();
        (*count, *sum) = (*count + 1, *sum + amount);
        if *seq != *count || *balance != *sum || *amount == 0 {
            found.push(of(format!("posting {seq} of {holder} {owner} does not go on from the one before")));
        }
    }
    let mut end = |key, has: (u64, i128)| {
        let chain = chains.remove(&key).unwrap_or_default();
        (chain != has).then(|| of(format!("{key:?} has {has:?}, and its postings lead to {chain:?}")))
    };
    for Account { user, coin, balance, version, .. } in &trial.state.accounts {
        found.extend(end(("account", user, coin), (*version, *balance)));
    }
    for Packet { id, coin, held, entries, .. } in &trial.state.packets {
        found.extend(end(("packet", id, coin), (*entries, *held)));
    }
    let strays = chains.into_keys().filter(|(holder, ..)| *holder != "movement");
    found.extend(strays.map(|key| of(format!("{key:?} has postings and is not there"))));
    found
}

/// What one command posts sums to nothing.
fn commands(trial: &Trial<'_>) -> Vec<Violation> {
    let mut commands: BTreeMap<(&str, &str), i128> = BTreeMap::new();
    for posting in &trial.state.postings {
        *commands.entry((&posting.command, &posting.coin)).or_default() += posting.amount;
    }
    let wrong = commands.into_iter().filter(|(_, sum)| *sum != 0);
    wrong.map(|((command, coin), sum)| of(format!("command {command} made {sum} {coin}"))).collect()
}

#[cfg(test)]
mod tests {
    use super::super::story::{Story, assert_found, assert_sound};
    use crate::history::{Event, Sum};

    #[test]
    fn a_sound_story_conserves() {
        assert_sound(super::check, &Story::sound());
    }

    #[test]
    fn a_sum_that_is_off_for_a_moment_is_seen() {
        let mut story = Story::sound();
        let sum = |balances: &str| Sum { balances: balances.into(), held: "5".into(), moved_in: "200".into() };
        story.say(Event::Sums { coins: [("CNY".into(), sum("195"))].into() });
        assert_sound(super::check, &story);
        story.say(Event::Sums { coins: [("CNY".into(), sum("194"))].into() });
        assert_found(super::check, &story, "there were 194 in accounts");
    }

    #[test]
    fn money_from_nowhere_is_seen() {
        let mut story = Story::sound();
        story.state.accounts[0].balance += 1;
        assert_found(super::check, &story, "there is 1 too much CNY");
        assert_found(super::check, &story, "its postings lead to");
    }

    #[test]
    fn a_sum_of_packets_that_is_off_is_seen() {
        let mut story = Story::sound();
        story.state.accounts[0].held += 1;
        assert_found(super::check, &story, "alice is shown 1 too much CNY in packets");
    }

    #[test]
    fn a_gap_in_a_chain_is_seen() {
        let mut story = Story::sound();
        story.state.postings[0].seq += 1;
        assert_found(super::check, &story, "does not go on");
    }

    #[test]
    fn postings_of_nothing_are_seen() {
        let mut story = Story::sound();
        let mut more = story.state.postings[0].clone();
        more.owner = "another".into();
        story.state.postings.push(more);
        assert_found(super::check, &story, "has postings and is not there");
    }

    #[test]
    fn a_command_that_makes_money_is_seen() {
        let mut story = Story::sound();
        story.state.postings[0].command = "another".into();
        assert_found(super::check, &story, "command another made");
    }
}
