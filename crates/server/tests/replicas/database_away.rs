//! A database that stops under a running server and comes back.

use hongbao_testbed::{Cluster, Options, Shutdown};

use crate::{clients::Clients, dice::Dice, fleet::Fleet, history::Event, settled::assert_settled};

#[test]
fn a_server_outlives_its_database_and_goes_on_when_it_is_back() {
    let mut dice = Dice::printed();
    let cluster = Cluster::open(Options { durable: true, ..Options::default() }).unwrap();
    cluster.create_database("hongbao", None).unwrap();
    let fleet = Fleet::new(&cluster.url("hongbao"), 1);
    fleet.start_all();
    fleet.set_up();

    let history = Clients::at_work(&fleet, &mut dice, |clients, _| {
        clients.wait_for(100, "peace", Event::is_done);
        cluster.stop(Shutdown::Immediate).unwrap();
        clients.wait_for(12, "requests that hear 121", |event| event.status() == Some(121));
        cluster.start().unwrap();
        clients.wait_for(100, "requests that are done again", Event::is_done);
    });

    assert_eq!(history.count(|event| event.said.is_none()), 0, "a server that lives answers everybody");
    assert_settled(fleet, history, |sql| cluster.psql("hongbao", sql).unwrap());
}
