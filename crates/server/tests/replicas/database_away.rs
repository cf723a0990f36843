//! A database that stops under a running server and comes back.

use hongbao_testbed::{Cluster, Options, Shutdown};

use crate::{
    clients::Clients,
    dice::Dice,
    harness::{QUICKLY, get, post, until},
    history::Event,
    servers::{Servers, session_key},
    settled::assert_settled,
};

#[test]
fn a_server_outlives_its_database_and_goes_on_when_it_is_back() {
    let mut dice = Dice::printed();
    let cluster = Cluster::open(Options { durable: true, ..Options::default() }).unwrap();
    cluster.create_database("hongbao", None).unwrap();
    let servers = Servers::new(&cluster.url("hongbao"), 1);
    servers.start_all();
    servers.set_up();

    let history = Clients::at_work(&servers, &mut dice, |clients, _| {
        clients.wait_for(100, "peace", Event::is_done);
        cluster.stop(Shutdown::Immediate).unwrap();
        clients.wait_for(12, "requests that hear 121", |event| event.status() == Some(121));
        assert_away(&servers);
        cluster.start().unwrap();
        let address = servers.address(0).unwrap();
        until(6 * QUICKLY, "a server that is ready again", || {
            (get(address, "/readyz").ok()?.http_status == 200).then_some(())
        });
        clients.wait_for(100, "requests that are done again", Event::is_done);
    });

    assert_eq!(history.count(|event| event.said.is_none()), 0, "a server that lives answers everybody");
    assert_settled(servers, history, |sql| cluster.psql("hongbao", sql).unwrap());
}

/// A caller that asks hears that it is not ready, that it lives, and when to ask again.
fn assert_away(servers: &Servers) {
    let address = servers.address(0).unwrap();
    let (ready, alive) = (get(address, "/readyz").unwrap(), get(address, "/livez").unwrap());
    assert_eq!((ready.http_status, alive.http_status), (503, 200));
    assert_eq!(ready.body["checks"]["store"], "failed");
    let refused = post(address, "/im/asset_list", &format!("session_key={}", session_key(0))).unwrap();
    assert_eq!((refused.http_status, &refused.body["status"]), (503, &121.into()));
    assert!(ready.header("retry-after").is_some() && refused.header("retry-after").is_some());
}
