//! A primary that dies, and its synchronous standby in its place.

use hongbao_testbed::{Cluster, Options, Proxy};

use crate::{clients::Clients, dice::Dice, history::Event, servers::Servers, settled::assert_settled};

#[test]
fn nothing_that_was_acknowledged_is_lost_when_the_standby_takes_over() {
    let mut dice = Dice::printed();
    let primary = Cluster::open(Options { durable: true, ..Options::default() }).unwrap();
    primary.create_database("hongbao", None).unwrap();
    let standby = primary.standby().unwrap();
    let proxy = Proxy::open(primary.address()).unwrap();
    let servers = Servers::new(&proxy.url(&primary.url("hongbao")), 2);
    servers.start_all();
    servers.set_up();

    let history = Clients::at_work(&servers, &mut dice, |clients, _| {
        clients.wait_for(100, "peace", Event::is_done);
        primary.kill().unwrap();
        standby.promote().unwrap();
        proxy.turn_to(standby.address());
        proxy.cut_all();
        clients.wait_for(100, "requests that are done again", Event::is_done);
    });

    assert_eq!(history.count(|event| event.said.is_none()), 0, "servers that live answer everybody");
    assert_settled(servers, history, |sql| standby.psql("hongbao", sql).unwrap());
}
