//! Servers that are killed in the middle of everything.
//!
//! Without the row locks of a batch and the version guards of its updates this fails: two requests have the same claim,
//! after one that was released. Posting keys and the index over claims keep the money even then.

use hongbao_testbed::{Cluster, Options};
use serde_json::json;

use crate::{clients::Clients, dice::Dice, harness::post, history::Event, servers::Servers, settled::assert_settled};

const SERVERS: usize = 3;
const KILLS: usize = 7;

/// How many answers there are between two accidents.
const PEACE: usize = 120;

/// The cloud refuses a notice: a claim is released, and all who wait for it try at once to take it again. Nothing but lock
/// and version keeps two of them from having it, so it happens often.
const REFUSAL: (&str, &str, &str, usize) = ("/message/private/publish.json", "reject", "before", 12);

/// What goes wrong at the cloud now and then, often enough for some calls to fail in all their tries.
const FAULTS: [(&str, &str, &str, usize); 6] = [
    ("/message/private/publish.json", "reset", "after", 24),
    ("/group/create.json", "server_error", "after", 6),
    REFUSAL,
    ("/group/join.json", "garbage", "after", 6),
    ("/message/private/publish.json", "timeout", "after", 6),
    ("/group/join.json", "reset", "before", 6),
];

#[test]
fn what_was_acknowledged_is_true_however_often_servers_die() {
    let mut dice = Dice::printed();
    let cluster = Cluster::open(Options { durable: true, ..Options::default() }).unwrap();
    cluster.create_database("hongbao", None).unwrap();
    let servers = Servers::new(&cluster.url("hongbao"), SERVERS);
    servers.start_all();
    servers.set_up();

    let history = Clients::at_work(&servers, &mut dice, |clients, dice| {
        for kill in 0..KILLS {
            clients.wait_for(PEACE, "peace", Event::is_answered);
            arm(&servers, FAULTS[kill % FAULTS.len()]);
            arm(&servers, REFUSAL);
            let first = dice.below(SERVERS);
            // Now and then two at once, and one alone is left.
            let second = dice.percent(30).then_some((first + 1) % SERVERS);
            let victims = [Some(first), second].into_iter().flatten();
            victims.clone().for_each(|victim| servers.kill(victim));
            servers.assert_audit();
            clients.wait_for(PEACE / 2, "the others to go on", Event::is_answered);
            victims.for_each(|victim| servers.start(victim));
        }
        clients.wait_for(PEACE, "peace at the end", Event::is_answered);
    });

    assert_settled(servers, history, |sql| cluster.psql("hongbao", sql).unwrap());
}

fn arm(servers: &Servers, (path, fault, when, times): (&str, &str, &str, usize)) {
    let fault = json!({ "path": path, "fault": fault, "when": when, "times": times });
    assert_eq!(post(servers.cloud(), "/sandbox/faults", &fault.to_string()).unwrap().http_status, 200);
}
