//! Every way in which the cloud can fail, for longer than the adapter repeats: status 3, and nothing has moved.

mod accept;
mod publish;
mod survived;

use std::net::TcpListener;

use hongbao_sandbox::{FaultRule, InjectedFault, When::After};

use crate::fixture::{Fixture, PRIVATE_MESSAGE};

const REJECTED: &str = "im_cloud_rejected";
const UNKNOWN: &str = "im_cloud_unknown";

/// Lets every call to the cloud fail from now on.
fn arm(fixture: &Fixture, fault: InjectedFault) {
    fixture.outside.sandbox.arm(FaultRule::new(PRIVATE_MESSAGE, fault).times(99));
}

/// Starts the server again where no server listens at the cloud's address.
async fn without_cloud(mut fixture: Fixture) -> Fixture {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    fixture.outside.cloud_url = format!("http://{}", listener.local_addr().expect("a listener has an address"));
    drop(listener);
    fixture.restart().await
}

/// Says whether the cloud delivers the message all the same.
const fn is_delivered(fault: InjectedFault) -> bool {
    matches!(
        fault,
        InjectedFault::ServerError(After)
            | InjectedFault::Timeout(After)
            | InjectedFault::Reset(After)
            | InjectedFault::Garbage(After)
            | InjectedFault::Drip(After)
            | InjectedFault::Truncate(After)
    )
}
