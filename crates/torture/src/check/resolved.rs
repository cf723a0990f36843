//! Whatever hung between two steps is finished or undone soon after all is whole again, and the cloud agrees on groups.

use std::collections::BTreeSet;

use super::{trial::Trial, violation::Violation};
use crate::{history::Event, settings::RESOLVED_WITHIN, state::State};

const NAME: &str = "all is resolved after quiet";

/// What a busy machine may add.
const SLACK_MS: u64 = 3_000;

pub(super) fn check(trial: &Trial<'_>) -> Vec<Violation> {
    let mut found = times(trial);
    found.extend(hanging(trial.state).into_iter().map(|what| Violation::new(NAME, what, [])));
    let disagreements = disagreements(trial.state).into_iter();
    found.extend(disagreements.map(|what| Violation::new(NAME, format!("the cloud does not agree: {what}"), [])));
    found
}

fn times(trial: &Trial<'_>) -> Vec<Violation> {
    let limit = u64::try_from(RESOLVED_WITHIN.as_millis()).unwrap_or(u64::MAX) + SLACK_MS;
    let mut rests = trial.history.iter().enumerate().filter_map(|(index, line)| {
        let Event::Rest { after_ms, hangs } = line.event else { return None };
        Some((index, after_ms, hangs))
    });
    match rests.next() {
        None => vec![Violation::new(NAME, "the trial never came to rest", [])],
        Some((_, after_ms, 0)) if after_ms <= limit => Vec::new(),
        Some((index, after_ms, hangs)) => {
            vec![Violation::new(NAME, format!("{hangs} still hung {after_ms} ms after all was whole"), [index])]
        }
    }
}

fn hanging(state: &State) -> Vec<String> {
    let packets = state.packets.iter();
    let packets = packets.filter(|row| row.state == "sending" || (row.state == "open" && !row.is_long));
    let packets = packets.map(|row| format!("packet {} is {}", row.id, row.state));
    let claims = state.claims.iter().filter(|row| row.state == "claiming");
    let claims = claims.map(|row| format!("{} is still claiming {}", row.taker, row.packet));
    let groups = state.groups.iter().filter(|row| row.state == "preparing");
    let groups = groups.map(|row| format!("group {} is still prepared", row.id));
    let joins = state.memberships.iter().filter(|row| row.state == "joining");
    let joins = joins.map(|row| format!("{} is still joining {}", row.user, row.group));
    let requests = state.requests.iter().filter(|row| row.status.is_none());
    let requests = requests.map(|row| format!("request {} of {} still runs", row.key, row.user));
    packets.chain(claims).chain(groups).chain(joins).chain(requests).collect()
}

/// Names the groups and members on which the cloud does not agree although it is not to be asked again.
pub(crate) fn disagreements(state: &State) -> Vec<String> {
    let mut found = Vec::new();
    for group in &state.groups {
        let at_the_cloud = state.cloud_groups.get(&group.id).filter(|found| !found.is_dismissed);
        let there: BTreeSet<&str> =
            at_the_cloud.map_or(&[][..], |found| &found.members).iter().map(String::as_str).collect();
        let rows = state.memberships.iter().filter(|row| row.group == group.id);
        let is_active = group.state == "active";
        let members: BTreeSet<&str> =
            rows.clone().filter(|row| is_active && row.state == "member").map(|row| row.user.as_str()).collect();
        let due: BTreeSet<&str> = rows.filter(|row| row.is_due).map(|row| row.user.as_str()).collect();
        if at_the_cloud.is_some() != is_active && !group.is_due {
            found.push(format!("group {} is {}, and the cloud has {at_the_cloud:?}", group.id, group.state));
        } else if is_active {
            let odd = there.symmetric_difference(&members).filter(|user| !due.contains(*user));
            found.extend(odd.map(|user| {
                format!(
                    "{user} in {}: a member with us: {}, with the cloud: {}",
                    group.id,
                    members.contains(user),
                    there.contains(user)
                )
            }));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::story::{Story, assert_found, assert_sound};
    use crate::{
        history::Event,
        state::{CloudGroup, Group},
    };

    fn broken(what: &str, change: impl FnOnce(&mut Story)) {
        let mut story = Story::sound();
        change(&mut story);
        assert_found(super::check, &story, what);
    }

    #[test]
    fn what_still_hangs_is_seen() {
        broken("packet open1 is sending", |story| story.packet("open1").state = "sending".into());
        broken("packet open1 is open", |story| story.packet("open1").is_long = false);
        broken("bob is still claiming claimed1", |story| story.state.claims[0].state = "claiming".into());
        broken("group group1 is still prepared", |story| story.state.groups[0].state = "preparing".into());
        broken("bob is still joining group1", |story| story.state.memberships[1].state = "joining".into());
        broken("request join-1 of bob still runs", |story| story.state.requests[5].status = None);
    }

    #[test]
    fn a_rest_that_comes_late_or_never_is_seen() {
        let with = |rest: Option<Event>| {
            let mut story = Story::sound();
            story.history.retain(|line| !matches!(line.event, Event::Rest { .. }));
            if let Some(rest) = rest {
                story.say(rest);
            }
            story
        };
        assert_sound(super::check, &with(Some(Event::Rest { after_ms: 11_000, hangs: 0 })));
        assert_found(super::check, &with(Some(Event::Rest { after_ms: 15_000, hangs: 0 })), "15000 ms after");
        assert_found(super::check, &with(Some(Event::Rest { after_ms: 11_000, hangs: 2 })), "2 still hung");
        assert_found(super::check, &with(None), "never came to rest");
    }

    #[test]
    fn a_cloud_that_does_not_agree_is_seen() {
        broken("bob in group1: a member with us: true, with the cloud: false", |story| {
            story.state.cloud_groups.get_mut("group1").unwrap().members.pop();
        });
        broken("carol in group1: a member with us: false, with the cloud: true", |story| {
            story.state.cloud_groups.get_mut("group1").unwrap().members.push("carol".into());
        });
        broken("group group1 is active, and the cloud has None", |story| story.state.cloud_groups.clear());
        broken("group group2 is discarded", |story| {
            let given_up = Group {
                id: "group2".into(),
                name: "g2".into(),
                state: "discarded".into(),
                ..story.state.groups[0].clone()
            };
            story.state.groups.push(given_up);
            story.state.cloud_groups.insert("group2".into(), CloudGroup { members: Vec::new(), is_dismissed: false });
        });
    }

    #[test]
    fn a_cloud_that_is_still_to_be_asked_may_differ() {
        let mut story = Story::sound();
        story.state.memberships[1].is_due = true;
        story.state.cloud_groups.get_mut("group1").unwrap().members.pop();
        assert_sound(super::check, &story);
    }
}
