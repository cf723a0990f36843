//! Starting and stopping.

use std::{
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};

use hongbao_sandbox::{FaultRule, InjectedFault, When};
use tokio::time::timeout;

use crate::test_sandbox::{PRIVATE, TestSandbox, read_to_the_end, wire};

/// "At most about a second", on a machine that is busy with other tests.
const QUICKLY: Duration = Duration::from_secs(3);

#[tokio::test(flavor = "multi_thread")]
async fn it_stops_when_told_and_frees_the_port() {
    let sandbox = TestSandbox::start();
    sandbox.publish("{}").await;

    sandbox.stop.send(()).unwrap();

    timeout(QUICKLY, sandbox.served).await.unwrap().unwrap().unwrap();
    assert!(TcpStream::connect(sandbox.address).is_err());
    assert_eq!(sandbox.sandbox.messages("bob").len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_held_request_does_not_hold_up_the_stop() {
    let sandbox = TestSandbox::start();
    sandbox.sandbox.arm(FaultRule::new(PRIVATE, InjectedFault::Timeout(When::After)));
    let mut held = sandbox.request("held");
    timeout(QUICKLY, arrivals(&sandbox, 1)).await.unwrap();

    sandbox.stop.send(()).unwrap();

    timeout(QUICKLY, sandbox.served).await.unwrap().unwrap().unwrap();
    assert_eq!(read_to_the_end(&mut held), "");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_drips_does_not_hold_up_the_stop() {
    let sandbox = TestSandbox::start();
    sandbox.sandbox.arm(FaultRule::new(PRIVATE, InjectedFault::Drip(When::Before)));
    let mut dripping = sandbox.request("dripping");
    dripping.read_exact(&mut [0]).unwrap();

    sandbox.stop.send(()).unwrap();

    timeout(QUICKLY, sandbox.served).await.unwrap().unwrap().unwrap();
    read_to_the_end(&mut dripping);
}

#[tokio::test(flavor = "multi_thread")]
async fn when_it_has_stopped_no_request_is_executed_any_more() {
    let text = wire("late");
    let (most, last) = text.split_at(text.len() - 1);
    // One stop rarely leaves enough time for the last byte.
    for _ in 0..10 {
        let sandbox = TestSandbox::start();
        let begun: Vec<_> = (0..100).map(|_| sandbox.begin(most)).collect();
        // A client that comes after them is answered, so they are all accepted.
        sandbox.publish("in time").await;
        let inner = sandbox.sandbox.clone();

        sandbox.stop.send(()).unwrap();
        timeout(QUICKLY, sandbox.served).await.unwrap().unwrap().unwrap();

        for mut connection in begun {
            // A connection that is closed already takes no more.
            drop(connection.write_all(last.as_bytes()));
            assert_eq!(read_to_the_end(&mut connection), "");
        }
        assert_eq!(inner.messages("bob").len(), 1);
    }
}

/// Waits until so many held requests have been executed.
async fn arrivals(sandbox: &TestSandbox, count: usize) {
    while sandbox.inbox().len() < count {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_served_sandbox_goes_on_where_it_stopped() {
    let first = TestSandbox::start();
    first.publish("one").await;
    let sandbox = first.sandbox.clone();
    first.stop.send(()).unwrap();
    first.served.await.unwrap().unwrap();

    let second = TestSandbox::serve(sandbox);
    second.publish("two").await;

    assert_eq!(second.inbox(), ["one", "two"]);
}
