//! The end of every trial: all comes to rest, and everything is true.

use serde_json::{Value, json};

use crate::{
    checker::contradictions,
    harness::{get, until},
    history::History,
    servers::{AGREED_WITHIN, Servers, wait_until_all_serve},
    tables::{GroupRow, Tables},
};

/// Waits until nothing moves any more, then holds the answers, the tables, the cloud and the logs against each other.
#[track_caller]
#[expect(clippy::print_stdout, reason = "shows whoever runs it by hand how much was asked")]
pub(crate) fn assert_settled(servers: Servers, history: History, psql: impl Fn(&str) -> String) {
    wait_until_all_serve(&servers);
    let tables = Tables::at_rest(psql);
    servers.assert_audit();
    for group in tables.groups.values().flatten() {
        until(AGREED_WITHIN, &format!("the cloud to agree on {group:?}"), || agrees(&servers, group).then_some(()));
    }
    let log = servers.stop();
    let alarms: Vec<_> = log.lines().filter(|line| line.contains("panicked") || line.contains(" ERROR ")).collect();
    assert!(alarms.is_empty(), "{alarms:#?}");
    let events = history.into_events();
    let found = contradictions(&events, &tables);
    assert!(
        found.is_empty(),
        "{} contradictions, of which the first are {:#?}",
        found.len(),
        &found[..found.len().min(9)]
    );
    println!("{}", summary(&events));
}

/// Whether the cloud has the members that we have, and no group that we gave up.
fn agrees(servers: &Servers, group: &GroupRow) -> bool {
    let at_the_cloud = get(servers.cloud(), &format!("/sandbox/groups/{}", group.id)).unwrap();
    if group.state != "active" {
        return at_the_cloud.http_status == 404 || at_the_cloud.body["dismissed"] == json!(true);
    }
    let members = at_the_cloud.body["members"].as_array().cloned().unwrap_or_default();
    let mut members: Vec<_> = members.iter().filter_map(Value::as_str).collect();
    members.sort_unstable();
    members.iter().eq(group.members.iter())
}

/// Counts answers by method and status; what was cut off has none.
fn summary(events: &[crate::history::Event]) -> String {
    let mut counts = std::collections::BTreeMap::<_, usize>::new();
    for event in events {
        let wish = format!("{:?}", event.wish);
        let wish = wish.split_once(' ').map_or(wish.as_str(), |(wish, _)| wish).to_owned();
        let said = event.said.as_ref().map_or("cut off".to_owned(), |said| format!("{} {}", said.status, said.code()));
        *counts.entry((wish, said)).or_default() += 1;
    }
    let lines = counts.iter().map(|((wish, said), count)| format!("{count:6} {wish} {said}"));
    lines.collect::<Vec<_>>().join("\n")
}
