//! Starting and stopping.

use std::{io::Read, net::TcpStream, time::Duration};

use hongbao_sandbox::{Fault, Mishap, When};
use tokio::time::timeout;

use crate::stand::{PRIVATE, Stand, read_to_the_end};

/// "At most about a second", on a machine that is busy with other tests.
const QUICKLY: Duration = Duration::from_secs(3);

#[tokio::test(flavor = "multi_thread")]
async fn it_stops_when_told_and_frees_the_port() {
    let stand = Stand::start();
    stand.publish("{}").await;

    stand.stop.send(()).unwrap();

    timeout(QUICKLY, stand.served).await.unwrap().unwrap().unwrap();
    assert!(TcpStream::connect(stand.address).is_err());
    assert_eq!(stand.sandbox.messages("bob").len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_held_request_does_not_hold_up_the_stop() {
    let stand = Stand::start();
    stand.sandbox.arm(Fault::new(PRIVATE, Mishap::Timeout(When::After)));
    let mut held = stand.request("held");
    timeout(QUICKLY, arrival(&stand)).await.unwrap();

    stand.stop.send(()).unwrap();

    timeout(QUICKLY, stand.served).await.unwrap().unwrap().unwrap();
    assert_eq!(read_to_the_end(&mut held), "");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_drips_does_not_hold_up_the_stop() {
    let stand = Stand::start();
    stand.sandbox.arm(Fault::new(PRIVATE, Mishap::Drip(When::Before)));
    let mut dripping = stand.request("dripping");
    dripping.read_exact(&mut [0]).unwrap();

    stand.stop.send(()).unwrap();

    timeout(QUICKLY, stand.served).await.unwrap().unwrap().unwrap();
    read_to_the_end(&mut dripping);
}

/// Waits until the held request has been executed.
async fn arrival(stand: &Stand) {
    while stand.inbox().is_empty() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_served_sandbox_goes_on_where_it_stopped() {
    let first = Stand::start();
    first.publish("one").await;
    let sandbox = first.sandbox.clone();
    first.stop.send(()).unwrap();
    first.served.await.unwrap().unwrap();

    let second = Stand::serve(sandbox);
    second.publish("two").await;

    assert_eq!(second.inbox(), ["one", "two"]);
}
